"""Neo4j's rows as values: whatever a server sends, only known columns of the right type count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wizard.model.text import shown
from wizard.neo4j.health.questions import Question

Row = Mapping[str, object]
_LONGEST = 300
_WRITERS = frozenset({"leader", "standalone"})
"""Operations Manual 4.4, Monitor databases: the roles that take writes, where no column says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A server as another one sees it.

    Attributes:
        name: its friendly name or id.
        addresses: `host:port` of its Bolt connector; none when Neo4j does not know it.
        state, health: of SHOW SERVERS; empty up to 4.4.
        roles: up to 4.4, by database, such as LEADER; empty from 5.0 on.
    """

    name: str
    addresses: tuple[str, ...]
    state: str = ""
    health: str = ""
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One server's copy of one database.

    Attributes:
        kind: `standard`, `system`, `composite`...; empty where Neo4j does not say it.
        primaries: how many primaries run, and how many are wanted; None where it is not said.
    """

    database: str
    address: str
    role: str
    writer: bool
    requested: str
    current: str
    message: str = ""
    kind: str = ""
    writable: bool = True
    default: bool = False
    primaries: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one server said; None where it knows no such statement."""

    members: tuple[Member, ...] | None = None
    copies: tuple[Copy, ...] | None = None


def told_of(answers: Mapping[Question, Iterable[Row] | None]) -> Told:
    """Return what a server said, from the rows of each question; None is no answer."""
    members: tuple[Member, ...] | None = None
    copies: tuple[Copy, ...] | None = None
    for question, rows in answers.items():
        if rows is not None and question.is_about_databases:
            copies = tuple(map(_copy, rows))
        elif rows is not None:
            members = tuple(map(_overview if question is Question.OVERVIEW else _server, rows))
    return Told(members=members, copies=copies)


def _text(row: Row, *columns: str) -> str:
    found = next((row[c] for c in columns if isinstance(row.get(c), str)), "")
    return shown(str(found), _LONGEST)


def _server(row: Row) -> Member:
    address = _text(row, "address")
    return Member(
        name=_text(row, "name"),
        addresses=(address,) if address else (),
        state=_text(row, "state"),
        health=_text(row, "health"),
    )


def _overview(row: Row) -> Member:
    databases = row.get("databases")  # from 4.0 on
    alone = {_text(row, "database"): row.get("role", "")}
    roles = databases if isinstance(databases, Mapping) else alone
    listed = row.get("addresses")
    addresses = [str(one) for one in listed] if isinstance(listed, (list, tuple)) else []
    return Member(
        name=_text(row, "id"),
        addresses=tuple(
            shown(one.removeprefix("bolt://"), _LONGEST)
            for one in addresses
            if one.startswith("bolt://")
        ),
        roles=tuple(
            (shown(str(name), _LONGEST), str(role).upper()) for name, role in roles.items()
        ),
    )


def _copy(row: Row) -> Copy:
    role = _text(row, "role").lower()
    writer = row.get("writer")
    counts = (row.get("currentPrimariesCount"), row.get("requestedPrimariesCount"))
    return Copy(
        database=_text(row, "name"),
        address=_text(row, "address"),
        role=role,
        writer=writer if isinstance(writer, bool) else role in _WRITERS,
        requested=_text(row, "requestedStatus").lower(),
        current=_text(row, "currentStatus").lower(),
        message=_text(row, "statusMessage", "error"),
        kind=_text(row, "type").lower(),
        writable=_text(row, "access").lower() != "read-only",
        default=row.get("default") is True,
        primaries=(counts[0], counts[1])
        if isinstance(counts[0], int) and isinstance(counts[1], int)
        else None,
    )
