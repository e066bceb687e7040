"""The decisions beside the interview: a plain yes or no, the confirmation, where to save."""

from __future__ import annotations

from pathlib import Path

from wizard.engine.places import replace_private
from wizard.interview.answers import Answers, to_toml
from wizard.interview.defaults import fixed
from wizard.interview.fields import Choice, Option
from wizard.planning.keeping import SUSPENDED, question
from wizard.planning.plan import Plan
from wizard.prompts.asker import Asker
from wizard.prompts.questions import BACK, EMPTY, HELP, ask_field, ask_line, paragraph

YES = "yes"
NO = "no"


def yes_or_no(asker: Asker, key: str, label: str, why: str, *, default: str = NO) -> bool:
    """Ask for a yes or a no; going back counts as a no."""
    choice = Choice(
        key=key,
        label=label,
        why=why,
        default=fixed(default, "what Enter takes"),
        options=(
            Option(value=YES, label="Yes", meaning="Go on."),
            Option(value=NO, label="No", meaning="Do not go on."),
        ),
    )
    return ask_field(asker, choice, choice.default({}), {}) == YES


def ask_one_of(asker: Asker, question: Choice) -> str:
    """Ask a choice that stands alone; going back takes its default."""
    default = question.default({})
    answer = ask_field(asker, question, default, {})
    return answer if answer in {option.value for option in question.options} else str(default.value)


def confirmed(asker: Asker, plan: Plan, *, practice: bool) -> bool:
    """Ask for the one yes: the cluster's name where there is data, a yes for practice.

    Where something has to be suspended before, that is asked for first, by its word.
    """
    wanted = YES if practice else plan.settings.cluster
    asker.say()
    if plan.to_suspend and not suspended(asker, plan):
        return False
    paragraph(
        asker,
        f"Nothing has been changed up to here. Type {wanted} to make these changes, "
        "or press Enter to leave everything as it is.",
    )
    return _typed(asker, wanted)


def suspended(asker: Asker, plan: Plan) -> bool:
    """Ask for the word that says that what may meddle is suspended."""
    paragraph(asker, question(plan))
    return _typed(asker, SUSPENDED)


def agreed(asker: Asker, words: str) -> bool:
    """Say what will happen, and ask for a typed yes."""
    paragraph(asker, words)
    return _typed(asker, YES)


def _typed(asker: Asker, wanted: str) -> bool:
    """Ask until exactly this was typed, or nothing."""
    while True:
        typed = ask_line(asker, f"Type {wanted} to go on: ", "yes").strip()
        if typed == wanted:
            return True
        if typed in {"", NO, *BACK}:
            return False
        if typed != HELP:
            asker.say(f"That is not {wanted}.")
        asker.say(f"Type {wanted} exactly, or press Enter to stop.")


def save_answers(asker: Asker, answers: Answers, folder: Path) -> Path | None:
    """Save the answers where the person says, for the same walk without questions.

    An existing file is overwritten only after a yes. Returns None when nothing was saved.
    """
    offered = folder / f"{answers['cluster.name']}.toml"
    paragraph(
        asker,
        "The answers can be kept in a file, to do the same again without questions. It never "
        f"holds a password; {EMPTY} saves nothing.",
    )
    while True:
        typed = ask_line(asker, f"Save the answers as [{offered}]: ", "answers").strip()
        if typed in {EMPTY, *BACK}:
            return None
        path = folder / Path(typed).expanduser() if typed else offered
        if path.exists() and not yes_or_no(
            asker, "overwrite", f"{path} exists; replace it", "Its present content would be lost."
        ):
            continue
        try:
            replace_private(path, to_toml(answers).encode())
        except OSError as error:
            asker.say(f"{path} can't be written: {error.strerror}. Name another file.")
            continue
        asker.say(f"Saved: {path}")
        return path
