"""How a server is reached, in two phases: a knock that shows who answers, then being let in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.connection import Connection


class HostKeyState(StrEnum):
    """What is known of a host key."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeySeen:
    """A host key a server has shown, before anything was sent to log in.

    Attributes:
        server: the server's name in the answers, or `jump` for the jump host.
        host, port: what was dialled.
        kind: the key's type, such as `ssh-ed25519`.
        fingerprint: `SHA256:...`, as `ssh-keygen -lf` prints it.
    """

    server: str
    host: str
    port: int
    kind: str
    fingerprint: str
    state: HostKeyState


Decision = Callable[[HostKeySeen], bool]
"""Asked about an unknown host key: does the person know this fingerprint."""


class Knock(Protocol):
    """A server that has answered and has been told nothing yet."""

    @property
    def unknown(self) -> HostKeySeen | None:
        """The host key that a person has to decide about first, or None."""

    @property
    def gone(self) -> bool:
        """Whether the server has hung up meanwhile: it waits for a login for a short time only."""

    def accept(self) -> None:
        """Keep the host key as known, because a person has said yes to it.

        Raises:
            HostKeyChangedError: the key is revoked or not the one that was known.
            WizardError: it can't be kept.
        """

    def enter(self, secrets: Secrets) -> Connection:
        """Be let in; what was refused is not tried again.

        Raises:
            UnreachableError: the server gave no access, or the connection was lost.
        """

    def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a way may use to reach servers.

    Attributes:
        own_known_hosts: the wizard's own file of host keys that were accepted.
        decide: asked about the host key of whatever stands between; one question at a time.
        environ: whose HOME holds the person's files.
        timeout_s: for each knock, and for each login, in seconds.
    """

    access: AccessSettings
    secrets: Secrets
    own_known_hosts: Path
    decide: Decision
    environ: Mapping[str, str] = field(repr=False)
    timeout_s: float


class Way(Protocol):
    """One kind of connection, for all servers of a walk that are reached by it."""

    def leads_to(self, server: ServerSettings) -> bool:
        """Say whether this server's answers ask for this way."""

    def knock(self, server: ServerSettings) -> Knock:
        """Reach the server, and send nothing that could log in.

        Raises:
            UnreachableError: it can't be reached.
        """

    def close(self) -> None:
        """Close what stands between; the connections are closed before."""
