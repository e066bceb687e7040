"""Blanks at the end of a line: they belong to the value, and what becomes of them depends on it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import SSL, is_free, is_path, is_switch
from wizard.neo4j.lint.text.refusals import is_policy_in_use, needs_path, refuses_no_switch
from wizard.neo4j.properties import Element

_BLANKS = " \t\f"


def blanks_after_paths(reading: Reading) -> Iterator[Finding]:
    """Yield each path that ends in blanks: Neo4j looks for a file whose name ends so."""
    for element in _ending_in_blanks(reading):
        key = element.key or ""
        if not is_path(key):
            continue
        severity, what = _outcome(reading, key)
        yield telling.finding(
            reading,
            severity,
            "blanks-after-path",
            f"The path in {telling.name(key)} ends in blanks, which Neo4j takes for a part of the "
            f"name; {what}.",
            "Remove the blanks at the end of the line.",
            line=element.line,
            key=key,
            edits=_edits(element),
        )


def blanks_after_switches(reading: Reading) -> Iterator[Finding]:
    """Yield each switch that a version refuses for the blanks behind it; policies aside."""
    if reading.rules.trims_choices:
        return
    for element in _ending_in_blanks(reading):
        key = element.key or ""
        if is_switch(element.value) and not key.startswith(SSL) and refuses_no_switch(reading, key):
            yield telling.finding(
                reading,
                Severity.ERROR,
                "blanks-after-switch",
                f"Blanks stand behind the value of {telling.name(key)}, which this version takes "
                f"for a part of it, so {telling.starts_not(reading)}.",
                "Remove the blanks at the end of the line.",
                line=element.line,
                key=key,
                edits=_edits(element),
            )


def other_blanks(reading: Reading) -> Iterator[Finding]:
    """Yield one note on all other values that end in blanks.

    Those of options for Java are left alone: the scripts that start Neo4j read them.
    """
    found = [e for e in _ending_in_blanks(reading) if _is_other(reading, e)]
    if not found:
        return
    where = telling.lines([element.line for element in found])
    ends = "ends" if len(found) == 1 else "end"
    outcome = (
        "drops them from switches, choices, numbers, addresses and passwords, but not from paths"
        if reading.rules.trims_choices
        else "drops them from few kinds of values before 4.2"
    )
    yield telling.finding(
        reading,
        Severity.NOTE,
        "blanks-after-value",
        f"{where.capitalize()} {ends} in blanks; Neo4j {outcome}.",
        "Remove them, so that nobody has to know which kind a setting is.",
        line=found[0].line,
        key=found[0].key if len(found) == 1 else None,
        edits=[edit for element in found for edit in _edits(element)],
    )


def _is_other(reading: Reading, element: Element) -> bool:
    key = element.key or ""
    if is_path(key) or is_free(key):
        return False
    return reading.rules.trims_choices or not (
        is_switch(element.value) and refuses_no_switch(reading, key)
    )


def _ending_in_blanks(reading: Reading) -> Iterator[Element]:
    for element in reading.elements:
        if element.key is not None and element.value.endswith((" ", "\t", "\f")):
            yield element


def _outcome(reading: Reading, key: str) -> tuple[Severity, str]:
    if not key.startswith(SSL):
        return Severity.WARNING, "it uses another folder or file than was meant"
    scope, _, suffix = key.removeprefix(SSL).partition(".")
    if not is_policy_in_use(reading, scope):
        return Severity.WARNING, "it would not find the file once the policy is used"
    if not needs_path(reading, key):
        return (
            Severity.WARNING,
            "it finds no such folder, and every revoked certificate is accepted",
        )
    if suffix == "trusted_dir" and not reading.rules.named_policies:
        return Severity.ERROR, "it finds no such folder, trusts nobody, and no server connects"
    return Severity.ERROR, "it finds no such file and refuses to start"


def _edits(element: Element) -> list[Edit]:
    """Cut the blanks; none where they stand in the source in another form, as on purpose."""
    source = element.source.rstrip("\r\n")
    cut = source.rstrip(_BLANKS)
    if "\n" in source or "\r" in source or cut == source or cut.endswith("\\"):
        return []
    return [Edit(element.line, cut)]
