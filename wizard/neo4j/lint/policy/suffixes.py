"""Settings of SSL policies whose last part Neo4j does not know.

From 4.0 on it ignores them without a word, strict or not; in 3.5 they stop the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.policy.in_force import is_enabled, is_missed, weakens
from wizard.neo4j.lint.policy.lines import PREFIX, PolicyLine, Slip
from wizard.neo4j.lint.policy.seen_suffixes import SEEN
from wizard.neo4j.lint.policy.telling import named, rewritten, tell
from wizard.neo4j.lint.reading import Reading

KEY_GENERATION = "allow_key_generation"


def unknown_suffixes(reading: Reading, lines: Sequence[PolicyLine]) -> Iterator[Finding]:
    """Find misspelt suffixes, those of other versions, and those Neo4j never had."""
    lines = [line for line in lines if line.slip is Slip.SUFFIX]
    meant = Counter(line.near.certain for line in lines)
    for line in lines:
        if line.written == line.key and _of_another_version(reading, line.suffix):
            yield _foreign(reading, line)
        else:
            yield _unknown(reading, line, may_mend=meant[line.near.certain] == 1)


def respelt(reading: Reading, line: PolicyLine) -> tuple[Edit, ...]:
    """Return the edit that spells a name rightly, where nothing else could have been meant.

    There is none where the right name stands already, or where it would weaken the policy.
    """
    name = line.near.certain
    if name is None or name in reading.values or weakens(name.rpartition(".")[2], line.value):
        return ()
    return rewritten(line.element, line.written, name)


def _of_another_version(reading: Reading, suffix: str) -> bool:
    facts = type(reading.rules).suffixes
    return any(suffix in known for _, known in facts.rows)


def _foreign(reading: Reading, line: PolicyLine) -> Finding:
    """A suffix that some version has, and this one not."""
    fatal = reading.rules.checks_suffixes
    if line.suffix == "enabled":
        uses = ", ".join(reading.rules.apply_setting.values())
        reason = "has no such setting: a policy is in force as soon as another setting names it"
        hint = f"Remove the line, and name the policy where it shall be used, with {uses}."
    elif line.suffix == KEY_GENERATION:
        reason = "makes no keys by itself any more"
        hint = "Remove the line, and put a key and its certificate into the policy's folder."
    else:
        reason = "does not have this setting yet"
        hint = "Remove the line, or upgrade first."
    end = "and refuses to start." if fatal else "and ignores the line."
    return tell(
        reading,
        Severity.ERROR if fatal else Severity.WARNING,
        "policy-suffix-of-another-version",
        f"{named(line.key)} belongs to other versions: Neo4j {reading.version} {reason}, {end}",
        hint,
        key=line.key,
        line=line.element.line,
        evidence=reading.rules.bad_suffix.format(key=named(line.key)),
    )


def _unknown(reading: Reading, line: PolicyLine, *, may_mend: bool) -> Finding:
    misread = line.suffix in reading.rules.suffixes
    fatal = reading.rules.checks_suffixes or (misread and is_enabled(reading, line.scope))
    missed = is_missed(reading, line)
    seen = None if line.near.is_one_slip else SEEN.get(line.suffix.lower())
    meant = line.meant
    if seen is not None:
        meant = f"{PREFIX}{line.scope}.{seen.meant}" if seen.meant else None
    return tell(
        reading,
        Severity.ERROR if fatal or missed else Severity.WARNING,
        "policy-suffix-misspelt" if meant else "policy-suffix-unknown",
        _misread(line) if misread else _ignored(reading, line, missed=missed),
        seen.advice if seen else _advice(line),
        key=line.key,
        line=line.element.line,
        evidence="" if misread else reading.rules.bad_suffix.format(key=named(line.key)),
        edits=respelt(reading, line) if may_mend else (),
    )


def _misread(line: PolicyLine) -> str:
    return (
        f"Neo4j ends the name {named(line.written)} at its blank, and takes the rest of the line "
        f"for the value of {named(line.key)}."
    )


def _ignored(reading: Reading, line: PolicyLine, *, missed: bool) -> str:
    said = f"Neo4j knows no setting {named(line.key)}"
    if reading.rules.checks_suffixes:
        return f"{said}, and refuses to start because of it."
    if not missed:
        return f"{said}, and ignores the line without a word."
    if line.meant == f"{PREFIX}{line.scope}.enabled" and not is_enabled(reading, line.scope):
        return (
            f"{said}: the line is ignored without a word, and the {named(line.scope)} policy is "
            "off."
        )
    return (
        f"{said}: the line is ignored without a word, and the protection it asks for is not in "
        "force."
    )


def _advice(line: PolicyLine) -> str:
    if not line.near.names:
        return "Remove the line, or look up the setting's name in the Operations Manual."
    if line.written != line.key:
        return f"Did you mean {line.meant}? Neo4j ends a name at the first blank."
    return f"Did you mean {' or '.join(line.near.names)}?"
