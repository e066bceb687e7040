"""Which screen draws which step, and where a person is among them."""

from __future__ import annotations

from pathlib import Path

from screens.frame import WizardScreen
from screens.host_keys import HostKeysScreen
from screens.journey import Journey
from screens.outcome import OutcomeScreen
from screens.place import Place
from screens.progress import ProgressScreen
from screens.review import ReviewScreen
from screens.running import Running
from screens.saving import save_plan, save_report
from screens.step import StepScreen
from screens.stopped import StoppedScreen
from screens.survey import SurveyScreen
from screens.welcome import WelcomeScreen
from wizard.interview import INTERVIEW
from wizard.interview.fields import Step, StepKind
from wizard.lessons import lesson
from wizard.pki.passwords import check_password, strength

TITLES = {"apply": "Apply", "verify": "Verify", "undo": "Undo"}
EXPLAIN = {
    "progress": (
        "All servers stop, get their changed neo4j.conf, and start again. A link counts once a "
        "server's own log says that it connected. Slow is not failed: a large store takes time."
    ),
    "outcome": (
        "Ours is a certificate we made, and has to be accepted; everything else has to be refused. "
        "Links come from the servers' logs, which some versions write late."
    ),
}


def steps(journey: Journey) -> tuple[Step, ...]:
    """Return the steps that apply."""
    return tuple(step for step in INTERVIEW if step.applies(journey.given))


def place(journey: Journey, key: str, title: str, *, number: int, explain: str = "") -> Place:
    """Return where a person is."""
    return Place(
        title=title,
        steps=tuple(step.title for step in steps(journey)),
        number=number,
        practice=journey.on_practice,
        explain=explain or EXPLAIN.get(key, ""),
        lesson=lesson(key),
        can_go_back=number > 1,
    )


def screen_for(journey: Journey, index: int, running: Running | None) -> WizardScreen:
    """Return the screen of a step, built afresh from the answers."""
    step = steps(journey)[index]
    where = place(journey, step.key, step.title, number=index + 1, explain=step.explain)
    match step.kind:
        case StepKind.WELCOME:
            return WelcomeScreen(
                where,
                step,
                journey.given,
                offer=journey.offer,
                start_practice=journey.start_practice,
                only_practice=journey.only_practice,
            )
        case StepKind.HOST_KEYS:
            logins = {server.name: server.ssh for server in journey.settings().servers}
            return HostKeysScreen(where, logins, journey.connect)
        case StepKind.SURVEY:
            return SurveyScreen(where, step, journey.given, offer=journey.offer, look=journey.look)
        case StepKind.REVIEW if running is not None:
            return ReviewScreen(where, running, lambda plan: save_plan(plan, journey, Path.cwd()))
    return StepScreen(
        where,
        step,
        journey.given,
        offer=journey.offer,
        secrets=journey.typed,
        rate=lambda typed: _rated(typed, journey),
        refuse=check_password,
    )


def progress(journey: Journey, running: Running, command: str) -> ProgressScreen:
    """Return the screen that shows a command running."""
    servers = [server.name for server in journey.settings().servers]
    where = place(journey, "progress", TITLES[command], number=0)
    return ProgressScreen(where, running, servers, command=command)


def ending(journey: Journey, running: Running, command: str) -> WizardScreen:
    """Return the screen a command ends on: its outcome, or why there is none."""
    outcome = running.outcome
    if outcome is None:
        title = "Undone" if command == "undo" else "Stopped"
        where = place(journey, "outcome", title, number=0)
        return StoppedScreen(where, running, command=command)
    notes = (
        ("All of this is in the practice cluster's folder and goes away with it.",)
        if journey.on_practice
        else ()
    )
    return OutcomeScreen(
        place(journey, "outcome", "Proof", number=0),
        outcome,
        lambda shown: save_report(shown, Path.cwd()),
        more=notes,
        can_undo=command != "undo" and bool(outcome.undo_command),
    )


def _rated(typed: str, journey: Journey) -> tuple[int, str]:
    rated = strength(typed, [str(journey.given.get("cluster.name", ""))])
    return rated.score, rated.word
