"""What Neo4j does with the names of other versions, in the words of `wizard.neo4j.renames`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from judge_process import Judge, is_enterprise

from wizard.model.version import Version
from wizard.neo4j.renames import Renamed, Treatment, renamed
from wizard.neo4j.renames.settings import MOVES

_VALUES = (
    *("true", "localhost:7999", "localhost", "10m", "4", "10s", "INFO", "neo4j", "CORE"),
    *("SINGLE", "REQUIRED", "60s", "zip", "1.0", "a.*", "server_policies"),
    *(
        "BOLT",
        "HTTP",
        "/",
        "1h",
        "DEFAULT",
        "a",
        "1",
        "0",
        "DISABLED",
        "off",
        "1.1.1.1/8",
        "h:1,h:2",
    ),
    *("PERIODIC", "ON_HEAP", "REQUIRE", "16384", "1048576", "16777216"),
)
_NO_SUCH = (
    *("Unrecognized setting", "Unknown config option", "Invalid connector setting"),
    *("Invalid setting name", "was found in the configuration file"),
)
_fitting: dict[str, str] = {}
_BASE = "dbms.ssl.policy.cluster.base_directory=certificates/cluster\n"
_POLICIES = tuple(
    f"dbms.ssl.policy.cluster.{suffix}"
    for suffix in ("enabled", "allow_key_generation", "trust_expired", "client_auth")
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What became of a name: how it was treated, and what it set."""

    treatment: Treatment | None
    names: frozenset[str]


def names() -> tuple[str, ...]:
    """Every name the table speaks of."""
    found = {move.old for move in MOVES} | {move.new for move in MOVES if move.new is not None}
    return (*sorted(found), *_POLICIES)


def seen(judge: Judge, key: str, declared: Mapping[str, str], home: Path) -> Seen | None:
    """Return what Neo4j does with a name; None where only the Enterprise edition could say."""
    # What fitted one version most likely fits the next.
    for value in sorted(_VALUES, key=lambda value: value != _fitting.get(key)):
        answer = judge.treat(f"{_beside(key)}{key}={value}\n".encode(), home)
        if "refused" in answer and not any(word in answer["refused"][0] for word in _NO_SUCH):
            continue  # the name means something; the value does not fit
        if "refused" not in answer:
            _fitting[key] = value
        found = _told(judge, key, answer, home)
        if key in declared and (found is None or found.treatment is not Treatment.MIGRATED):
            return Seen(treatment=None, names=frozenset({key}))
        return found
    assert key in declared, f"{key}: no value fits in {judge.version}"
    return Seen(treatment=None, names=frozenset({key}))


def _told(judge: Judge, key: str, answer: Mapping[str, object], home: Path) -> Seen | None:
    if "refused" in answer:
        named_itself = key in str(answer["refused"])
        if is_enterprise(key, judge.version) or not named_itself:
            return None  # what it became is known to the Enterprise edition alone
        return Seen(treatment=Treatment.REFUSED, names=frozenset())
    before = _empty(judge, home, _beside(key))
    values = answer["values"]
    assert isinstance(values, dict)
    changed = frozenset(name for name in values if values[name] != before.get(name))
    if changed == {key}:
        return Seen(treatment=None, names=changed)
    unknown = any(f": {key}" in line and "Unrecognized" in line for line in _log(answer))
    unknown |= f"WARN Unknown config option: {key}" in _log(answer)
    if unknown or (not changed and not any(key in line for line in _log(answer))):
        if is_enterprise(key, judge.version):
            return None
        return Seen(treatment=Treatment.IGNORED, names=frozenset())
    return Seen(treatment=Treatment.MIGRATED, names=changed)


@cache
def _empty(judge: Judge, home: Path, beside: str) -> Mapping[str, str]:
    values: Mapping[str, str] = judge.treat(beside.encode(), home)["values"]
    return values


def _beside(key: str) -> str:
    """3.5 takes no setting of a policy that has no base directory."""
    return _BASE if key in _POLICIES else ""


def _log(answer: Mapping[str, object]) -> list[str]:
    lines = answer["log"]
    assert isinstance(lines, list)
    return lines


def all_seen(judge: Judge, home: Path) -> Mapping[str, Seen]:
    """Ask about every name; those that only the Enterprise edition knows about are left out."""
    declared = judge.declared()["names"]
    asked = ((key, seen(judge, key, declared, home)) for key in names())
    return {key: found for key, found in asked if found is not None}


def differences(told: Mapping[str, Seen], version: Version) -> Iterator[str]:
    """Yield where the table for a version and what Neo4j does are not the same.

    The table is about names that changed: what came anew after a version is none of its business.
    """
    given_up = {move.old for move in MOVES if move.into <= version}
    for key, found in told.items():
        ours = renamed(key, version)
        if ours is None and key not in given_up:
            continue
        treatment = None if ours is None else ours.treatment
        if treatment is not found.treatment:
            yield f"{key}: Neo4j {version} says {found}; the table says {ours}"
        elif ours is not None and not _fits(ours, found):
            yield f"{key}: Neo4j {version} sets {set(found.names)}; the table: {ours.name}"


def _fits(ours: Renamed, found: Seen) -> bool:
    """Whether the value went where the table says; of a removed setting, nowhere."""
    if found.treatment is not Treatment.MIGRATED:
        return True
    return ours.name in found.names if ours.name else not found.names
