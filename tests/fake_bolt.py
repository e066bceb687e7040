"""A server that speaks enough Bolt for the real driver, and answers with rows a test gives it.

Source: Bolt Protocol documentation, "Handshake", "Messages" and "PackStream", version 5.2.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Answer = Sequence[Row] | tuple[str, str]
"""Rows, or the code and the message of a failure."""

_VERSION = b"\x00\x00\x02\x05"
_HELLO, _LOGON, _RUN, _PULL, _RESET, _GOODBYE = 0x01, 0x6A, 0x10, 0x3F, 0x0F, 0x02
_SUCCESS, _RECORD, _FAILURE, _IGNORED = 0x70, 0x71, 0x7F, 0x7E


@dataclass(kw_only=True)
class FakeBolt:
    """One Neo4j as far as drivers see it.

    Attributes:
        answer: gives the rows of a statement and its parameters, or a failure.
        password: what LOGON has to bring.
        heard: every statement, in order.
        logins: how often somebody tried to log in.
    """

    answer: Callable[[str, dict[str, Any]], Answer]
    password: str = "the right one"
    heard: list[str] = field(default_factory=list)
    logins: int = 0

    def serve(self, connection: socket.socket) -> None:
        """Answer until the other side has enough."""
        with connection, suppress(OSError, EOFError), connection.makefile("rwb") as stream:
            if _exactly(stream, 20)[:4] != b"\x60\x60\xb0\x17":
                return
            stream.write(_VERSION)
            stream.flush()
            self._talk(stream)

    def _talk(self, stream: Any) -> None:
        failed, rows = False, iter(())
        while (message := _message(stream))[0] != _GOODBYE:
            tag, fields = message
            failed = failed and tag != _RESET
            said = () if failed else self._said(tag, fields)
            if failed:
                _send(stream, _IGNORED)
            elif isinstance(said, tuple) and said:
                failed = True
                _send(stream, _FAILURE, {"code": said[0], "message": said[1]})
            elif tag == _RUN:
                rows = iter(said)
                _send(stream, _SUCCESS, {"fields": list((said or ({},))[0])})
            elif tag == _PULL:
                for row in rows:
                    _send(stream, _RECORD, list(row.values()))
                _send(stream, _SUCCESS, {"bookmark": "one"})
            else:
                _send(stream, _SUCCESS, {"server": "Neo4j/5.26.0", "connection_id": "1"})

    def _said(self, tag: int, fields: list[Any]) -> Answer:
        if tag == _LOGON:
            return self._login(fields[0])
        if tag != _RUN:
            return ()
        self.heard.append(fields[0])
        return self.answer(fields[0], fields[1])

    def _login(self, auth: dict[str, Any]) -> Answer:
        self.logins += 1
        if auth.get("credentials") == self.password:
            return ()
        return ("Neo.ClientError.Security.Unauthorized", "The client is unauthorized.")


@contextmanager
def listening(bolt: FakeBolt, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Serve every connection to a port until the block ends; give the port."""
    with socket.create_server((host, port)) as listener:
        listener.settimeout(0.1)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                with suppress(TimeoutError):
                    connection, _ = listener.accept()
                    connection.settimeout(60)
                    threading.Thread(target=bolt.serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            over.set()
            thread.join(10)


def _exactly(stream: Any, size: int) -> bytes:
    data: bytes = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _message(stream: Any) -> tuple[int, list[Any]]:
    data, size = b"", 1
    while not data or size:  # a chunk of no bytes ends a message, and alone it means nothing
        (size,) = struct.unpack(">H", _exactly(stream, 2))
        data += _exactly(stream, size)
    fields, at = [], 2
    for _ in range(data[0] & 0x0F):
        value, at = _unpacked(data, at)
        fields.append(value)
    return data[1], fields


def _unpacked(data: bytes, at: int) -> tuple[Any, int]:
    """Read the value that stands there, and where the next one does."""
    mark = data[at]
    at += 1
    if mark <= 0x7F or mark >= 0xF0:
        return (mark if mark <= 0x7F else mark - 0x100), at
    if mark in {0xC0, 0xC2, 0xC3}:
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], at
    if mark in {0xC8, 0xC9, 0xCA, 0xCB}:
        width = 1 << (mark - 0xC8)
        return int.from_bytes(data[at : at + width], "big", signed=True), at + width
    kind, size = (mark & 0xF0, mark & 0x0F)
    if mark in {0xD0, 0xD1, 0xD4, 0xD8}:
        width = 2 if mark == 0xD1 else 1
        kind = {0xD0: 0x80, 0xD1: 0x80, 0xD4: 0x90, 0xD8: 0xA0}[mark]
        size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if kind == 0x80:
        return data[at : at + size].decode(), at + size
    values = []
    for _ in range(size * (2 if kind == 0xA0 else 1)):
        value, at = _unpacked(data, at)
        values.append(value)
    if kind == 0xA0:
        return dict(zip(values[::2], values[1::2], strict=True)), at
    assert kind == 0x90, hex(mark)
    return values, at


def _send(stream: Any, tag: int, *fields: Any) -> None:
    data = bytes([0xB0 + len(fields), tag]) + b"".join(map(_packed, fields))
    stream.write(struct.pack(">H", len(data)) + data + b"\x00\x00")
    stream.flush()


def _packed(value: Any) -> bytes:
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return b"\xcb" + value.to_bytes(8, "big", signed=True)
    if isinstance(value, str):
        raw = value.encode()
        return b"\xd1" + struct.pack(">H", len(raw)) + raw
    if isinstance(value, Mapping):
        pairs = (_packed(part) for pair in value.items() for part in pair)
        return b"\xd8" + bytes([len(value)]) + b"".join(pairs)
    return b"\xd4" + bytes([len(value)]) + b"".join(map(_packed, value))
