"""What only the policy loader of Neo4j 3.5 refuses (SslPolicyLoader of neo4j-kernel 3.5.35)."""

from __future__ import annotations

from wizard.model.version import Version
from wizard.pki.loader.load_error import PolicyLoadError

_RUNTIME = "java.lang.RuntimeException"
_FOUR = Version(4, 0)


def refuse_missing(kind: str, path: str, version: Version) -> None:
    """Refuse a folder that is not there: trusted/ or, under that name, revoked/.

    Raises:
        PolicyLoadError: with Neo4j's words, before 4.0.
    """
    if version >= _FOUR:
        return
    words = f"{_RUNTIME}: Could not find or list files in {kind} directory: {path}"
    if kind == "revoked":
        raise PolicyLoadError("base-directory-missing", words)
    outer = f"{_RUNTIME}: Failed to create trust manager based on: {path}"
    raise PolicyLoadError("trusted-missing", outer, words)


def refuse_password(version: Version) -> None:
    """Refuse a password, whatever the key.

    Raises:
        PolicyLoadError: with Neo4j's words, before 4.0.
    """
    if version < _FOUR:
        words = "Loading private keys with passwords is not yet supported"
        raise PolicyLoadError(
            "key-password-not-possible", f"java.lang.UnsupportedOperationException: {words}"
        )
