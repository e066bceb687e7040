"""What a run wrote down of itself: the leaves it made, its CA, and the servers it changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from wizard.engine.making.made import (
    CA_CERTIFICATE,
    CA_FOLDER,
    CA_KEY,
    CA_PASSWORD,
    ISSUING_CERTIFICATE,
    ISSUING_KEY,
    Made,
)
from wizard.engine.places import write_private
from wizard.engine.records.runs import Run
from wizard.errors import JournalError, MaterialError
from wizard.model.secrets import Secrets
from wizard.pki.authority import Authority, load_authority
from wizard.pki.inspect import load_chain
from wizard.secret import Secret

IDENTITIES = "identities.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf that was made: SHA-256 of its DER (hex) and its last moment."""

    fingerprint: str
    not_after: datetime


def write_identities(folder: Path, made: Made) -> None:
    """Write down which leaf every server got; it holds nothing secret."""
    leaves = {
        server: Leaf(
            fingerprint=made.material[server].fingerprint,
            not_after=made.material[server].not_after,
        )
        for server in made.material
    }
    write_leaves(folder, leaves)


def write_leaves(folder: Path, leaves: Mapping[str, Leaf]) -> None:
    """Write down these leaves."""
    found = {
        server: {"fingerprint": leaf.fingerprint, "not_after": leaf.not_after.isoformat()}
        for server, leaf in leaves.items()
    }
    write_private(folder / IDENTITIES, json.dumps(found, indent=1).encode() + b"\n")


def leaves_of(run: Run) -> Mapping[str, Leaf]:
    """Return the leaves a run made, by server.

    Raises:
        JournalError: the record is missing or damaged.
    """
    try:
        found = json.loads((run.folder / IDENTITIES).read_bytes())
        return {
            str(server): Leaf(
                fingerprint=str(leaf["fingerprint"]),
                not_after=datetime.fromisoformat(leaf["not_after"]),
            )
            for server, leaf in found.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise JournalError(
            f"The record of the certificates of run {run.id} can't be read."
        ) from error


def authority_of(run: Run, secrets: Secrets) -> tuple[Authority | None, str]:
    """Open the CA of a run, to issue a one-hour identity; or say why it can't be opened."""
    try:
        place = run.folder / CA_FOLDER
        return opened_authorities(place, ca_password(place, secrets))[-1], ""
    except OSError:
        return None, f"the key of the certificate authority of run {run.id} is not kept here"
    except MaterialError as error:
        return None, f"the certificate authority can't be opened: {error.message}"


def opened_authorities(place: Path, password: Secret | None) -> tuple[Authority, ...]:
    """Open the CA of a folder; the last one issues certificates: the CA, or the one below it.

    The key of a CA that has another below it may be kept elsewhere, and then is not opened.

    Raises:
        OSError: a certificate or a key is not there.
        MaterialError: the password is wrong, or a file is damaged.
    """
    root = (place / CA_CERTIFICATE).read_bytes()
    if not (place / ISSUING_CERTIFICATE).exists():
        return (load_authority(root, (place / CA_KEY).read_bytes(), password),)
    between = (place / ISSUING_CERTIFICATE).read_bytes()
    issuing = load_authority(between, (place / ISSUING_KEY).read_bytes(), password)
    issuing = replace(issuing, above=load_chain(root)[0])
    if not (place / CA_KEY).exists():
        return (issuing,)
    return (load_authority(root, (place / CA_KEY).read_bytes(), password), issuing)


def ca_password(place: Path, secrets: Secrets) -> Secret | None:
    """Return the password of a kept CA: the one that was given, or else that was written down."""
    given = secrets.of("ca_password")
    if given:
        return given
    try:
        return Secret((place / CA_PASSWORD).read_text(encoding="ascii").strip())
    except OSError:
        return None
