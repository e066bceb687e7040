"""A run that waits, line by line: resume it, put it back, or leave it for later."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from wizard.engine.places import log_file, make_private_folder
from wizard.engine.records.earlier import Waiting, waiting_run
from wizard.engine.request import Request
from wizard.engine.returning.asking import secrets_to_ask
from wizard.engine.walk import resume_walk, undo_walk
from wizard.errors import AnswerError, JournalError, WizardError
from wizard.interview.answers import load, parse
from wizard.interview.defaults import fixed
from wizard.interview.fields import Choice, Option
from wizard.interview.secrets_file import load_secrets
from wizard.logs import start_logging
from wizard.model.secrets import Secrets
from wizard.model.settings import Settings
from wizard.prompts.asker import Asker
from wizard.prompts.decisions import agreed, suspended
from wizard.prompts.looking import log_in
from wizard.prompts.questions import Went, ask_field, paragraph
from wizard.prompts.secret_fields import ask_secret
from wizard.prompts.walk import carry_out
from wizard.secret import Secret

RESUME, UNDO, LATER = "resume", "undo", "later"
STOPPED = 4


def take_up(
    asker: Asker, environ: Mapping[str, str], cluster: str | None = None, *, practice: bool = False
) -> int | None:
    """Ask about the run that waits, until it waits no more; None where it is left for later.

    Who leaves after it has stopped half-way leaves it so, and that is the exit code.

    Args:
        asker: who is asked.
        environ: names the state folder.
        cluster: only a run of this cluster; None for any.
        practice: whether it is the practice cluster's.

    Raises:
        AnswerError: the input ended.
    """
    exit_code: int | None = None
    while (waiting := waiting_run(environ, cluster)) is not None:
        try:
            wish = _wish(asker, waiting)
            if wish == LATER:
                break
            done = _taken_up(asker, waiting, wish, environ, practice=practice)
        except (AnswerError, KeyboardInterrupt):
            if exit_code is None:
                raise
            break
        except WizardError as error:
            paragraph(asker, error.message)
            paragraph(asker, error.hint)
            continue
        exit_code = exit_code if done is None else done
        if done not in (None, STOPPED):
            break
    return exit_code


def after(
    asker: Asker, environ: Mapping[str, str], exit_code: int, cluster: str, *, practice: bool
) -> int:
    """Offer the ways out of a run that has just stopped half-way; return the exit code at last."""
    if exit_code != STOPPED:
        return exit_code
    with suppress(AnswerError, KeyboardInterrupt):  # nobody answers any more: it stays as it is
        done = take_up(asker, environ, cluster, practice=practice)
        return exit_code if done is None else done
    return exit_code


def _wish(asker: Asker, waiting: Waiting) -> str:
    asker.say()
    paragraph(asker, waiting.head)
    paragraph(asker, waiting.state)
    ways = (
        (RESUME, "Resume", waiting.resume),
        (UNDO, "Put back", waiting.undo),
        (LATER, "Later", "changes nothing now; it is asked again at the next start."),
    )
    for _value, label, words in ways:
        if words:
            paragraph(asker, f"{label} {words}", "  ")
    choice = Choice(
        key="earlier-run",
        label="What now",
        why="Until you have chosen, nothing is changed.",
        default=fixed(RESUME, ""),
        options=tuple(
            Option(value=value, label=label, meaning=f"{label} {words}")
            for value, label, words in ways
            if words
        ),
    )
    wish = ask_field(asker, choice, choice.default({}), {})
    return LATER if isinstance(wish, Went) else str(wish)  # who wants to go back, wants nothing


def _taken_up(
    asker: Asker, waiting: Waiting, wish: str, environ: Mapping[str, str], *, practice: bool
) -> int | None:
    """Ask for what the run needs, log in, ask for the yes, and carry it out; None for a no."""
    run = waiting.run
    settings = _settings(waiting)
    secrets = _secrets(asker, waiting, settings, undoing=wish == UNDO)
    make_private_folder(log_file(environ).parent)
    log = start_logging(log_file(environ), [*secrets.common.values()])
    try:
        with log_in(asker, settings, secrets, environ) as session:
            words = waiting.resume if wish == RESUME else waiting.undo
            label = "Resume" if wish == RESUME else "Put back"
            if not agreed(asker, f"{label} {words} Type yes to go on, or press Enter to leave it."):
                return None
            request = Request(
                run=run.id,
                secrets=secrets,
                environ=environ,
                session=session,
                suspended=lambda plan: suspended(asker, plan),
            )
            walk = resume_walk if wish == RESUME else undo_walk
            return carry_out(asker, request, walk, practice=practice)
    finally:
        log.close()


def _settings(waiting: Waiting) -> Settings:
    """Return the answers that a run has kept.

    Raises:
        JournalError: they can't be read; that is no end of the input.
    """
    try:
        return parse(load(waiting.run.answers_file))
    except AnswerError as error:
        raise JournalError(
            f"The answers of run {waiting.run.id} can't be read: {error.message}", hint=error.hint
        ) from error


def _secrets(asker: Asker, waiting: Waiting, settings: Settings, *, undoing: bool) -> Secrets:
    """Return what the run's secrets file holds, with what is missing asked for."""
    named = settings.secrets_file
    kept = load_secrets(waiting.run.folder / Path(named).expanduser()) if named else Secrets()
    typed: dict[str, Secret] = {}
    for field in secrets_to_ask(waiting.run, settings, kept, undoing=undoing):
        answer = ask_secret(asker, field, None, (settings.cluster,))
        if isinstance(answer, Secret):
            typed[field.secret] = answer
    return Secrets({**kept.common, **typed}, kept.by_server)
