"""What one probe of one port came to, and the pipe it went through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wizard.engine.events import Verdict


class Pipe(Protocol):
    """A connection to a port, however it was made; a socket is one, an SSH channel is another."""

    def send(self, content: bytes, /) -> int:
        """Send some of it and return how much."""

    def recv(self, size: int, /) -> bytes:
        """Return what came, or nothing at the end; raises TimeoutError when nothing comes."""

    def settimeout(self, seconds: float, /) -> None:
        """Set how long `recv` waits."""

    def close(self) -> None:
        """Close it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a port did.

    Attributes:
        verdict: accepted, refused, plaintext, timeout, or not-tested when no answer counts.
        leaf: the DER bytes of the certificate it served, or None.
        reason: what TLS said, in OpenSSL's words, such as `alert unknown ca`; empty otherwise.
        spoke_tls: whether any TLS record came back.
        issuers: the names (DER) in its request for a certificate: the subjects of its trusted/.
    """

    verdict: Verdict
    leaf: bytes | None = None
    reason: str = ""
    spoke_tls: bool = False
    issuers: tuple[bytes, ...] = ()


def send_all(pipe: Pipe, content: bytes) -> None:
    """Send everything.

    Raises:
        OSError: the other side is gone.
    """
    while content:
        content = content[pipe.send(content) :]
