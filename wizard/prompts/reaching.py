"""The interview together with the first look at the servers: asked again until they are reached."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.engine.session import Session
from wizard.errors import WizardError
from wizard.interview.answers import Answers, for_interview, parse
from wizard.interview.defaults import fixed
from wizard.interview.fields import Choice, Given, Option
from wizard.model.secrets import Secrets
from wizard.prompts.asker import Asker
from wizard.prompts.conversation import ask_interview
from wizard.prompts.decisions import ask_one_of
from wizard.prompts.looking import look
from wizard.prompts.questions import paragraph

AGAIN = "again"
CHANGE = "change"
STOP = "stop"


def answered(
    asker: Asker,
    given: Given,
    practice: Given | None,
    secrets: Secrets,
    environ: Mapping[str, str],
) -> tuple[Answers, Secrets, Session]:
    """Ask until the servers can be looked at with the answers; the caller closes the session.

    What is typed comes before `secrets`, which come from the practice cluster.

    Raises:
        WizardError: what stood in the way when the person gave up; nothing was changed.
    """
    offers, typed = given, Secrets()
    while True:
        answers, typed = ask_interview(asker, offers, practice=practice, typed=typed)
        every = Secrets({**secrets.common, **typed.common}, secrets.by_server)
        session = _looked(asker, answers, every, environ, practice=practice is not None)
        if session is not None:
            return answers, every, session
        offers = for_interview(answers).with_answer("walk", given["walk"])


def _looked(
    asker: Asker, answers: Answers, secrets: Secrets, environ: Mapping[str, str], *, practice: bool
) -> Session | None:
    """Look at the servers until it succeeds; None when the answers shall be changed."""
    while True:
        try:
            return look(asker, parse(answers), secrets, environ, practice=practice)
        except WizardError as error:
            if _what_next(asker, error) == CHANGE:
                return None


def _what_next(asker: Asker, error: WizardError) -> str:
    """Ask what to do about servers that could not be looked at; to stop is to raise the error."""
    paragraph(asker, error.message)
    paragraph(asker, error.hint)
    choice = Choice(
        key="next",
        label="What now",
        why="Nothing has been changed; the answers are kept.",
        default=fixed(CHANGE, ""),
        options=(
            Option(value=CHANGE, label="Change the answers", meaning="Each one is offered again."),
            Option(value=AGAIN, label="Try again", meaning="With the same answers."),
            Option(value=STOP, label="Stop", meaning="Nothing was changed."),
        ),
    )
    chosen = ask_one_of(asker, choice)
    if chosen == STOP:
        raise error
    return chosen
