"""Where a policy's files are read from, so that a disk, a copy or a test can stand behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wizard.secret import Secret


class PolicySource(Protocol):
    """Reads files and folders by their absolute path, with the errors of the `os` module."""

    def exists(self, path: str) -> bool:
        """Say whether anything stands there, links followed."""

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names inside a folder; OSError when it is none or can't be read."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; OSError when it is a folder or can't be read."""


class LocalFiles:
    """The files of this machine."""

    def exists(self, path: str) -> bool:
        """Say whether anything stands there, links followed."""
        return Path(path).exists()

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names inside a folder, sorted (Java gives them in the disk's own order)."""
        return tuple(sorted(entry.name for entry in Path(path).iterdir()))

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return Path(path).read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDirectory:
    """What the settings of one SSL policy say, with every path made absolute.

    Attributes:
        scope: such as `cluster`; Neo4j names it in its messages.
        base_directory: must exist even where all other paths lie elsewhere.
        password: None when `private_key_password` is not set.
        client_auth: `REQUIRE`, `OPTIONAL` or `NONE`; the loader asks for anchors under REQUIRE.
        trust_all: trusted/ is still read, and then not used.
        trust_expired: Neo4j's default is True in every source seen; False checks the own chain.
        ignore_dot_files: `internal.dbms.ssl.system.ignore_dot_files`, False by default.
    """

    base_directory: str
    private_key: str
    public_certificate: str
    trusted_dir: str
    revoked_dir: str
    password: Secret | None = None
    client_auth: str = "REQUIRE"
    trust_all: bool = False
    trust_expired: bool = True
    ignore_dot_files: bool = False
    scope: str = "cluster"

    @classmethod
    def standard(
        cls, base: str, *, password: Secret | None = None, client_auth: str = "REQUIRE"
    ) -> PolicyDirectory:
        """Return the policy of a folder whose files have the manual's default names."""
        return cls(
            base_directory=base,
            private_key=f"{base}/private.key",
            public_certificate=f"{base}/public.crt",
            trusted_dir=f"{base}/trusted",
            revoked_dir=f"{base}/revoked",
            password=password,
            client_auth=client_auth,
        )
