"""Which screen draws which step, and where a person is among them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from screens.copying import CopyScreen
from screens.earlier import EarlierScreen, chosen
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
from screens.taking_up import waiting_here
from screens.welcome import WelcomeScreen
from wizard.engine.events import Result
from wizard.engine.papers.outcome import Outcome
from wizard.engine.records.earlier import Waiting
from wizard.errors import WizardError
from wizard.interview import INTERVIEW
from wizard.interview.fields import SecretField, Step, StepKind
from wizard.lessons import lesson
from wizard.pki.passwords import check_password, strength

PRACTICE_ENDS = (
    "All of this is in the practice cluster's folder and goes away with it. On a real cluster the "
    "wizard asks for a copy of the certificate authority before it ends."
)
AFTER = ("Apply", "Proof")
"""What follows the questions; the rail shows it from the beginning."""
TITLES = {"apply": "Apply", "verify": "Verify", "undo": "Undo", "resume": "Resume"}
ENDINGS = {
    Result.REVERTED: "Put back",
    Result.INTERRUPTED: "Put back",
    Result.STOPPED: "Stopped",
}
EXPLAIN = {
    "apply": (
        "All servers stop, get their changed neo4j.conf, and start again. A link counts once a "
        "server's own log says that it connected. Slow is not failed: a large store takes time."
    ),
    "verify": (
        "Nothing is changed. The wizard knocks on every cluster port with our certificate, with "
        "none and with wrong ones, and reads in the servers' logs who has connected to whom."
    ),
    "undo": (
        "Every server stops, gets its files back as they were, and starts again in plaintext. "
        "Nothing of the wizard's stays on the servers."
    ),
    "resume": (
        "What every server shows decides what is left to do. If something fails on the way, every "
        "server is put back as it was before the run."
    ),
    "earlier": (
        "A cut in the middle is foreseen: each step was written down before it was made, and each "
        "server keeps its originals until the run is undone. In doubt, Resume: what every server "
        "shows decides, and it turns back if something fails."
    ),
    "secrets": (
        "Passwords are never written down, so they are asked for once more. They stay in memory "
        "until the wizard ends."
    ),
    "outcome": (
        "Ours is a certificate we made, and has to be accepted; everything else has to be refused. "
        "Links come from the servers' logs, which some versions write late."
    ),
}


def steps(journey: Journey) -> tuple[Step, ...]:
    """Return the steps that apply."""
    return tuple(step for step in INTERVIEW if step.applies(journey.given))


def place(
    journey: Journey, key: str, title: str, *, number: int, explain: str, failed: bool = False
) -> Place:
    """Return where a person is; after a failure the title stands in the last step's stead."""
    asked = tuple(step.title for step in steps(journey))
    return Place(
        title=title,
        steps=(*asked, *(AFTER if not failed else (AFTER[0], title))),
        number=number,
        practice=journey.on_practice,
        explain=explain,
        lesson=lesson(key),
        can_go_back=1 < number <= len(asked),
        failed=failed,
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
                earlier=journey.earlier(),
            )
        case StepKind.HOST_KEYS:
            logins = {server.name: server.ssh for server in journey.settings().servers}
            return HostKeysScreen(where, logins, journey.connect)
        case StepKind.SURVEY:
            return SurveyScreen(
                where,
                step,
                journey.given,
                offer=journey.offer,
                look=journey.look,
                servers=[server.name for server in journey.settings().servers],
            )
        case StepKind.REVIEW if running is not None:
            return ReviewScreen(where, running, lambda plan: save_plan(plan, journey, Path.cwd()))
    return _form(journey, where, step)


def _form(journey: Journey, where: Place, step: Step) -> StepScreen:
    return StepScreen(
        where,
        step,
        journey.given,
        offer=journey.offer,
        secrets=journey.typed,
        rate=lambda typed: _rated(typed, journey),
        refuse=check_password,
    )


def earlier(journey: Journey, waiting: Waiting, error: WizardError | None) -> EarlierScreen:
    """Return the screen that comes first where a run was cut off."""
    where = place(journey, "progress", "An earlier run", number=0, explain=EXPLAIN["earlier"])
    return EarlierScreen(where, waiting, error)


def secrets_of_run(journey: Journey, fields: tuple[SecretField, ...]) -> StepScreen:
    """Return the form for what a run needs once more."""
    explain = EXPLAIN["secrets"]
    step = Step(key="access", title="Passwords", explain=explain, fields=fields)
    where = place(journey, step.key, step.title, number=0, explain=explain)
    return _form(journey, replace(where, can_go_back=True), step)


def logging_in(journey: Journey, waiting: Waiting, wish: str) -> HostKeysScreen:
    """Return the screen that logs in to the servers of a run; its button is the yes to a wish."""
    step = next(step for step in INTERVIEW if step.kind is StepKind.HOST_KEYS)
    where = place(journey, step.key, step.title, number=0, explain=step.explain)
    logins = {server.name: server.ssh for server in journey.settings().servers}
    where = replace(where, can_go_back=True)
    return HostKeysScreen(where, logins, journey.connect, then=chosen(waiting, wish))


def reviewing(journey: Journey, running: Running) -> ReviewScreen:
    """Return the review of a run that has to begin anew, or to be agreed on once more."""
    step = next(step for step in INTERVIEW if step.kind is StepKind.REVIEW)
    where = place(journey, step.key, step.title, number=0, explain=step.explain)
    where = replace(where, can_go_back=True)
    return ReviewScreen(where, running, lambda plan: save_plan(plan, journey, Path.cwd()))


def progress(journey: Journey, running: Running, command: str) -> ProgressScreen:
    """Return the screen that shows a command running."""
    servers = [server.name for server in journey.settings().servers]
    asked = len(steps(journey))
    number = {"apply": asked + 1, "resume": asked + 1, "verify": asked + 2}.get(command, 0)
    title = TITLES[command]
    where = place(journey, "progress", title, number=number, explain=EXPLAIN[command])
    return ProgressScreen(where, running, servers, command=command)


def ending(journey: Journey, running: Running, command: str) -> WizardScreen:
    """Return the screen a command ends on: its outcome, or why there is none."""
    outcome = running.outcome
    if outcome is None:
        title = "Undone" if command == "undo" else "Stopped"
        failed = command == "apply"
        number = len(steps(journey)) + len(AFTER) if failed else 0
        where = place(journey, "outcome", title, number=number, explain="", failed=failed)
        return StoppedScreen(where, running, command=command, waiting=waiting_here(journey))
    notes = (PRACTICE_ENDS,) if journey.on_practice else ()
    title = ENDINGS.get(outcome.result, "Proof")
    where = place(
        journey,
        "outcome",
        title,
        number=len(steps(journey)) + len(AFTER),
        explain=EXPLAIN["outcome"],
        failed=outcome.result in ENDINGS,
    )
    return OutcomeScreen(
        where,
        outcome,
        lambda shown: save_report(shown, Path.cwd()),
        more=notes,
        can_undo=command != "undo" and bool(outcome.undo_command),
        waiting=waiting_here(journey) if outcome.result is Result.STOPPED else None,
    )


def to_copy(
    before: Outcome | None, journey: Journey, running: Running, command: str
) -> Outcome | None:
    """Return whose CA a copy is still wanted of, once a command has ended; none on practice."""
    outcome = running.outcome
    if journey.on_practice or (command == "undo" and outcome and outcome.result is Result.OK):
        return None
    return outcome if outcome and outcome.wants_copy else before


def copying(journey: Journey, outcome: Outcome) -> CopyScreen:
    """Return the box that asks for a copy of the CA."""
    from wizard.engine.papers.ca_copy import (  # noqa: PLC0415 - brings in cryptography
        copied_words,
        copy_authority,
        suggested_copy,
    )

    def copy(target: Path) -> str:
        place = outcome.authority_folder or target
        return copied_words(outcome, copy_authority(place, target, journey.secrets()))

    home = Path(journey.environ.get("HOME") or Path.home())
    return CopyScreen(copy, suggested_copy(outcome.cluster, outcome.run or "", home))


def _rated(typed: str, journey: Journey) -> tuple[int, str]:
    rated = strength(typed, [str(journey.given.get("cluster.name", ""))])
    return rated.score, rated.word
