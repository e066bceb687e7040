"""Probes without any TLS library: a plaintext frame, and a greeting in an outdated TLS version.

They give the same answer on every workstation, whatever its OpenSSL still speaks.
"""

from __future__ import annotations

import os
import struct

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer, Pipe, send_all

SILENCE_S = 1.5
"""A TLS port answers bytes that are no TLS record at once, with an alert or by hanging up."""

ALERT = 0x15
HANDSHAKE = 0x16
_RECORD_TYPES = range(0x14, 0x19)  # RFC 8446 section 5.1 and RFC 6520: the record types there are
TLS_1_1 = 0x0302  # RFC 4346 appendix A.1

_HAZELCAST = b"HZC"

# RFC 4492 and RFC 5246 appendix A.5: suites that exist in TLS 1.1, for EC and for RSA keys.
_OLD_SUITES = (0xC009, 0xC00A, 0xC013, 0xC014, 0x002F, 0x0035, 0x000A)


def magic_frame() -> bytes:
    """Return the first bytes of Neo4j's own cluster protocol, as sent without TLS.

    A length, the number 0x344F454E, and the length and text of `NEO4J_CLUSTER`; from the open
    source of the protocol handshake (ProtocolHandshake, MagicValueUtil).
    """
    text = b"NEO4J_CLUSTER"
    payload = struct.pack(">II", 0x344F454E, len(text)) + text
    return struct.pack(">I", len(payload)) + payload


def old_hello() -> bytes:
    """Return a ClientHello that offers nothing newer than TLS 1.1 (RFC 4346 section 7.4.1.2)."""
    suites = struct.pack(f">{len(_OLD_SUITES)}H", *_OLD_SUITES)
    groups = struct.pack(">HHHHHH", 10, 8, 6, 23, 24, 25)
    formats = struct.pack(">HHBB", 11, 2, 1, 0)
    extensions = groups + formats
    body = struct.pack(">H", TLS_1_1) + os.urandom(32) + b"\0"
    body += struct.pack(">H", len(suites)) + suites + b"\x01\x00"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return struct.pack(">BHH", HANDSHAKE, 0x0301, len(message)) + message


def probe_plaintext(pipe: Pipe, silence_s: float = SILENCE_S) -> Answer:
    """Greet a port as an unencrypted Neo4j server would.

    An alert or a hang-up is a refusal. Other bytes are an answer in plaintext. Silence on an open
    connection is a time-out: the caller knows whether the port speaks TLS to others.
    """
    first = _first_bytes(pipe, magic_frame(), silence_s)
    if first is None:
        return Answer(verdict=Verdict.TIMEOUT, reason="the connection stayed open and silent")
    if not first:
        return Answer(verdict=Verdict.REFUSED, reason="the connection was closed")
    if looks_like_tls(first):
        return Answer(verdict=Verdict.REFUSED, reason="a TLS alert", spoke_tls=True)
    return Answer(verdict=Verdict.PLAINTEXT, reason="an answer without TLS")


def probe_old_tls(pipe: Pipe, silence_s: float = SILENCE_S) -> Answer:
    """Ask a port for TLS 1.1; a ServerHello in that version is an acceptance."""
    first = _first_bytes(pipe, old_hello(), silence_s)
    if first is None:
        return Answer(verdict=Verdict.TIMEOUT, reason="the connection stayed open and silent")
    if first and not looks_like_tls(first):
        return Answer(verdict=Verdict.PLAINTEXT, reason="an answer without TLS")
    if first[:1] == bytes([HANDSHAKE]):
        return Answer(verdict=Verdict.ACCEPTED, reason="TLSv1.1", spoke_tls=True)
    return Answer(
        verdict=Verdict.REFUSED,
        reason="a TLS alert" if first else "the connection was closed",
        spoke_tls=bool(first),
    )


def probe_discovery(pipe: Pipe, silence_s: float = SILENCE_S) -> Answer:
    """Greet a discovery port as 3.5's Hazelcast greets its like without TLS.

    Hazelcast answers its own three letters with the same three (Protocols.CLUSTER of Hazelcast 3);
    what else comes, or does not, says nothing here.
    """
    if _first_bytes(pipe, _HAZELCAST, silence_s) == _HAZELCAST:
        return Answer(verdict=Verdict.PLAINTEXT, reason="discovery answers without TLS")
    return Answer(verdict=Verdict.NOT_TESTED, reason="no answer in Hazelcast's words")


def looks_like_tls(first: bytes) -> bool:
    """Whether bytes begin like a TLS record: a record type and major version 3."""
    return first[0] in _RECORD_TYPES and first[1:2] in {b"", b"\x03"}


def _first_bytes(pipe: Pipe, greeting: bytes, silence_s: float) -> bytes | None:
    """Send, then return what comes first; nothing at the end, None after silence."""
    pipe.settimeout(silence_s)
    try:
        send_all(pipe, greeting)
        return pipe.recv(4096)
    except TimeoutError:
        return None
    except OSError:
        return b""
