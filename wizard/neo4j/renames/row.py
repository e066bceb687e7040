"""The words of the table of renamed settings: one move of one name into one version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from wizard.model.version import Version


class Treatment(Enum):
    """What Neo4j does with a name of another version."""

    MIGRATED = auto()
    """It warns, and uses the value under its own name; of a removed setting it uses nothing."""

    REFUSED = auto()
    """It does not start."""

    IGNORED = auto()
    """It starts as if the line were not there, at most with a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """What a version knows instead of a name.

    Attributes:
        name: the name in that version; None when it has no such setting.
        treatment: what it does with the name it does not know.
        source: the class or the page that says so.
    """

    name: str | None
    treatment: Treatment
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One name that gave way to another.

    Attributes:
        into: the first version with the later name.
        old: the earlier name.
        new: the later name; None when the setting was removed.
        until: the first version that no longer carries the old name over; None while it is.
    """

    into: Version
    old: str
    new: str | None
    until: Version | None
    source: str

    def is_carried(self, version: Version) -> bool:
        """Whether a version takes the old name for the later one."""
        return version >= self.into and (self.until is None or version < self.until)


def moves(
    into: str, source: str, *prefixes: tuple[str, str | None, str], until: str | None = None
) -> Iterator[Move]:
    """Yield the moves of names that share a beginning: `(old, new, "rest rest ...")`.

    A rest of `.` stands for the beginning alone; with no new beginning the names were removed.
    `until` equal to `into` means that the old name was never carried over.
    """
    first = _version(into)
    for old, new, rests in prefixes:
        for rest in rests.split():
            tail = "" if rest == "." else rest
            yield Move(
                into=first,
                old=old + tail,
                new=None if new is None else new + tail,
                until=None if until is None else _version(until),
                source=source,
            )


def _version(text: str) -> Version:
    version = Version.parse(text)
    if version is None:
        raise ValueError(f"{text} is no version")
    return version
