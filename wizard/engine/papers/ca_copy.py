"""The copy of a CA: saved where a person says, and proved by opening what was read back."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.making.made import (
    CA_CERTIFICATE,
    CA_KEY,
    CA_PASSWORD,
    ISSUING_CERTIFICATE,
    ISSUING_KEY,
)
from wizard.engine.papers.outcome import Outcome
from wizard.engine.places import PRIVATE_FOLDER, make_private_folder, write_private
from wizard.engine.records.recorded import ca_password, opened_authorities
from wizard.engine.request import Request
from wizard.errors import MaterialError, WizardError
from wizard.model.problems import Problem, Severity
from wizard.model.secrets import Secrets

MISSING = "ca-copy-missing"
_COPIED = (CA_CERTIFICATE, CA_KEY, ISSUING_CERTIFICATE, ISSUING_KEY)


def holds_key(place: Path) -> bool:
    """Whether a CA's folder holds its key, so that there is something to lose."""
    return (place / CA_KEY).is_file()


def suggested_copy(cluster: str, run: str, home: Path) -> Path:
    """Return a place for the copy that nothing else has."""
    return home / f"neo4j-tls-{cluster}-ca-{run}"


def copy_authority(place: Path, target: Path, secrets: Secrets) -> Path:
    """Copy a CA into a folder of its own, 0700 with files 0600; read it back and open it.

    Its password is not copied: the two belong in different places.

    Args:
        place: the CA's folder in the records of its run.
        target: a folder that does not exist yet, in one that does.
        secrets: they hold the CA's password where it was typed.

    Raises:
        WizardError: it can't be written there, or can't be opened; nothing is left there then.
    """
    if target.exists() or target.is_symlink():
        raise _refused(f"{target} exists already, and nothing is overwritten.", "Name another one.")
    if not target.parent.is_dir():
        raise _refused(f"There is no folder {target.parent}.", "Make it, or name another one.")
    try:
        target.mkdir(mode=PRIVATE_FOLDER)
    except OSError as error:
        raise _refused(f"{target} can't be made: {error.strerror}.", "Name another one.") from error
    try:
        make_private_folder(target)
        for name in _COPIED:
            if (place / name).is_file():
                write_private(target / name, (place / name).read_bytes())
        opened_authorities(target, ca_password(place, secrets))
    except (OSError, WizardError) as error:
        shutil.rmtree(target, ignore_errors=True)
        reason = error.message if isinstance(error, WizardError) else f"{error.strerror}."
        raise _refused(f"No copy was saved in {target}: {reason}", "Name another one.") from error
    return target


def copied_words(outcome: Outcome, target: Path) -> str:
    """Return what to say of a copy that stands."""
    words = f"A copy of the certificate authority is in {target}; it was read back and opened."
    place = outcome.authority_folder
    if place is not None and (place / CA_PASSWORD).is_file():
        words += f" Its password is in {place / CA_PASSWORD}: put that into your password safe."
    return words


def not_copied(outcome: Outcome, reason: str = "") -> Problem:
    """Return what to tell as long as there is no copy."""
    place = outcome.authority_folder
    return Problem(
        code=MISSING,
        severity=Severity.WARNING,
        message=f"{reason} ".lstrip() + "The certificate authority exists on this computer alone;"
        " were it lost, no certificate could be renewed and no server added.",
        hint=f"Copy it to a safe place: cp -pR {place} DESTINATION - and let no {CA_PASSWORD} stay"
        " in that copy: its password belongs elsewhere.",
    )


def seen_to(request: Request, outcome: Outcome) -> Generator[Event, None, Outcome]:
    """Save the copy that the answers ask for, or warn that there is none.

    Nothing is told where a front end asks a person itself.
    """
    place = outcome.authority_folder
    if place is None:
        return outcome
    outcome = replace(outcome, key_kept=holds_key(place))
    if outcome.result is not Result.OK or not outcome.key_kept:
        return outcome
    outcome = replace(outcome, wants_copy=True)
    if request.asks_for_copy and outcome.copy_to is None:
        return outcome
    reason = ""
    if outcome.copy_to is not None:
        try:
            target = copy_authority(place, outcome.copy_to, request.secrets)
        except MaterialError as error:
            reason = error.message
        else:
            yield Said(message=copied_words(outcome, target))
            return replace(outcome, wants_copy=False)
    if request.asks_for_copy:
        yield Said(message=reason)
        return outcome
    problem = not_copied(outcome, reason)
    yield ProblemFound(problem=problem)
    return replace(outcome, problems=(*outcome.problems, problem))


def _refused(message: str, hint: str) -> MaterialError:
    return MaterialError(message, hint=hint, code=MISSING)
