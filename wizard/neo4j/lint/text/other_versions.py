"""Settings that go by another name in this version, or are not there at all."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import SSL
from wizard.neo4j.properties import Element
from wizard.neo4j.renames import Renamed, Treatment, renamed
from wizard.neo4j.renames.settings import MOVES

_CHOOSES = ".ssl_policy"
_NAMES = frozenset({move.old for move in MOVES} | {move.new for move in MOVES if move.new})


def settings_of_other_versions(reading: Reading) -> Iterator[Finding]:
    """Yield each name of another version, with the one that this version has.

    Names of SSL policies are looked at on their own.
    """
    is_strict = reading.is_strict
    for element in reading.elements:
        key = element.key
        if key not in _NAMES or key is None or key.startswith(SSL):
            continue
        if (found := renamed(key, reading.version, strict=is_strict)) is not None:
            yield _finding(reading, element, key, found)


def _finding(reading: Reading, element: Element, key: str, found: Renamed) -> Finding:
    severity, outcome = _OUTCOMES[found.treatment]
    if found.treatment is Treatment.MIGRATED and found.name is None:
        outcome = "Neo4j warns in its log and uses nothing of it"
    return telling.finding(
        reading,
        severity,
        "setting-of-another-version",
        f"Neo4j {reading.version} has no setting {telling.name(key)}, which belongs to another "
        f"version; {outcome}.",
        _hint(key, found),
        line=element.line,
        key=key,
    )


_OUTCOMES = {
    Treatment.MIGRATED: (
        Severity.NOTE,
        "Neo4j warns in its log and takes the value for the setting that it has instead",
    ),
    Treatment.REFUSED: (Severity.ERROR, "it refuses to start"),
    Treatment.IGNORED: (Severity.WARNING, "it starts as if the line were not there"),
}


def _hint(key: str, found: Renamed) -> str:
    if found.name is None:
        return "Remove the line; there is no such setting in this version."
    if key.endswith(_CHOOSES):
        return f"Write {found.name}=true, and the policy's other settings beside it."
    return f"Write {found.name} instead."
