"""What became of a setting's name in another version, and what Neo4j does with the name it had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from wizard.model.version import Version
from wizard.neo4j.renames.policies import renamed_policy
from wizard.neo4j.renames.row import Move, Renamed, Treatment
from wizard.neo4j.renames.settings import MOVES
from wizard.neo4j.versions import rules_for

__all__ = ["Renamed", "Treatment", "renamed"]


def renamed(key: str, version: Version, *, strict: bool | None = None) -> Renamed | None:
    """Return what a version makes of a setting that goes by this name in another one.

    None when the version knows the name, and when no version does.

    Args:
        key: as it stands in neo4j.conf.
        version: the version that reads it.
        strict: whether validation is strict there; by default as the version has it.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    is_strict = rules.strict_by_default if strict is None else strict
    unknown = Treatment.REFUSED if is_strict else Treatment.IGNORED
    if (policy := renamed_policy(key, rules)) is not None:
        return policy
    return _later(key, version, unknown) or _earlier(key, version, unknown)


def _later(key: str, version: Version, unknown: Treatment) -> Renamed | None:
    """The name was given up before this version."""
    name: str | None = key
    found: Renamed | None = None
    carried = True
    while name is not None and (move := _last_move(name, version)) is not None:
        carried = carried and move.is_carried(version)
        treatment = Treatment.MIGRATED if carried else unknown
        name = move.new
        found = Renamed(name=name, treatment=treatment, source=move.source)
    return found


def _earlier(key: str, version: Version, unknown: Treatment) -> Renamed | None:
    """The name came with a later version."""
    name: str | None = key
    found: Renamed | None = None
    while name is not None and (move := _next_move(name, version)) is not None:
        name = move.old
        found = Renamed(name=name, treatment=unknown, source=move.source)
    return found


def _last_move(old: str, version: Version) -> Move | None:
    """Return how a name was last given up by this version."""
    made = [move for move in _moves_from().get(old, ()) if move.into <= version]
    return max(made, key=lambda move: move.into, default=None)


def _next_move(new: str, version: Version) -> Move | None:
    """Return how a name came about after this version; of several, the first in the table."""
    return next((move for move in _moves_to().get(new, ()) if move.into > version), None)


@cache
def _moves_from() -> Mapping[str, tuple[Move, ...]]:
    return _grouped((move.old, move) for move in MOVES)


@cache
def _moves_to() -> Mapping[str, tuple[Move, ...]]:
    return _grouped((move.new, move) for move in MOVES if move.new is not None)


def _grouped(pairs: Iterable[tuple[str, Move]]) -> Mapping[str, tuple[Move, ...]]:
    found: dict[str, tuple[Move, ...]] = {}
    for name, move in pairs:
        found[name] = (*found.get(name, ()), move)
    return found
