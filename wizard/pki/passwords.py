"""Passwords of private keys: generated, checked for every place they pass, and weighed."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass

from wizard.secret import Secret

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 32  # 190 bits, so that the 2048 PBKDF2 rounds of a leaf's key do not matter
_SHORTEST, _LONGEST = 12, 128
_MOST_WEIGHED = 72  # zxcvbn refuses to look at more
_REFUSED = "\\\"'`$"
_WORDS = ("very weak", "weak", "fair", "good", "strong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How hard a password is to guess.

    Attributes:
        score: 0 to 4, as zxcvbn gives it.
        word: the same for people.
    """

    score: int
    word: str


def generate_password() -> Secret:
    """Make a password of 32 letters and digits, which no parser on its way can damage."""
    return Secret("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)))


def check_password(text: str) -> str | None:
    """Return a sentence saying why this can't be the password of a server's key, or None.

    It has to come through Java's Properties, Neo4j's command expansion (`$(...)`), a container's
    environment and Java 17's key derivation unharmed, so what any of them changes is refused. The
    sentence never repeats the password.
    """
    if not text:
        return "The password is empty; type one, or let the wizard generate it."
    if any(character.isspace() for character in text):
        return "The password has a space or a line break; Neo4j cuts these off at the ends."
    if not all("!" <= character <= "~" for character in text):
        return (
            "The password has a character outside plain ASCII, which Java 17 refuses; use letters, "
            "digits and signs such as - _ . @ % +."
        )
    if any(character in _REFUSED for character in text):
        return (
            "The password has a backslash, a quote or a dollar sign, which neo4j.conf or a shell "
            "would change; leave these out."
        )
    return _check_length(text)


def strength(text: str, inputs: Sequence[str] = ()) -> Strength:
    """Weigh a password; it takes some milliseconds and a first call some more.

    Args:
        text: the password; of a long one the first 72 characters are weighed.
        inputs: words that make it easier to guess here: the names of the cluster and its servers.
    """
    if not text:
        return Strength(score=0, word=_WORDS[0])
    from zxcvbn import (  # type: ignore[import-untyped]  # noqa: PLC0415 - no types; slow to load
        zxcvbn,
    )

    # The result repeats the password in many places: only the number leaves this line.
    score = int(zxcvbn(text[:_MOST_WEIGHED], user_inputs=list(inputs))["score"])
    return Strength(score=score, word=_WORDS[score])


def _check_length(text: str) -> str | None:
    if len(text) < _SHORTEST:
        return f"The password has {len(text)} characters; use at least {_SHORTEST}."
    if len(text) > _LONGEST:
        return f"The password has more than {_LONGEST} characters; shorten it."
    return None
