"""The secrets of one walk, kept apart from the answers and from every file that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from wizard.secret import Secret

NAMES = (
    "ssh_password",
    "sudo_password",
    "identity_passphrase",
    "key_password",
    "ca_password",
    "material_passphrase",
    "neo4j_password",
)
"""The names a secrets file may hold, at the top or under `[servers.NAME]`."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets by name, with overrides by server.

    Attributes:
        common: by one of NAMES.
        by_server: by server name, then by one of NAMES.
    """

    common: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}))
    by_server: Mapping[str, Mapping[str, Secret]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def of(self, name: str, server: str | None = None) -> Secret | None:
        """Return the secret for a server, or the common one, or None."""
        own = self.by_server.get(server or "", {})
        return own.get(name) or self.common.get(name)

    def every(self, name: str) -> tuple[Secret, ...]:
        """Return every secret of a name, the common one first, each once."""
        tables = (self.common, *self.by_server.values())
        return tuple(dict.fromkeys(table[name] for table in tables if name in table))
