"""The answers as an immutable value, and what its few odd keys mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from wizard.interview.defaults import VERSION_DEFAULT
from wizard.interview.fields import Raw


class Answers(Mapping[str, Raw]):
    """The answers so far, by key; every change gives another value.

    The keys are the paths of the answers file, such as `subject.country`, and, during an
    interview, those that only the interview knows (`wizard.interview.complete.INTERVIEW_ONLY`).
    """

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, Raw] | None = None) -> None:
        self._given = {key: _copied(value) for key, value in (given or {}).items()}

    def __getitem__(self, key: str) -> Raw:
        return _copied(self._given[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(repr(sorted(self._given.items())))

    def __repr__(self) -> str:
        return f"Answers({self._given!r})"

    def with_answer(self, key: str, value: Raw) -> Self:
        """Return the answers with one more, or with another value for one."""
        return type(self)({**self._given, key: value})

    def with_answers(self, given: Mapping[str, Raw]) -> Self:
        """Return the answers with all of these."""
        return type(self)({**self._given, **given})

    def without(self, *keys: str) -> Self:
        """Return the answers without some, so that their defaults count again."""
        return type(self)({key: value for key, value in self.items() if key not in keys})


def _copied(value: Raw) -> Raw:
    """Copy a list, so that nobody can change an answer from outside."""
    if not isinstance(value, list):
        return value
    rows = [dict(row) for row in value if isinstance(row, dict)]
    return rows or [item for item in value if isinstance(item, str)]


def server_rows(answers: Mapping[str, Raw]) -> list[dict[str, str]]:
    """Return the rows of the servers; none when there are none yet."""
    return rows_of(answers.get("servers", []))


def rows_of(rows: Raw) -> list[dict[str, str]]:
    """Return the rows in the value of a list of servers."""
    return [dict(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def uses_agent(answers: Mapping[str, Raw]) -> bool:
    """Return whether the SSH agent is used: as answered, else when no other way is named."""
    if "access.agent" in answers:
        return answers["access.agent"] is True
    return not (answers.get("access.identity_file") or answers.get("access.password"))


def tls_versions(value: Raw) -> list[str] | None:
    """Return the TLS versions an answer names, or None for Neo4j's own default.

    A choice of the interview holds them as one text with commas.
    """
    if value == VERSION_DEFAULT:
        return None
    listed = value.split(",") if isinstance(value, str) else value
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else None
