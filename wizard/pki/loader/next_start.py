"""Whether Neo4j could open its private key at its next start, with the password it has now."""

from __future__ import annotations

from wizard.pki.java.failure import JavaError
from wizard.pki.java.keys import load_key
from wizard.pki.key_opening import opens_to_garbage
from wizard.pki.loader.load_error import key_code
from wizard.secret import Secret


def key_trouble(pem: bytes, password: Secret | None, major: int) -> str | None:
    """Return the problem's code, or None where the key opens.

    A wrong password may open a key to something by chance, which Neo4j then calls unreadable.

    Args:
        pem: the bytes of the private key file.
        password: None where neo4j.conf sets none.
        major: Neo4j's major version.
    """
    try:
        load_key(pem, password, major)
    except JavaError as failure:
        chance = password is not None and opens_to_garbage(pem, password)
        return "key-password-wrong" if chance else key_code(failure)
    return None
