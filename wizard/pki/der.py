"""The few DER shapes that cryptography neither writes nor shows: PKCS#8 envelopes.

Only tags with one byte are known here; X.690 section 8 is the source of the encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
_LONG_FORM = 0x80
_BASE = 128


class DerError(ValueError):
    """The bytes are no DER of the expected shape."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag and the bytes of its content."""

    tag: int
    content: bytes

    def children(self) -> tuple[Element, ...]:
        """Return the elements that stand inside this one; DerError when they do not fit."""
        return tuple(read_all(self.content))

    @property
    def oid(self) -> str:
        """The dotted form of an OBJECT IDENTIFIER; DerError for anything else."""
        if self.tag != OBJECT_IDENTIFIER or not self.content:
            raise DerError("not an object identifier")
        return _dotted(self.content)


def split_first(data: bytes) -> tuple[Element, bytes]:
    """Return the first element and what follows it; DerError when it is cut short."""
    if len(data) < 2:  # noqa: PLR2004 - a tag and a length
        raise DerError("too short")
    length, start = _length(data)
    if start + length > len(data):
        raise DerError("cut short")
    return Element(data[0], data[start : start + length]), data[start + length :]


def read_all(data: bytes) -> Iterator[Element]:
    """Yield each element of a row of elements."""
    while data:
        element, data = split_first(data)
        yield element


def first_bytes(data: bytes) -> bytes:
    """Return the bytes of the first element alone, as some readers ignore what follows."""
    _, rest = split_first(data)
    return data[: len(data) - len(rest)]


def encode(tag: int, *contents: bytes) -> bytes:
    """Encode one element around its contents."""
    content = b"".join(contents)
    if len(content) < _LONG_FORM:
        return bytes((tag, len(content))) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes((tag, _LONG_FORM | size)) + len(content).to_bytes(size, "big") + content


def encode_integer(value: int) -> bytes:
    """Encode a number that is not negative."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def encode_oid(dotted: str) -> bytes:
    """Encode an object identifier given as `1.2.840`."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    return encode(OBJECT_IDENTIFIER, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def _length(data: bytes) -> tuple[int, int]:
    if data[1] < _LONG_FORM:
        return data[1], 2
    size = data[1] - _LONG_FORM
    if not 0 < size <= 4 or len(data) < 2 + size:  # noqa: PLR2004 - 4 bytes count 4 GiB
        raise DerError("a length that is not DER")
    return int.from_bytes(data[2 : 2 + size], "big"), 2 + size


def _base128(arc: int) -> bytes:
    digits = [arc % _BASE]
    while arc := arc // _BASE:
        digits.append(arc % _BASE | _LONG_FORM)
    return bytes(reversed(digits))


def _dotted(content: bytes) -> str:
    arcs, value = [], 0
    for byte in content:
        value = value * _BASE + byte % _BASE
        if byte < _LONG_FORM:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2) if arcs else 0
    return ".".join(str(arc) for arc in (first, arcs[0] - first * 40, *arcs[1:])) if arcs else ""
