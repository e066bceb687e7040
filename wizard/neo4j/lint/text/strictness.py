"""The setting that decides whether Neo4j takes unknown settings, and some that it never takes."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_switch

_APOC = "apoc."


def strictness_that_is_none(reading: Reading) -> Iterator[Finding]:
    """Yield the switch of strict validation if it is neither true nor false.

    Quotes and comments around a proper value are told on their own.
    """
    # Where both of its names stand, only the first is looked at.
    for key in [key for key in reading.rules.strict_settings if key in reading.values][:1]:
        value = reading.values[key]
        if is_command(value) or is_switch(value.strip().strip("\"'").partition(" ")[0]):
            continue
        yield telling.finding(
            reading,
            Severity.ERROR,
            "switch-refused",
            f"{telling.value(key, value)} is neither true nor false, so "
            f"{telling.starts_not(reading)} on {key}.",
            "Write true or false.",
            line=reading.line_of(key),
            key=key,
        )


def settings_of_apoc(reading: Reading) -> Iterator[Finding]:
    """Yield each setting of APOC, which from 5.0 on has a file of its own."""
    if not (reading.rules.refuses_apoc and reading.is_strict):
        return
    for element in reading.elements:
        if element.key is not None and element.key.startswith(_APOC):
            yield telling.finding(
                reading,
                Severity.ERROR,
                "setting-of-apoc",
                f"{telling.name(element.key)} is a setting of APOC, and "
                f"{telling.starts_not(reading)} when one stands in neo4j.conf.",
                "Move the line to apoc.conf, beside neo4j.conf.",
                line=element.line,
                key=element.key,
            )
