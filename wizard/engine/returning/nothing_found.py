"""What is said where no server tells of a run: an undo that was cut off leaves servers stopped."""

from __future__ import annotations

import shlex
from collections.abc import Generator

from wizard.engine.changes.changing import started_by
from wizard.engine.changes.putting_back import problem_from
from wizard.engine.changes.server_locks import NotLockedError, locked_servers
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.records.runs import new_run_id
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.model.facts import ServerFacts
from wizard.model.problems import Problem, Severity
from wizard.model.settings import AccessSettings
from wizard.model.text import shown

_UNIT = "systemd:"


def nothing_found(request: Request, session: Session, verb: str) -> Generator[Event, None, Result]:
    """Say that there is no run, and which servers are down all the same, with how to start them.

    The last file of a run goes when the originals are back, and the start comes after that: from
    another workstation such a cluster looks like one that somebody has stopped. Only the lock of
    the wizard that was cut off may still stand; while that wizard works, nothing is wrong.

    Args:
        request: the command.
        session: an open one that has surveyed.
        verb: `undo` or `resume`.
    """
    yield Said(message=f"There is nothing to {verb}: no server tells of a run.")
    down = {name: facts for name, facts in sorted(session.facts.items()) if not facts.running}
    if not down:
        return Result.OK
    confs = {name: facts.conf_file for name, facts in session.facts.items()}
    result = Result.OK
    try:
        with locked_servers(request, session, new_run_id(request.clock()), confs, going_back=True):
            pass
    except NotLockedError as error:
        yield ProblemFound(problem=problem_from(error))
        result = Result.PROBLEMS
    for name, facts in down.items():
        yield ProblemFound(problem=_down(name, facts, session.settings.access))
    return result


def _down(name: str, facts: ServerFacts, access: AccessSettings) -> Problem:
    return Problem(
        code="server-not-running",
        severity=Severity.WARNING,
        message=f"Neo4j does not run on {name}, and nothing of a run is left there: an undo that"
        " was cut off after the files were back looks like this.",
        hint=f"If it ran before, start it on {name} with `{access.by_hand(_start(facts))}`, and"
        " every other server that is down as well.",
        server=name,
    )


def _start(facts: ServerFacts) -> str:
    if facts.service.startswith(_UNIT):
        return f"systemctl start {shown(shlex.quote(facts.service.removeprefix(_UNIT)), 200)}"
    how = started_by(facts.service, expands_commands=facts.expands_commands)
    flags = " ".join(how.split(" ")[1:])
    return f"{shown(shlex.quote(f'{facts.home}/bin/neo4j'), 300)} start {flags}".strip()
