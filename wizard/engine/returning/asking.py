"""Which secrets a run needs once more before it can be resumed or put back."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from pathlib import Path

from wizard.engine.making.made import CA_FOLDER, CA_KEY, CA_PASSWORD
from wizard.engine.records.course import Direction, course_of
from wizard.engine.records.journal import read_journal
from wizard.engine.records.runs import Run, RunState
from wizard.interview.access import (
    IDENTITY_PASSPHRASE,
    NEO4J_PASSWORD,
    SSH_PASSWORD,
    SUDO_PASSWORD,
)
from wizard.interview.fields import SecretField
from wizard.interview.keys import KEY_PASSWORD
from wizard.interview.needed_secrets import missing_secrets
from wizard.interview.trust import CA_PASSWORD as CA_PASSWORD_FIELD
from wizard.interview.trust import PASSPHRASE
from wizard.model.secrets import Secrets
from wizard.model.settings import Settings, TrustModel

_FIELDS = {
    field.secret: field for field in (SSH_PASSWORD, SUDO_PASSWORD, KEY_PASSWORD, NEO4J_PASSWORD)
}
_UNSEALED = b"openssh-key-v1\0" + len(b"none").to_bytes(4) + b"none"
"""How OpenSSH's file begins where nothing is encrypted (PROTOCOL.key of OpenSSH)."""
_BASE64 = 40
"""As many characters of the first line as hold that, in whole groups of four."""
_ONLY_AHEAD = ("neo4j_password", "key_password")


def secrets_to_ask(
    run: Run, settings: Settings, secrets: Secrets, *, undoing: bool
) -> tuple[SecretField, ...]:
    """Return the questions for the secrets that nobody has given; those that may be needed, too.

    Args:
        run: the run that is taken up.
        settings: its answers.
        secrets: what was given, or stands in the file that the answers name.
        undoing: whether it is put back, which needs no password but those of the logins.

    Raises:
        JournalError: the records of the run are damaged.
    """
    course = course_of(read_journal(run.journal_file))
    back = undoing or course.direction is not Direction.FORWARD
    anew = not back and not course.stop_begun and run.state is not RunState.STAGED
    needed = missing_secrets(settings, secrets, makes_keys=anew)
    asked = [_FIELDS[name] for name in needed if not (back and name in _ONLY_AHEAD)]
    perhaps = []
    if settings.access.identity_file is not None and _is_sealed(settings.access.identity_file):
        perhaps.append(IDENTITY_PASSPHRASE)
    if not back and _is_locked(run):
        perhaps.append(replace(CA_PASSWORD_FIELD, why=_WHY_CA))
    if anew and settings.trust is TrustModel.EXISTING:
        perhaps.append(PASSPHRASE)
    asked += [replace(one, optional=True) for one in perhaps if not _given(one, settings, secrets)]
    return tuple(_once_more(one) for one in asked)


_LABELS = {
    "key_password": "Key password",
    "identity_passphrase": "SSH key passphrase",
    "material_passphrase": "Brought passphrase",
}
"""Where all of them stand on one page, each says what it opens."""
_WHY_KEY = "Keys that have to be made anew get it, and Neo4j opens them with it at every start."
_WHY_CA = "It opens the certificate authority of the run, for the proof; empty leaves that out."


def _is_locked(run: Run) -> bool:
    """Whether the run's CA is kept, and its password is not."""
    place = run.folder / CA_FOLDER
    return (place / CA_KEY).exists() and not (place / CA_PASSWORD).exists()


def _is_sealed(identity_file: str) -> bool:
    """Whether a private key needs a passphrase, by its words (PEM, or OpenSSH's cipher)."""
    try:
        raw = Path(identity_file).expanduser().read_bytes()
        if b"BEGIN OPENSSH PRIVATE KEY" not in raw:
            return b"ENCRYPTED" in raw
        inside = base64.b64decode(b"".join(raw.split(b"\n")[1:2])[:_BASE64])
    except (OSError, binascii.Error, RuntimeError):
        return False
    return not inside.startswith(_UNSEALED)


def _given(field: SecretField, settings: Settings, secrets: Secrets) -> bool:
    return all(secrets.of(field.secret, server.name) for server in settings.servers)


def _once_more(field: SecretField) -> SecretField:
    """Return a question for a password that is known: typed once, judged by nobody, always asked.

    The one of new keys is chosen now, and stays as it is.
    """
    label = _LABELS.get(field.secret, field.label)
    field = replace(field, label=label, applies=lambda _given: True)
    if field.secret == KEY_PASSWORD.secret:
        return replace(field, why=_WHY_KEY)
    return replace(field, twice=False, rate=False)
