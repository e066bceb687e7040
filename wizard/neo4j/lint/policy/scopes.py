"""Lines of SSL policies that Neo4j does not take for such, because of their first parts.

Which scope counts is read without regard to case, while settings are looked up with regard to it
(Config and SslPolicyLoader of 4.4.48, 5.1.0, 5.26.30 and 2026.08.1, asked).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.policy.in_force import is_enabled, is_missed, migrated_names
from wizard.neo4j.lint.policy.lines import PREFIX, PolicyLine, Slip
from wizard.neo4j.lint.policy.suffixes import KEY_GENERATION, respelt
from wizard.neo4j.lint.policy.telling import named, rewritten, tell, words_on_unknown
from wizard.neo4j.lint.reading import Reading

_OWN = "dbms."
"""What the names begin with that 3.5 checks when it is strict."""


def unknown_names(reading: Reading, lines: Sequence[PolicyLine]) -> Iterator[Finding]:
    """Find misspelt prefixes and scopes that do not exist."""
    lines = [
        line
        for line in lines
        if line.slip in (Slip.PREFIX, Slip.SCOPE) and line.scope not in migrated_names(reading)
    ]
    meant = Counter(line.near.certain for line in lines)
    for line in lines:
        yield _unknown(reading, line, may_mend=meant[line.near.certain] == 1)


def scopes_in_capitals(reading: Reading, lines: Sequence[PolicyLine]) -> Iterator[Finding]:
    """Find scopes that are not written in small letters: their settings are never in force."""
    if reading.rules.named_policies:
        return
    told: set[str] = set()
    for line in lines:
        scope = line.scope.lower()
        if line.slip in (Slip.PREFIX, Slip.SCOPE) or line.scope in (scope, *told):
            continue
        told.add(line.scope)
        yield _in_capitals(reading, line, scope)


def _unknown(reading: Reading, line: PolicyLine, *, may_mend: bool) -> Finding:
    fatal = _is_refused(reading, line.key)
    missed = is_missed(reading, line)
    if line.slip is Slip.SCOPE:
        said = f"There is no scope {named(line.scope)} for SSL policies"
        known = ", ".join(sorted(reading.rules.scopes - {"testing"}))
        hint = f"The scopes are {known}; correct the line or remove it."
    else:
        said = f"There is no setting {named(line.key)}"
        hint = "Correct the line or remove it."
    if line.near.names:
        hint = f"Did you mean {' or '.join(map(named, line.near.names))}?"
        if line.written != line.key:
            hint += " Neo4j ends a name at the first blank."
    return tell(
        reading,
        Severity.ERROR if fatal or missed else Severity.WARNING,
        "policy-scope-unknown" if line.slip is Slip.SCOPE else "policy-name-misspelt",
        said + _consequence(fatal=fatal, missed=missed),
        hint,
        key=line.key,
        line=line.element.line,
        evidence=_words(reading, line.key) if fatal or line.key.startswith(_OWN) else "",
        edits=respelt(reading, line) if may_mend else (),
    )


def _is_refused(reading: Reading, key: str) -> bool:
    """Whether Neo4j does not start on a name; 3.5 looks at names like its own alone (asked)."""
    is_dropped = key.startswith(PREFIX) and key.endswith(f".{KEY_GENERATION}")
    if reading.rules.migrates_named_policies and is_dropped:
        return False  # 4.x drops it of every scope, with a warning, before it looks at names
    if not reading.rules.checks_suffixes:
        return reading.is_strict
    is_of_a_policy = key.startswith(PREFIX) and not key.removeprefix(PREFIX).startswith(".")
    return is_of_a_policy or (reading.is_strict and key.startswith(_OWN))


def _consequence(*, fatal: bool, missed: bool) -> str:
    if fatal:
        return ", and Neo4j refuses to start because of this line."
    if missed:
        return ": Neo4j ignores the line, and the encryption it asks for is not in force."
    return ": Neo4j ignores the line."


def _words(reading: Reading, key: str) -> str:
    if not key.startswith(PREFIX):
        return words_on_unknown(reading, key)
    if reading.rules.checks_suffixes and not key.removeprefix(PREFIX).startswith("."):
        return reading.rules.bad_suffix.format(key=named(key))
    if key.removeprefix(PREFIX).startswith(".") and reading.rules.strict_by_default:
        return (
            f"Malformed group setting name: '{named(key)}', does not match any setting in its "
            "group."
        )
    return words_on_unknown(reading, key)


def _in_capitals(reading: Reading, line: PolicyLine, scope: str) -> Finding:
    keys = [key for key in reading.values if key.startswith(f"{PREFIX}{line.scope}.")]
    if is_enabled(reading, scope):
        fatal, consequence = (
            True,
            (f"takes it for a second policy of {scope}, and refuses to start with two of them"),
        )
    else:
        fatal, consequence = (
            False,
            "knows the word in small letters only, so these lines do nothing",
        )
    asked = any(
        key.endswith(".enabled") and reading.values[key].strip().lower() == "true" for key in keys
    )
    return tell(
        reading,
        Severity.ERROR if fatal or asked else Severity.WARNING,
        "policy-scope-misspelt",
        f"The scope {named(line.scope)} is not in small letters: Neo4j {consequence}.",
        f"Write {PREFIX}{scope}. in small letters, or remove the lines.",
        key=line.key,
        line=line.element.line,
        evidence=f"Can not have multiple SslPolicies configured for {scope.upper()}"
        if fatal
        else "",
        edits=_in_small_letters(reading, line.scope, scope),
    )


def _in_small_letters(reading: Reading, written: str, scope: str) -> tuple[Edit, ...]:
    """All lines at once, and only where no line with the right name says something else."""
    old, new = f"{PREFIX}{written}.", f"{PREFIX}{scope}."
    elements = [e for e in reading.elements if e.key is not None and e.key.startswith(old)]
    others = {key for key in reading.values if key.startswith(PREFIX) and not key.startswith(old)}
    if any(key.lower().startswith(new) for key in others):
        return ()
    edits = [edit for element in elements for edit in rewritten(element, old, new)]
    return tuple(edits) if len(edits) == len(elements) else ()
