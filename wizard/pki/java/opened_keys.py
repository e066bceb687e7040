"""Blocks of private key files, opened once however many versions of Neo4j they are judged for."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization

from wizard.pki.java.failure import JavaError
from wizard.pki.key_opening import open_headed, open_sealed
from wizard.secret import Secret

ENCRYPTED = "ENCRYPTED PRIVATE KEY"
STATE_ERROR = "java.lang.IllegalStateException"


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """The first PEM block of a file: its label, its headers and its text from BEGIN to END."""

    label: str
    headers: dict[str, str]
    text: bytes


class OpenedKeys:
    """Keys as they were opened, so that a file judged for several versions is opened once."""

    def __init__(self) -> None:
        self._found: dict[tuple[bytes, Secret | None], object] = {}

    def open(self, pem: KeyBlock, password: Secret | None) -> object:
        """Return what a block holds; whatever `_open` raises is raised again each time."""
        place = (pem.text, password)
        if place not in self._found:
            try:
                self._found[place] = _open(pem, password)
            except Exception as error:  # noqa: BLE001 - raised below, and each time from then on
                self._found[place] = error
        found = self._found[place]
        if isinstance(found, Exception):
            raise found
        return found


def _open(pem: KeyBlock, password: Secret | None) -> object:
    if password is not None:
        if pem.label == ENCRYPTED:
            key = open_sealed(pem.text, password)
        else:
            key = open_headed(pem.text, pem.headers.get("DEK-Info", ""), password)
        if key is not None:
            return key
    try:
        # Java's KeyFactory takes an RSA key's numbers as they come, and proves no primes either.
        return serialization.load_pem_private_key(
            pem.text,
            password.reveal().encode() if password is not None else None,
            unsafe_skip_rsa_key_validation=True,
        )
    except ValueError as error:
        if password is not None:
            raise
        raise no_known_key() from error


def no_known_key() -> JavaError:
    """Return what Java says of a key that none of its factories takes."""
    return JavaError(
        f"{STATE_ERROR}: Key does not match RSA, DSA or EC spec.",
        "java.security.spec.InvalidKeySpecException: java.security.InvalidKeyException: "
        "Invalid RSA private key",
        "java.security.InvalidKeyException: Invalid RSA private key",
        "java.io.IOException: Not a SEQUENCE",
    )
