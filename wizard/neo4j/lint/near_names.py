"""Which known name a person may have meant by an unknown one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import takewhile

_ALIKE = 0.78
"""How alike difflib must find two words; below it, suggestions become guesses."""

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
    word = word.lower()
    letters = squashed(word)
    slips = {name for name in known if squashed(name) == letters} or {
        name for name in known if is_one_slip(word, name.lower())
    }
    if slips:
        return Near(tuple(sorted(slips)), is_one_slip=True)
    close = get_close_matches(word, sorted(known), n=1, cutoff=_ALIKE) if guess else []
    return Near(tuple(close))


@lru_cache(maxsize=16384)
def squashed(name: str) -> str:
    """Return a name without case and without the signs between its letters."""
    return _SIGNS.sub("", name.lower()).removeprefix("neo4j")


def is_one_slip(one: str, other: str) -> bool:
    """Whether one character was added, left out, replaced, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    half = (min(len(one), len(other)) - 2) // 2
    if half > 0 and one[:half] != other[:half] and one[-half:] != other[-half:]:
        return False  # one slip can't change both ends
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (one == other[::-1] and len(one) == len("ab"))


def _shared(one: str, other: str) -> int:
    """How many characters two words begin with together."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
