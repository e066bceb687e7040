"""Takes the secrets we know out of what servers write in their logs, before anybody reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wizard.errors import ConfError
from wizard.model.facts import ServerFacts
from wizard.model.secrets import Secrets
from wizard.neo4j.conf import Conf
from wizard.secret import Secret

MASK = "********"

_HOLDS_SECRET = re.compile(r"(password|passphrase|secret|credential|token)s?$", re.IGNORECASE)
_SHORTEST = 6
"""A shorter text is a common word; to mask it everywhere would hide what the log says."""


def hidden(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text with a mask in the place of every known secret."""
    for secret in secrets:
        text = text.replace(secret.reveal(), MASK)
    return text


def known_secrets(
    given: Secrets, facts: Iterable[ServerFacts], made: Iterable[Secret | None] = ()
) -> tuple[Secret, ...]:
    """Return what no log line may show: secrets given, made, and standing in a neo4j.conf.

    Neo4j itself logs the value of a password that is set twice, as a warning.
    """
    found = [*given.common.values(), *(one for one in made if one is not None)]
    found += [secret for own in given.by_server.values() for secret in own.values()]
    for one in facts:
        found += _of_conf(one.conf)
    long = {secret for secret in found if len(secret.reveal()) >= _SHORTEST}
    # The longest first: one secret may be a part of another.
    return tuple(sorted(long, key=lambda secret: (-len(secret.reveal()), secret.reveal())))


def _of_conf(raw: bytes) -> list[Secret]:
    try:
        values = Conf.parse(raw).values
    except ConfError:
        return []
    return [Secret(value) for key, value in values.items() if _HOLDS_SECRET.search(key)]
