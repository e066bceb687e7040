"""The last question: a copy of the certificate authority is saved, or deliberately not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wizard.engine.papers.ca_copy import copied_words, copy_authority, not_copied, suggested_copy
from wizard.engine.papers.outcome import Outcome
from wizard.engine.sentences import problem_text
from wizard.errors import AnswerError, WizardError
from wizard.model.secrets import Secrets
from wizard.prompts.asker import Asker
from wizard.prompts.questions import ask_line, paragraph

NO_COPY = "no copy"
"""What has to be typed to end without one."""


def ask_for_copy(
    asker: Asker, outcome: Outcome, secrets: Secrets, environ: Mapping[str, str]
) -> None:
    """Ask until a copy of the CA stands, or until somebody types that there shall be none.

    Where the input ends before, the warning of the unattended walk is all that is left to give.
    """
    place = outcome.authority_folder
    if not outcome.wants_copy or place is None:
        return
    home = Path(environ.get("HOME") or Path.home())
    suggested = suggested_copy(outcome.cluster, outcome.run or "", home)
    asker.say()
    paragraph(
        asker,
        "The key of the certificate authority is on this computer alone. Were it lost, no "
        "certificate could be renewed and no server added: every server would need new "
        f"certificates. Enter saves a copy; type {NO_COPY} to end without one.",
    )
    while True:
        try:
            typed = ask_line(asker, f"Save the copy in [{suggested}]: ", "copy").strip()
        except AnswerError:
            asker.say(problem_text(not_copied(outcome)))
            return
        if typed.lower() == NO_COPY:
            return
        try:
            target = copy_authority(place, Path(typed or suggested).expanduser(), secrets)
        except WizardError as error:
            paragraph(asker, f"{error.message} {error.hint}")
            continue
        paragraph(asker, copied_words(outcome, target))
        return
