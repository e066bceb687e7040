"""The greeting of a TLS client, as far as Java tells of it when it refuses its versions."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Self

PLAYS_JAVA = b"practice-neo4j"
"""The application protocol by which our servers know each other: a Java peer shows no certificate
to an acceptor that names none of its issuers, which OpenSSL alone would do."""

_HEADER = 5
_BEFORE_SESSION = 38  # handshake header, version and random (RFC 8446, 4.1.2)
_SUPPORTED_VERSIONS = 43  # RFC 8446, 4.2.1
_NAMES = {0x0300: "SSLv3", 0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHello:
    """What a client offers.

    Attributes:
        legacy_version: the version that stands at the front.
        supported_versions: those of the extension, in its order; None without the extension.
        plays_java: whether it is one of the simulated servers.
    """

    legacy_version: str
    supported_versions: tuple[str, ...] | None
    plays_java: bool

    @classmethod
    def peeked(cls, connection: socket.socket) -> Self | None:
        """Read the greeting that waits in a socket and leave it there; None if it is none."""
        flags = socket.MSG_PEEK | socket.MSG_WAITALL
        header = connection.recv(_HEADER, flags)
        length = int.from_bytes(header[3:], "big")
        return cls.parse(connection.recv(_HEADER + length, flags)[_HEADER:])

    @classmethod
    def parse(cls, message: bytes) -> Self | None:
        """Read a handshake message; None when it is no greeting, or cut off."""
        try:
            return cls(
                legacy_version=_name(message[4:6]),
                supported_versions=_supported(message),
                plays_java=PLAYS_JAVA in message,
            )
        except IndexError:
            return None


def _supported(message: bytes) -> tuple[str, ...] | None:
    at = _BEFORE_SESSION
    at += 1 + message[at]
    at += 2 + int.from_bytes(message[at : at + 2], "big")
    at += 1 + message[at]
    at += 2
    while at < len(message):
        kind = int.from_bytes(message[at : at + 2], "big")
        length = int.from_bytes(message[at + 2 : at + 4], "big")
        if kind == _SUPPORTED_VERSIONS:
            listed = message[at + 5 : at + 4 + length]
            return tuple(_name(listed[one : one + 2]) for one in range(0, len(listed), 2))
        at += 4 + length
    return None


def _name(version: bytes) -> str:
    number = int.from_bytes(version, "big")
    return _NAMES.get(number, f"TLS-{number >> 8}.{number & 0xFF}")
