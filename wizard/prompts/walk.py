"""From the answers to the proof: review, the one yes, progress in sentences, and the end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from wizard.engine.cancel import Cancel
from wizard.engine.events import ChangePlanned, Event, Finished, Probe, Started
from wizard.engine.papers.outcome import Outcome
from wizard.engine.request import Request
from wizard.engine.sentences import sentence
from wizard.engine.session import Session
from wizard.engine.walk import apply_walk
from wizard.interview.answers import Answers, parse, to_toml
from wizard.interview.review import REVIEW
from wizard.model.secrets import Secrets
from wizard.planning.plan import Plan
from wizard.planning.render import plan_text
from wizard.prompts.asker import Asker
from wizard.prompts.copying import ask_for_copy
from wizard.prompts.decisions import confirmed
from wizard.prompts.ending import say_outcome
from wizard.prompts.questions import paragraph
from wizard.signals import ENDING, calling

FAILED = 4


def apply(
    asker: Asker,
    answers: Answers,
    secrets: Secrets,
    session: Session,
    environ: Mapping[str, str],
    *,
    practice: bool,
) -> int:
    """Review, confirm, apply and prove; return the exit code. The session stays open."""
    request = Request(
        settings=parse(answers),
        secrets=secrets,
        environ=environ,
        suspended=lambda _plan: True,  # it is typed right before the yes
        session=session,
        answers_toml=to_toml(answers),
    )
    return carry_out(asker, request, apply_walk, practice=practice)


def carry_out(
    asker: Asker,
    request: Request,
    walk: Callable[[Request], Iterator[Event]],
    *,
    practice: bool,
) -> int:
    """Do what changes servers, tell it as it happens and how it ended; return the exit code."""
    kept: list[Outcome] = []
    cancel, suspended = request.cancel, request.suspended
    request = replace(
        request,
        confirm=lambda plan: _answered(cancel, lambda: _reviewed(asker, plan, practice=practice)),
        suspended=lambda plan: _answered(cancel, lambda: suspended(plan)),
        keep_outcome=kept.append,
        asks_for_copy=True,
    )
    with _ending(asker, cancel):
        exit_code = _told(asker, walk(request))
    for outcome in kept:
        say_outcome(asker, outcome, practice=practice)
        if not practice:
            ask_for_copy(asker, outcome, request.secrets, request.environ)
    return exit_code


def _told(asker: Asker, events: Iterator[Event]) -> int:
    """Say each event as it comes, but for those that are told better in another place.

    Where nobody listens any more, the walk is closed while its session is open: it puts back what
    it had begun.
    """
    exit_code = FAILED
    try:
        for event in events:
            if isinstance(event, Finished):
                exit_code = event.exit_code
            if not _told_elsewhere(event):
                asker.say(sentence(event))
    finally:
        if isinstance(events, Generator):
            events.close()
    return exit_code


def _told_elsewhere(event: Event) -> bool:
    """True for what the review has shown, and for good probes, which the board shows by dozens."""
    good = isinstance(event, Probe) and event.ok is True
    return good or isinstance(event, ChangePlanned | Started)


def _answered(cancel: Cancel, ask: Callable[[], bool]) -> bool:
    """Ask in the middle of a walk; a wish to end is a no here, and has to end the waiting."""
    before = {number: signal.getsignal(number) for number in ENDING}
    wanted = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    try:
        for number in wanted:
            signal.signal(number, signal.default_int_handler)
        return ask()
    except KeyboardInterrupt:
        cancel.set()
        return False
    finally:
        for number in wanted:
            signal.signal(number, before[number])


def _reviewed(asker: Asker, plan: Plan, *, practice: bool) -> bool:
    asker.say()
    asker.say(f"{'PRACTICE - ' if practice else ''}{REVIEW.title}")
    paragraph(asker, REVIEW.explain)
    asker.say()
    for line in plan_text(plan):
        asker.say(line)
    return confirmed(asker, plan, practice=practice)


@contextmanager
def _ending(asker: Asker, cancel: Cancel) -> Iterator[None]:
    """Turn what asks for an end into a wish to stop: what has begun is ended, or put back."""

    def stop() -> None:
        cancel.set()
        with suppress(OSError):  # where the terminal itself is what has gone
            asker.say("\nStopping as soon as nothing is half-done.")

    with calling(stop, ENDING):
        yield
