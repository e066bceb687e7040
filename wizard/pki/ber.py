"""BER as old Windows and Java programs export it, rewritten as DER, and looked through as it is.

X.690 section 8.1: lengths may be left open, longer than need be, and strings may come in pieces.
What is handed to a library afterwards is what was rewritten here, so that both see the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.pki.der import DerError

MOST_ELEMENTS = 20_000
DEEPEST = 32
MOST_BYTES = 1 << 26
"""All that may be copied on the way: each level of nesting copies what is inside it."""

CONSTRUCTED = 0x20
OCTETS, OID, SEQUENCE = 0x04, 0x06, 0x30
_LONG_TAG, _LONG_FORM, _OPEN, _CONTEXT_0 = 0x1F, 0x80, 0x80, 0xA0
_IMPLICIT = b"\x80"
_END = b"\0\0"
_STRINGS = frozenset({0x04, 0x0C, *range(0x12, 0x1D), 0x1E})
"""The universal types that may come in pieces, but for bit strings, whose pieces are not bytes."""


class TooMuchError(DerError):
    """There are more elements, levels or bytes than anything honest has."""


@dataclass(frozen=True, slots=True)
class Part:
    """One element with whatever it holds in DER.

    Attributes:
        tag: its first byte.
        content: the content in DER; a string in one piece.
        written: the whole element in DER.
        inside: the elements inside this one.
    """

    tag: int
    content: bytes
    written: bytes
    inside: tuple[Part, ...] = ()


def to_der(data: bytes) -> bytes:
    """Return the first element of BER as DER; what stands behind it is left out.

    Raises:
        DerError: it is cut short or no BER; TooMuchError when it asks for too much work.
    """
    return next(parts(data)).written


def parts(data: bytes) -> Iterator[Part]:
    """Yield the elements of a row one by one, each as soon as it was read.

    Raises:
        DerError: as `to_der`, at the element that can't be read.
    """
    return _Reader().row(data)


class _Reader:
    """Counts what reading costs, over all levels."""

    def __init__(self) -> None:
        self._elements = self._bytes = 0

    def row(self, data: bytes) -> Iterator[Part]:
        if not data:
            raise DerError("nothing is there")
        place = 0
        while place < len(data):
            part, place = self._element(data, place, len(data), 0)
            yield part

    def _element(self, data: bytes, place: int, limit: int, depth: int) -> tuple[Part, int]:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or depth > DEEPEST:
            raise TooMuchError("it has too many parts")
        tag, place = _tag(data, place, limit)
        length, place = _length(data, place, limit)
        end = limit if length is None else place + length
        if end > limit:
            raise DerError("cut short")
        if tag[0] & CONSTRUCTED:
            inside, place = self._inside(data, place, end, depth, is_open=length is None)
            return self._put_together(tag, inside), place
        if length is None:
            raise DerError("a value without a length")
        return self._part(tag, data[place:end]), end

    def _inside(
        self, data: bytes, place: int, end: int, depth: int, *, is_open: bool
    ) -> tuple[list[Part], int]:
        """Read what a constructed element holds, up to its length or to the mark of its end."""
        found: list[Part] = []
        while is_open or place < end:
            if is_open and data[place : place + 2] == _END:
                return found, place + 2
            part, place = self._element(data, place, end, depth + 1)
            found.append(part)
        return found, place

    def _put_together(self, tag: bytes, inside: list[Part]) -> Part:
        whole = tag[0] & ~CONSTRUCTED
        if whole in _STRINGS:
            return self._part(bytes((whole,)), b"".join(one.content for one in inside))
        if tag[0] == SEQUENCE and _is_sealed_content(inside):
            inside[2] = self._part(_IMPLICIT, b"".join(one.content for one in inside[2].inside))
        return self._part(tag, b"".join(one.written for one in inside), tuple(inside))

    def _part(self, tag: bytes, content: bytes, inside: tuple[Part, ...] = ()) -> Part:
        self._bytes += len(content)
        if self._bytes > MOST_BYTES:
            raise TooMuchError("it is nested too deep for its size")
        return Part(tag[0], content, tag + _written_length(len(content)) + content, inside)


def _is_sealed_content(row: list[Part]) -> bool:
    """Say whether a sequence is CMS's EncryptedContentInfo with its content in pieces.

    RFC 5652 section 6.1: `[0] IMPLICIT OCTET STRING`, of which only the place tells the type.
    """
    if [part.tag for part in row] != [OID, SEQUENCE, _CONTEXT_0]:
        return False
    return bool(row[2].inside) and all(piece.tag == OCTETS for piece in row[2].inside)


def _tag(data: bytes, place: int, limit: int) -> tuple[bytes, int]:
    begin, place = place, place + 1
    if begin < limit and data[begin] & _LONG_TAG == _LONG_TAG:
        while place < limit and data[place] & _LONG_FORM:
            place += 1
        place += 1
    if place > limit:
        raise DerError("cut short")
    return data[begin:place], place


def _length(data: bytes, place: int, limit: int) -> tuple[int | None, int]:
    if place >= limit:
        raise DerError("cut short")
    first, place = data[place], place + 1
    if first < _LONG_FORM:
        return first, place
    if first == _OPEN:
        return None, place
    size = first - _LONG_FORM
    if place + size > limit:
        raise DerError("cut short")
    return int.from_bytes(data[place : place + size], "big"), place + size


def _written_length(length: int) -> bytes:
    if length < _LONG_FORM:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((_LONG_FORM + size,)) + length.to_bytes(size, "big")
