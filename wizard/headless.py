"""The real front end: answers in, JSON Lines or sentences out, and nothing asked without a person.

stdout holds the result: with --json one object a line, else one sentence a line. With --json the
sentences go to stderr.
"""

from __future__ import annotations

import json
import logging
from argparse import Namespace
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from wizard.approved import approval
from wizard.asking import (
    ask,
    ask_secret,
    decide_host_key,
    narrate,
    say,
    somebody_is_there,
)
from wizard.engine.cancel import Cancel
from wizard.engine.events import ChangePlanned, Event, Finished, Probe, to_json
from wizard.engine.places import log_file, make_private_folder
from wizard.engine.records.runs import run_to_resume, run_to_undo
from wizard.engine.request import Request
from wizard.engine.sentences import sentence
from wizard.engine.walk import (
    Find,
    apply_walk,
    plan_walk,
    resume_walk,
    runs_walk,
    undo_walk,
    verify_walk,
)
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.errors import UsageError
from wizard.interview.answers import Answers, load, parse, to_toml
from wizard.interview.needed_secrets import with_missing
from wizard.interview.secrets_file import load_secrets
from wizard.logs import quieten_libraries, start_logging
from wizard.model.secrets import Secrets
from wizard.model.settings import Settings
from wizard.planning.approval import approval_lines, approval_of
from wizard.planning.keeping import SUSPENDED, question
from wizard.planning.plan import Plan
from wizard.planning.render import plan_text
from wizard.planning.ticket import plan_markdown
from wizard.practice.own_state import states_beside
from wizard.signals import ENDING, calling

Walk = Callable[[Request], Iterator[Event]]

_LOG = logging.getLogger(__name__)


def main_plan(options: Namespace) -> int:
    """Print what would change; nothing is written on any server."""
    request = _request(options)
    if options.markdown:
        request = replace(request, keep_plan=_print_markdown)
    elif not options.json:
        request = replace(request, keep_plan=_print_plan)
    return tell(options, plan_walk, request)


def main_apply(options: Namespace) -> int:
    """Encrypt the cluster and prove it."""
    request = _request(options)
    if not options.yes and not somebody_is_there():
        raise UsageError(
            "Without a terminal nobody can be asked whether the plan may be carried out.",
            hint="Look at it with `neo4j-tls plan`, then add --yes.",
        )
    return tell(options, apply_walk, request)


def main_verify(options: Namespace) -> int:
    """Probe every cluster port; nothing is changed."""
    return tell(options, verify_walk, replace(_request(options), nmap=options.nmap))


def main_resume(options: Namespace) -> int:
    """Go on with a run that was cut off."""
    if not options.yes and not somebody_is_there():
        raise UsageError(
            "Without a terminal nobody can be asked whether the run may go on.",
            hint="Add --yes.",
        )
    if not options.yes and not ask("Stop and start servers as the run needs it? Type yes: "):
        narrate("Nothing was changed.")
        return 0
    request = replace(
        _to_find(options) if options.answers else _recorded(options, run_to_resume),
        take_over=options.take_over,
        confirm=(lambda _plan: True) if options.yes else _confirm,
        suspended=(lambda _plan: False) if options.yes else _suspended,
        formation_timeout_s=60.0 * options.formation_timeout,
    )
    return tell(options, resume_walk, request)


def main_undo(options: Namespace) -> int:
    """Put the servers of a run back as they were."""
    if not options.yes and not somebody_is_there():
        raise UsageError(
            "Without a terminal nobody can be asked whether the servers may be put back.",
            hint="Add --yes.",
        )
    if not options.yes and not ask("Stop every server of this run and put it back? Type yes: "):
        narrate("Nothing was changed.")
        return 0
    request = _to_find(options) if options.answers else _recorded(options, run_to_undo)
    return tell(options, undo_walk, replace(request, take_over=options.take_over))


def main_runs(options: Namespace) -> int:
    """List the runs of this workstation."""
    return tell(options, runs_walk, Request())


def _request(options: Namespace) -> Request:
    path = Path(options.answers)
    answers = load(path)
    settings = parse(answers)
    yes = getattr(options, "yes", True)
    return Request(
        settings=settings,
        secrets=with_missing(
            settings,
            _secrets(options, settings, path.parent),
            makes_keys=options.verb == "apply",
            ask=ask_secret if somebody_is_there() else None,
        ),
        decide_host_key=decide_host_key,
        confirm=(lambda _plan: True) if yes else _confirm,
        suspended=(lambda _plan: False) if yes else _suspended,
        cancel=Cancel(),
        formation_timeout_s=60.0 * getattr(options, "formation_timeout", 30),
        approved=approval(options.plan) if getattr(options, "plan", None) else None,
        answers_toml=to_toml(_from_anywhere(answers, path.parent)),
        until_staged=getattr(options, "until", None) == "staged",
        records=states_beside(path),
    )


def _to_find(options: Namespace) -> Request:
    """Return the request for a run that is looked for on the servers, by an answers file."""
    return replace(_request(options), run=options.run, from_servers=True)


def _from_anywhere(answers: Answers, beside: Path) -> Answers:
    """Return the answers as a run keeps them: the file they name is found from its folder too."""
    secrets = answers.get("secrets")
    if not isinstance(secrets, str) or not secrets:
        return answers
    return answers.with_answer("secrets", str((beside / Path(secrets).expanduser()).absolute()))


def _recorded(options: Namespace, find: Find) -> Request:
    """Return the request for a run of this workstation, with its answers and what they need."""
    request = Request(run=options.run, decide_host_key=decide_host_key, cancel=Cancel())
    run = find(request.environ, options.run, None)
    if run is None:
        return request
    answers = load(run.answers_file)
    settings = parse(answers)
    return replace(
        request,
        run=run.id,
        settings=settings,
        secrets=with_missing(
            settings,
            _secrets(options, settings, run.folder),
            makes_keys=False,
            ask=ask_secret if somebody_is_there() else None,
        ),
        answers_toml=to_toml(answers),
    )


def _secrets(options: Namespace, settings: Settings, beside: Path) -> Secrets:
    """Read the secrets file that was named last: on the command line, else in the answers."""
    if options.secrets:
        return load_secrets(Path(options.secrets))
    if settings.secrets_file is None:
        return Secrets()
    return load_secrets(beside / Path(settings.secrets_file).expanduser())


def tell(options: Namespace, walk: Walk, request: Request) -> int:
    """Carry a walk out and print it; return its exit code. Of the options only `json` counts.

    `begun` is set on them, for whoever has to tell how a walk ended that did not end here.
    When the reader of stdout leaves, the walk is closed, which puts back what it had begun.
    """
    boards = _Boards(request)
    exit_code = 4
    events = walk(request)
    with _logged(walk, request), calling(request.cancel.set, ENDING):
        try:
            for event in events:
                options.begun = True
                boards.feed(event)
                if isinstance(event, Finished):
                    exit_code = event.exit_code
                    if not options.json:
                        boards.draw()
                _LOG.info("%s", sentence(event))
                _write(event, as_json=options.json, aside=getattr(options, "markdown", False))
        finally:
            if isinstance(events, Generator):
                events.close()
    return exit_code


@contextmanager
def _logged(walk: Walk, request: Request) -> Iterator[None]:
    """Keep a log of what changes servers; a command that only looks leaves no file behind."""
    quieten_libraries()
    if walk not in (apply_walk, resume_walk, undo_walk):
        yield
        return
    secrets = request.secrets
    values = [*secrets.common.values()]
    values += [value for own in secrets.by_server.values() for value in own.values()]
    path = log_file(request.environ)
    make_private_folder(path.parent)
    handler = start_logging(path, values)
    try:
        yield
    finally:
        logging.getLogger("wizard").removeHandler(handler)
        handler.close()


def _write(event: Event, *, as_json: bool, aside: bool) -> None:
    if as_json:
        say(json.dumps(to_json(event), ensure_ascii=True))
    if not _is_drawn(event):
        (narrate if as_json or aside else say)(sentence(event))


def _is_drawn(event: Event) -> bool:
    """Say whether people see it elsewhere: good probes on the board, changes in the plan's text."""
    return isinstance(event, ChangePlanned) or (isinstance(event, Probe) and event.ok is not False)


class _Boards:
    """The boards at the end of the plain output, once there is something on them."""

    def __init__(self, request: Request) -> None:
        names = [server.name for server in request.settings.servers] if request.settings else []
        self._links, self._proof = LinkBoard(names), ProofBoard()

    def feed(self, event: Event) -> None:
        self._links.feed(event)
        self._proof.feed(event)

    def draw(self) -> None:
        if self._proof.rows:
            for line in ("", *self._links.lines(), "", *self._proof.lines(), ""):
                say(line)


def _print_plan(plan: Plan) -> None:
    for line in plan_text(plan):
        say(line)
    if plan.changes:
        for line in ("", *approval_lines(approval_of(plan))[:-1], ""):
            say(line)


def _print_markdown(plan: Plan) -> None:
    say(plan_markdown(plan).removesuffix("\n"))


def _suspended(plan: Plan) -> bool:
    return ask(question(plan), SUSPENDED)


def _confirm(plan: Plan) -> bool:
    for line in plan_text(plan):
        narrate(line)
    return ask("Carry this out? Type yes: ")
