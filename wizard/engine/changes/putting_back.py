"""Putting every server of a run back: stop, restore, start what ran before; done twice is fine."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from wizard.engine.changes.changing import STOP_TIMEOUT_S, logs_of, recorded, service_of, started_by
from wizard.engine.events import ChangeStarted, Event, ProblemFound, Said
from wizard.engine.parallel import Emit, Gathered, on_each, together
from wizard.engine.reconnecting import AWAY
from wizard.engine.records.journal import Journal
from wizard.engine.records.runs import Run
from wizard.engine.session import Session
from wizard.engine.watching.log_places import log_places
from wizard.errors import JournalError, RemoteError, WizardError
from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.planning.plan import ServerPlan
from wizard.planning.rescue import TOGETHER, rescue_commands
from wizard.remote import steps

_UP_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A server as it was before the run: how it is stopped and started, and whether it ran."""

    server: str
    service: steps.Service
    logs: tuple[str, ...]
    ran: bool


def former_of(one: ServerPlan, run: str) -> Former:
    """Return a planned server as it is to be again."""
    service = service_of(one, run)
    return Former(server=one.server, service=service, logs=logs_of(one), ran=one.running)


def formers_of(run: Run) -> tuple[Former, ...]:
    """Return the servers of a recorded run.

    Raises:
        JournalError: the recorded plan is damaged.
    """
    try:
        return tuple(_former(server, run.id) for server in run.recorded_plan()["servers"])
    except (KeyError, TypeError) as error:
        raise JournalError(f"The plan of run {run.id} does not name its servers.") from error


def put_back(
    run: str,
    formers: Sequence[Former],
    session: Session,
    journal: Journal,
    *,
    stop_first: bool,
    revive: bool = False,
) -> Generator[Event, None, bool]:
    """Put every server back; return whether all of them are as they were.

    With `revive` what ran before and is down now is started, whoever stopped it.


    A server that fails does not keep the others from being put back; but nothing is restored
    anywhere while one of them still runs, because that one alone would be the forbidden mix.
    """
    by_name = {former.server: former for former in formers}
    if stop_first:
        stopped = yield from on_each(by_name, _Stop(by_name, session))
        if stopped.errors:
            yield from _told(stopped)
            yield from by_hand(run, stopped.errors.values(), session)
            return False
    restored = yield from on_each(by_name, _Restore(run, session, journal))
    for name, report in sorted(restored.answers.items()):
        for left in report.left:
            yield Said(message=f"{shown(left)} holds files of others and stays.", server=name)
    if restored.errors:
        yield from _told(restored)
        yield from by_hand(run, restored.errors.values(), session)
        return False
    ran = {name: former for name, former in by_name.items() if former.ran}
    if not stop_first:
        ran = _down(ran, session) if revive else {}
    started = yield from on_each(ran, _Start(by_name, session, journal))
    yield from _told(started)
    return not started.errors


def _down(ran: Mapping[str, Former], session: Session) -> dict[str, Former]:
    """Return those that do not run; one that does not tell is started, which asks it again."""
    up = together(
        ran,
        lambda name: session.held(
            name, lambda: steps.is_running(session.connections[name], ran[name].service)
        ),
    )
    return {name: former for name, former in ran.items() if not up.answers.get(name)}


class _Stop:
    def __init__(self, formers: Mapping[str, Former], session: Session) -> None:
        self._formers, self._session = formers, session

    def __call__(self, name: str, emit: Emit) -> None:
        emit(Said(message="Stopping Neo4j.", server=name))
        service, connections = self._formers[name].service, self._session.connections
        self._session.held(name, lambda: steps.stop(connections[name], service, STOP_TIMEOUT_S))


class _Restore:
    def __init__(self, run: str, session: Session, journal: Journal) -> None:
        self._run, self._session, self._journal = run, session, journal

    def __call__(self, name: str, emit: Emit) -> steps.RestoreReport:
        change = f"restore:{name}"
        emit(ChangeStarted(server=name, change=change, what="Put the original files back."))
        return recorded(
            self._journal,
            emit,
            name,
            change,
            partial(self._session.held, name, lambda: self._restore(name)),
        )

    def _restore(self, name: str) -> steps.RestoreReport:
        return steps.restore(self._session.connections[name], self._run, name)


class _Start:
    def __init__(self, formers: Mapping[str, Former], session: Session, journal: Journal) -> None:
        self._formers, self._session, self._journal = formers, session, journal

    def __call__(self, name: str, emit: Emit) -> None:
        change = f"start:{name}"
        emit(ChangeStarted(server=name, change=change, what="Start Neo4j as it was."))
        held = partial(self._session.held, name, lambda: self._start(name))
        recorded(self._journal, emit, name, change, held)

    def _start(self, name: str) -> None:
        connection, former = self._session.connections[name], self._formers[name]
        steps.start(connection, former.service, former.logs)
        ends = time.monotonic() + _UP_TIMEOUT_S
        while not steps.is_running(connection, former.service):
            if time.monotonic() > ends:
                raise RemoteError(
                    name,
                    f"Neo4j on {name} did not come up again after its files were put back.",
                    hint="Read its neo4j.log; its files are as they were before.",
                    code="start-failed",
                )
            time.sleep(0.2)


def _told(gathered: Gathered[Any]) -> Generator[Event, None, None]:
    for name, error in sorted(gathered.errors.items()):
        yield ProblemFound(problem=problem_from(error, name))


def by_hand(
    run: str, errors: Iterable[WizardError | Problem], session: Session
) -> Generator[Event, None, None]:
    """Tell what can be typed on each server that is out of reach: it has its own way on it."""
    named = ((one.code, getattr(one, "server", None)) for one in errors)
    lost = {str(server) for code, server in named if code in AWAY and server}
    for name in sorted(lost):
        finish, undo, _ = rescue_commands(run, name, session.settings.access)
        yield Said(
            message=f"On {name} itself, without this computer: {undo} puts its files back,"
            f" {finish} finishes the run. {TOGETHER}"
        )


def problem_from(error: WizardError, server: str | None = None) -> Problem:
    """Return an error that a person can act on as a problem."""
    return Problem(
        code=error.code,
        severity=Severity.ERROR,
        message=error.message,
        hint=error.hint,
        server=getattr(error, "server", None) or server,
        key=getattr(error, "key", None),
    )


def _former(server: Mapping[str, Any], run: str) -> Former:
    service = steps.Service(
        service=started_by(
            str(server["service"]), expands_commands=bool(server.get("expands_commands"))
        ),
        home=str(server["home"]),
        conf_file=str(server["conf_file"]),
        run=run,
        server=str(server["server"]),
    )
    user = server["neo4j_log"]
    return Former(
        server=str(server["server"]),
        service=service,
        logs=log_places(
            str(server["service"]), None if user is None else str(user), str(server["logs"])
        ),
        ran=bool(server["running"]),
    )
