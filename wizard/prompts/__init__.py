"""The wizard line by line: the same questions, reviewed, confirmed and carried out in sentences.

The only place that uses questionary; nothing is drawn twice, so a screen reader can follow.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.engine.places import log_file, make_private_folder
from wizard.engine.records.earlier import waiting_run
from wizard.interview.answers import Answers, for_interview, load, unasked
from wizard.interview.fields import Choice, Given
from wizard.interview.secrets_file import load_secrets
from wizard.interview.welcome import OWN, PRACTICE, WELCOME
from wizard.logs import start_logging
from wizard.model.secrets import Secrets
from wizard.prompts.asker import Asker, LineAsker, TerminalAsker, asker_for_terminal
from wizard.prompts.conversation import ask_interview
from wizard.prompts.decisions import ask_one_of, save_answers
from wizard.prompts.questions import paragraph

if TYPE_CHECKING:
    from wizard.practice.cluster import PracticeCluster

__all__ = ["Asker", "LineAsker", "TerminalAsker", "ask_interview", "run"]


def run(
    practice: PracticeCluster | None = None,
    *,
    plain: bool = True,
    asker: Asker | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Hold the whole conversation and return the exit code.

    Args:
        practice: a practice cluster that is up; None asks whether one is wanted.
        plain: bare lines, whatever the terminal could do.
        asker: who is asked; by default whoever sits at the terminal.
        environ: where the wizard's own files go.

    Raises:
        WizardError: an answer is missing, or a server is out of reach and nothing was changed.
    """
    asked = asker or asker_for_terminal(plain=plain)
    surroundings = os.environ if environ is None else environ
    if practice is None and waiting_run(surroundings) is not None:
        from wizard.prompts.taking_up import take_up  # noqa: PLC0415 - brings in paramiko

        done = take_up(asked, surroundings)
        if done is not None:
            return done
    with ExitStack() as opened:
        if practice is None and _wants_practice(asked):
            from wizard.practice.cluster import PracticeCluster  # noqa: PLC0415 - only if wanted

            asked.say("The practice cluster is starting.")
            practice = opened.enter_context(PracticeCluster())
        if practice is None:
            return _walk(asked, Answers({"walk": OWN}), None, Secrets(), surroundings)
        offers = load(practice.interactive_answers())
        from wizard.practice.own_state import own_state  # noqa: PLC0415 - only for practice

        surroundings = own_state(practice.directory, surroundings)
        given = unasked(offers).with_answer("walk", PRACTICE)
        secrets = load_secrets(Path(str(offers["secrets"]))) if "secrets" in offers else Secrets()
        return _walk(asked, given, for_interview(offers), secrets, surroundings)


def _wants_practice(asker: Asker) -> bool:
    asker.say(WELCOME.title)
    paragraph(asker, WELCOME.explain)
    choice = WELCOME.fields[0]
    return isinstance(choice, Choice) and ask_one_of(asker, choice) == PRACTICE


def _walk(
    asker: Asker,
    given: Given,
    practice: Given | None,
    secrets: Secrets,
    environ: Mapping[str, str],
) -> int:
    from wizard.prompts.looking import ask_backup, ask_password_in  # noqa: PLC0415 - brings in paramiko
    from wizard.prompts.reaching import answered  # noqa: PLC0415 - as above
    from wizard.prompts.taking_up import after  # noqa: PLC0415 - as above
    from wizard.prompts.walk import apply  # noqa: PLC0415 - as above

    is_practice = practice is not None
    with ExitStack() as opened:
        make_private_folder(log_file(environ).parent)
        opened.callback(start_logging(log_file(environ)).close)
        answers, secrets, session = answered(asker, given, practice, secrets, environ)
        opened.enter_context(session)
        answers = ask_password_in(asker, answers, session)
        if is_practice:
            paragraph(asker, "A real cluster should have a recent backup now; this one needs none.")
        else:
            ask_backup(asker)
            save_answers(asker, answers, Path.cwd())
        done = apply(asker, answers, secrets, session, environ, practice=is_practice)
    return after(asker, environ, done, str(answers["cluster.name"]), practice=is_practice)
