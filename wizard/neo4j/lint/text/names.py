"""Names of settings: none at all, in capitals, or a slip away from one of the cluster's."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.encoding import BOM
from wizard.neo4j.lint.text.kinds import FAMILIES, SSL, is_of_neo4j
from wizard.neo4j.lint.text.near_names import is_one_slip
from wizard.neo4j.lint.text.refusals import refuses_unknown
from wizard.neo4j.properties import Element
from wizard.neo4j.renames import renamed

_HEAD, _TAIL = 10, 6
"""One slip leaves either the beginning or the end of a long name as it was."""


def lines_without_a_setting(reading: Reading) -> Iterator[Finding]:
    """Yield each line that Neo4j takes for a setting although its name can be none."""
    for element in reading.elements:
        key = element.key
        if key is None or "." in key or (element.line == 1 and reading.raw.startswith(BOM)):
            continue
        is_refused = refuses_unknown(reading, key)
        what = f"{telling.starts_not(reading)} on it" if is_refused else "Neo4j ignores it"
        yield telling.finding(
            reading,
            Severity.ERROR if is_refused else Severity.WARNING,
            "no-setting",
            f"This line is no setting: Neo4j reads `{telling.name(key)}` as its name, and {what}.",
            "Put a # at the beginning of the line if it is a comment, or else remove it.",
            line=element.line,
            key=key or None,
        )


def names_in_capitals(reading: Reading) -> Iterator[Finding]:
    """Yield each name that would be one of Neo4j's in small letters.

    Names of SSL policies are looked at on their own.
    """
    known = {name.lower(): name for name in known_names(reading)}
    for element in reading.elements:
        key = element.key
        if key is None or key.islower() or SSL in key.lower():
            continue
        meant = known.get(key.lower())
        is_shouted = not key.startswith(FAMILIES) and is_of_neo4j(key)
        if (meant is not None and meant != key) or is_shouted:
            yield _capitals(reading, element, key, meant)


def slips_in_names(reading: Reading) -> Iterator[Finding]:
    """Yield each name that is one slip away from a name this version has for its cluster.

    Names of SSL policies are looked at on their own.
    """
    known = known_names(reading)
    heads = {name[:_HEAD] for name in known}
    tails = {name[-_TAIL:] for name in known}
    for element in reading.elements:
        key = element.key
        if key is None or key in known or (key[:_HEAD] not in heads and key[-_TAIL:] not in tails):
            continue
        meant = [name for name in known if is_one_slip(key, name)]
        if len(meant) == 1 and renamed(key, reading.version) is None:
            yield _slip(reading, element, key, meant[0])


def known_names(reading: Reading) -> frozenset[str]:
    """Return the names of addresses, backup, logs and strictness that this version has."""
    rules = reading.rules
    return frozenset(
        {
            *rules.advertised.values(),
            *rules.listen.values(),
            *rules.strict_settings,
            *(rules.default_advertised, rules.default_listen, rules.members),
            *(rules.backup_listen, rules.backup_enabled, rules.logs_directory),
        }
    )


def _capitals(reading: Reading, element: Element, key: str, meant: str | None) -> Finding:
    is_refused = refuses_unknown(reading, key)
    what = telling.starts_not(reading) if is_refused else "Neo4j ignores the line"
    return telling.finding(
        reading,
        Severity.ERROR if is_refused else Severity.WARNING,
        "name-in-capitals",
        f"Names of settings are told apart by capitals, so `{telling.name(key)}` is none, and "
        f"{what}.",
        f"Write {telling.name(meant or key.lower())}.",
        line=element.line,
        key=key,
        edits=[] if meant is None else _renamed(element, key, meant),
    )


def _slip(reading: Reading, element: Element, key: str, meant: str) -> Finding:
    is_refused = refuses_unknown(reading, key)
    what = telling.starts_not(reading) if is_refused else "it ignores the line"
    return telling.finding(
        reading,
        Severity.ERROR if is_refused else Severity.WARNING,
        "name-misspelt",
        f"Neo4j {reading.version} knows no setting `{telling.name(key)}`, and {what}.",
        f"Did you mean {meant}?",
        line=element.line,
        key=key,
    )


def _renamed(element: Element, key: str, meant: str) -> list[Edit]:
    source = element.source.rstrip("\r\n")
    if not source.lstrip(" \t\f").startswith(key):
        return []
    return [Edit(element.line, source.replace(key, meant, 1))]
