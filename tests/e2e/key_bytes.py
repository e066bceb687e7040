"""Finds a private key's secret number in files, in whatever form it was written."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

_LINE_ENDS = re.compile(rb"\\[rn]|[\r\n \"]")


def secret_number(key: Any) -> bytes:
    """The number that nobody else may know: what makes the key, without what frames it."""
    numbers = key.private_numbers()
    number = numbers.p if isinstance(key, rsa.RSAPrivateKey) else numbers.private_value
    raw: bytes = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return raw


def holders(folders: Iterable[Path], keys: Iterable[Any]) -> set[Path]:
    """The files below folders in which a key can be read in clear."""
    patterns = [re.compile(b"|".join(map(re.escape, _spelled(secret_number(key))))) for key in keys]
    return {
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
        if any(_is_in(pattern, path.read_bytes()) for pattern in patterns)
    }


def _is_in(pattern: re.Pattern[bytes], content: bytes) -> bool:
    return bool(pattern.search(content) or pattern.search(_LINE_ENDS.sub(b"", content)))


def _spelled(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield str(int.from_bytes(raw, "big")).encode()
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * before + raw)[first:last]
