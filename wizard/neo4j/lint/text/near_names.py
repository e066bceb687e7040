"""Which known name a person may have meant by an unknown one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType

_ALIKE = 0.78
"""How alike difflib must find two words; below it, suggestions become guesses."""

_LONGEST = 120
"""No name of a policy is nearly as long, and looking closer would take its time."""

_SIGNS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Near:
    """The known names nearest to a word, the best one first.

    Attributes:
        is_one_slip: one wrong, missing, added or swapped character apart, or only the case or the
            signs between letters differ.
    """

    names: tuple[str, ...] = ()
    is_one_slip: bool = False

    @property
    def certain(self) -> str | None:
        """The one name that can have been meant, if there is only one and it is a slip away."""
        return self.names[0] if self.is_one_slip and len(self.names) == 1 else None


NOTHING_NEAR = Near()


@lru_cache(maxsize=16384)
def nearest(word: str, known: frozenset[str], *, guess: bool = True) -> Near:
    """Return the known names a word is near to, with no regard to case.

    Args:
        word: what stands there.
        known: what could have been meant.
        guess: whether a name further away than one slip counts too.
    """
    if len(word) > _LONGEST:
        return NOTHING_NEAR
    word, index = word.lower(), _index(known)
    slips = index.get(f"={squashed(word)}", frozenset()) or {
        name
        for shorter in _one_less(word)
        for name in index.get(shorter, ())
        if is_one_slip(word, name.lower())
    }
    if slips:
        return Near(tuple(sorted(slips)), is_one_slip=True)
    close = get_close_matches(word, sorted(known), n=1, cutoff=_ALIKE) if guess else []
    return Near(tuple(close))


@lru_cache(maxsize=64)
def _index(known: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Every name by itself with one character less, and by its letters alone behind a sign.

    Two names one slip apart always share one of the former, so that few have to be compared.
    """
    found: dict[str, set[str]] = {}
    for name in known:
        for key in (f"={squashed(name)}", *_one_less(name.lower())):
            found.setdefault(key, set()).add(name)
    return MappingProxyType({key: frozenset(names) for key, names in found.items()})


def _one_less(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def squashed(name: str) -> str:
    """Return a name without case and without the signs between its letters."""
    return _SIGNS.sub("", name.lower()).removeprefix("neo4j")


def is_one_slip(one: str, other: str) -> bool:
    """Whether one character was added, left out, replaced, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (one == other[::-1] and len(one) == len("ab"))


def _shared(one: str, other: str) -> int:
    """How many characters two words begin with together."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
