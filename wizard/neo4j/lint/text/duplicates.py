"""Settings that stand more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_secret
from wizard.neo4j.properties import Element
from wizard.neo4j.versions import Duplicates


def repeated_settings(reading: Reading) -> Iterator[Finding]:
    """Yield each setting that stands more than once, at its second line."""
    counted = Counter(e.key for e in reading.elements if e.key is not None)
    repeated = {key for key, n in counted.items() if n > 1} - reading.rules.repeatable
    by_key: dict[str, list[Element]] = {key: [] for key in counted if key in repeated}
    for element in reading.elements if repeated else ():
        if element.key in by_key:
            by_key[element.key].append(element)
    for key, standing in by_key.items():
        yield _finding(reading, key, standing)


def _finding(reading: Reading, key: str, standing: list[Element]) -> Finding:
    values = {element.value.strip() for element in standing}
    is_same = len({element.value for element in standing}) == 1
    where = telling.lines([element.line for element in standing])
    severity, what = _outcome(reading, key, same=len(values) == 1)
    counts = reading.line_of(key)
    return telling.finding(
        reading,
        severity,
        "setting-repeated",
        f"{telling.name(key)} stands more than once, on {where}; {what}.",
        "Remove the lines that repeat it." if is_same else "Keep the one line that is meant.",
        line=standing[1].line,
        key=key,
        edits=[Edit(e.line, None) for e in standing if e.line != counts] if is_same else (),
    )


def _outcome(reading: Reading, key: str, *, same: bool) -> tuple[Severity, str]:
    rule, version = reading.rules.duplicates, reading.version
    logged = ""
    if is_secret(key):
        logged = ", and writes it to its log" if rule is Duplicates.FIRST_WINS else _BOTH
    if rule is Duplicates.FATAL and reading.is_strict:
        return Severity.ERROR, f"Neo4j {version} refuses to start on that"
    if same and not logged:
        return Severity.NOTE, "its value is the same each time, but Neo4j 5 and later refuse that"
    which = "first" if rule is Duplicates.FIRST_WINS else "last"
    return Severity.WARNING, f"Neo4j {version} takes the {which} one{logged}"


_BOTH = ", and writes both values in the clear to its log"
