"""The frames of DER in files that may hold anything, with what is left behind them.

cryptography's own `asn1` decodes whole values of a known shape; here Java is followed through
certificate files that are cut short, go on behind, or are something else altogether. Only tags with
one byte are known; X.690 section 8 is the source of the encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE = 0x30
_LONG_FORM = 0x80


class DerError(ValueError):
    """The bytes are no DER of the expected shape."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag, the bytes of its content, and how many bytes it takes in all."""

    tag: int
    content: bytes
    size: int

    def children(self) -> tuple[Element, ...]:
        """Return the elements that stand inside this one; DerError when they do not fit."""
        return tuple(read_all(self.content))


def split_first(data: bytes) -> tuple[Element, bytes]:
    """Return the first element and what follows it; DerError when it is cut short."""
    if len(data) < 2:  # noqa: PLR2004 - a tag and a length
        raise DerError("too short")
    length, start = _length(data)
    if start + length > len(data):
        raise DerError("cut short")
    end = start + length
    return Element(data[0], data[start:end], end), data[end:]


def read_all(data: bytes) -> Iterator[Element]:
    """Yield each element of a row of elements."""
    while data:
        element, data = split_first(data)
        yield element


def first_bytes(data: bytes) -> bytes:
    """Return the bytes of the first element alone, as some readers ignore what follows."""
    _, rest = split_first(data)
    return data[: len(data) - len(rest)]


def _length(data: bytes) -> tuple[int, int]:
    if data[1] < _LONG_FORM:
        return data[1], 2
    size = data[1] - _LONG_FORM
    if not 0 < size <= 4 or len(data) < 2 + size:  # noqa: PLR2004 - 4 bytes count 4 GiB
        raise DerError("a length that is not DER")
    return int.from_bytes(data[2 : 2 + size], "big"), 2 + size
