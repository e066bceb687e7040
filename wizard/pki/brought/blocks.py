"""Cuts a brought file into its blocks: PEM however it was mangled, or one piece of binary.

Browsers, mail and editors add byte order marks, blanks and other line ends, or lose line breaks.
Java minds all of that and the reader here does not: what is brought is read kindly and written
anew, never passed on.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.pki.brought.limits import MOST_BLOCKS, TooCostlyError

_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,60})-----", re.ASCII)
_HEADER = re.compile(r"^([A-Za-z0-9-]+):[ \t]*(.*)$", re.MULTILINE)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_SPACES = re.compile(r"\s+")
_DER_IN_BASE64 = "MI"  # a SEQUENCE of more than 127 bytes
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One PEM block.

    Attributes:
        text: from BEGIN to END, rewritten with one line end and without blanks around lines.
        headers: such as DEK-Info, of a traditional encrypted key.
        content: what the Base64 says; None when it is damaged.
    """

    label: str
    text: bytes
    headers: dict[str, str]
    content: bytes | None


def text_in(data: bytes) -> str:
    """Return a file as text, whatever its encoding; bytes that are no text become marks."""
    if data[:2] in _UTF_16_MARKS:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def pem_blocks(text: str) -> Iterator[Block]:
    """Yield the PEM blocks of a text, in their order; a BEGIN without its END is passed over.

    Raises:
        TooCostlyError: there are more blocks than any honest file has.
    """
    after, endless = 0, set[str]()
    for number, match in enumerate(_BEGIN.finditer(text)):
        if number == MOST_BLOCKS:
            raise TooCostlyError(f"it has more than {MOST_BLOCKS} blocks")
        if match.start() < after or match[1] in endless:
            continue
        end = text.find(f"-----END {match[1]}-----", match.end())
        if end < 0:
            endless.add(match[1])
            continue
        after = end
        yield _block(match[1], text[match.end() : end])


def bare_base64(text: str) -> bytes | None:
    """Return what a file of Base64 alone says, as some portals give it out, or None."""
    squeezed = _SPACES.sub("", text)
    if squeezed.startswith(_DER_IN_BASE64) and _BASE64.fullmatch(squeezed):
        return _decoded(squeezed)
    return None


def _block(label: str, inside: str) -> Block:
    lines = [line.strip() for line in inside.strip().splitlines()]
    headers = {key: value.strip() for key, value in _HEADER.findall("\n".join(lines))}
    body = [line for line in lines if line and ":" not in line]
    content = _decoded("".join(body))
    if not headers and len(body) == 1 and content is not None:
        # One long line: written anew in columns, which every reader takes.
        body = [body[0][at : at + 64] for at in range(0, len(body[0]), 64)]
    head = [*(f"{key}: {value}" for key, value in headers.items()), *([""] if headers else [])]
    text = "\n".join([f"-----BEGIN {label}-----", *head, *body, f"-----END {label}-----", ""])
    return Block(label=label, text=text.encode(), headers=headers, content=content)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(_SPACES.sub("", text), validate=True)
    except ValueError:
        return None
