"""One fact about Neo4j: where it is written, and from which version on which value holds."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, overload

from wizard.model.version import Version

Value = TypeVar("Value")


class HasVersion(Protocol):
    """What a fact can be asked of."""

    @property
    def version(self) -> Version:
        """The version the facts are wanted for."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[Value]):
    """A row of the table; as an attribute of a class it answers for the object's version.

    Attributes:
        source: the manual's page, the release or the class that says so.
        rows: each value with the first version where it holds, in order, the oldest one first.
    """

    source: str
    rows: tuple[tuple[Version, Value], ...]

    def of(self, version: Version) -> Value:
        """Return the value that holds in a version; before the first row, the first one's."""
        at = bisect_right([first for first, _ in self.rows], version)
        return self.rows[max(at - 1, 0)][1]

    @overload
    def __get__(self, asked: None, owner: type | None = None) -> Fact[Value]: ...

    @overload
    def __get__(self, asked: HasVersion, owner: type | None = None) -> Value: ...

    def __get__(self, asked: HasVersion | None, owner: type | None = None) -> Value | Fact[Value]:
        """Return the value for the version of the object, or the row itself from its class."""
        return self if asked is None else self.of(asked.version)


def since(source: str, *rows: tuple[str, Value]) -> Fact[Value]:
    """Return a row: `since("Manual, Ports", ("3.5", ...), ("5.0", ...))`."""
    return Fact(source, tuple((_first(text), value) for text, value in rows))


def always(source: str, value: Value) -> Fact[Value]:
    """Return a row whose value never changed."""
    return since(source, ("3.5", value))


def _first(text: str) -> Version:
    version = Version.parse(text)
    if version is None:
        raise ValueError(f"{text} is no version")
    return version
