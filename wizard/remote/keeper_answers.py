"""What the survey answers about configuration management and watchdogs, as facts."""

from __future__ import annotations

from wizard.model.facts import Keeper, KeeperSign
from wizard.remote.answers import Answer, unhex

_FIELDS = 3
_SIGNS = frozenset(KeeperSign)


def read_keepers(answer: Answer) -> tuple[Keeper, ...]:
    """Return what looks after the server, each sign once."""
    found = (
        Keeper(
            word=fields[0],
            kind=KeeperSign(fields[1]),
            sign=unhex(fields[2]).decode("utf-8", "replace"),
        )
        for fields in answer.all("keeper")
        if len(fields) == _FIELDS and fields[1] in _SIGNS and fields[0].isalpha()
    )
    return tuple(dict.fromkeys(found))
