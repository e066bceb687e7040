"""Values of SSL policies that Neo4j refuses, in its own words.

Choices, switches and paths of every scope are read when Neo4j starts, whether the policy is
enabled or not (Config of 4.4.48 to 2026.08.1, SslPolicyLoader of 3.5.35, asked).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import isabs, join

from wizard.model.problems import Severity
from wizard.model.text import shown
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.telling import rewritten, tell
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.kinds import is_secret
from wizard.neo4j.path_values import as_java_reads

_SWITCHES = ("enabled", "verify_hostname", "trust_all", "trust_expired", "allow_key_generation")
_CHOICES = ("NONE", "OPTIONAL", "REQUIRE")
_BELOW = ("private_key", "public_certificate", "trusted_dir", "revoked_dir")
_MEANT_REQUIRE = re.compile(r"REQUIRED?S?|REQUIERE|RQUIRE|REQIRE|REQURE|MANDATORY|NEED(ED)?")
_MEANT_TRUE = re.compile(r"yes|on|1|enabled?|y|t", re.IGNORECASE)
_SHOWN = 60


def refused_choices(reading: Reading) -> Iterator[Finding]:
    """Find values of client_auth other than the three there are."""
    for key, value in _settings(reading, ("client_auth",)):
        if _trimmed(reading, value).upper() in _CHOICES or is_command(value):
            continue
        meant = "REQUIRE" if _MEANT_REQUIRE.fullmatch(value.strip().upper()) else None
        if value.strip().upper() in _CHOICES:
            meant = value.strip()
        words = _words(reading.rules.bad_client_auth, reading, key, value)
        hint = "Write NONE, OPTIONAL or REQUIRE; between the servers of a cluster, REQUIRE."
        yield _refused(reading, key, words, hint if meant is None else f"Write {meant}.", meant)


def refused_switches(reading: Reading) -> Iterator[Finding]:
    """Find switches that are neither true nor false."""
    for key, value in _settings(reading, _SWITCHES):
        if _trimmed(reading, value).lower() in {"true", "false"} or is_command(value):
            continue
        words = _words(reading.rules.bad_boolean, reading, key, value)
        meant = value.strip() if value.strip().lower() in {"true", "false"} else None
        hint = "Write true or false."
        if meant is None and _MEANT_TRUE.fullmatch(value.strip()):
            hint = "Write true if that was meant; no other word switches it on."
        yield _refused(reading, key, words, hint, meant)


def refused_paths(reading: Reading) -> Iterator[Finding]:
    """Find paths with `..` that lead out of where they begin, and in 3.5 those not absolute."""
    for key, value in _settings(reading, ("base_directory", *_BELOW)):
        if is_command(value):
            continue
        is_base = key.endswith(".base_directory")
        if reading.rules.absolute_overrides:
            if not is_base and not (isabs(value) or _has_drive(value)):
                yield _not_absolute(reading, key, value)
        elif ".." in (found := _full_path(reading, key, value)).split("/"):
            yield _refused(
                reading,
                key,
                reading.rules.bad_path.format(key=key, path=shown(found)),
                "Write the path without `..`, from the root of the file system if need be.",
            )


def _not_absolute(reading: Reading, key: str, value: str) -> Finding:
    return _refused(
        reading,
        key,
        f"Paths must be absolute. Got {_safe(value)}",
        "Write the whole path, from the root of the file system on; only base_directory may be "
        "relative in this version.",
    )


def _full_path(reading: Reading, key: str, value: str) -> str:
    """As Neo4j puts it together; the home directory is not known here."""
    scope, _, suffix = key.removeprefix(PREFIX).partition(".")
    path = as_java_reads(value, reading.version)
    if suffix == "base_directory":
        return join("NEO4J_HOME", path)
    base = reading.values.get(f"{PREFIX}{scope}.base_directory", f"certificates/{scope}")
    return join("NEO4J_HOME", as_java_reads(base, reading.version), path)


def _has_drive(value: str) -> bool:
    return re.match(r"[A-Za-z]:[/\\]", value) is not None


def _settings(reading: Reading, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The values that Neo4j looks at: those of scopes and suffixes it knows."""
    for scope, given in reading.policies.items():
        if reading.rules.named_policies or scope in reading.rules.scopes:
            for suffix in suffixes:
                if suffix in given and suffix in reading.rules.suffixes:
                    yield f"{PREFIX}{scope}.{suffix}", given[suffix]


def _trimmed(reading: Reading, value: str) -> str:
    """Not every version trims these values before it looks at them."""
    return value.strip() if reading.rules.trims_choices else value


def _words(words: str, reading: Reading, key: str, value: str) -> str:
    return words.format(key=key, value=_safe(_trimmed(reading, value)))


def _safe(value: str) -> str:
    """A name that Java cuts at a blank may leave a password where a path should stand."""
    return "…" if is_secret(value.partition("=")[0]) else shown(value, _SHOWN)


def _refused(
    reading: Reading, key: str, words: str, hint: str, meant: str | None = None
) -> Finding:
    return tell(
        reading,
        Severity.ERROR,
        "setting-refused",
        f"Neo4j refuses to start with this value of {key}.",
        hint,
        key=key,
        evidence=words,
        edits=() if meant is None else _with_value(reading, key, meant),
    )


def _with_value(reading: Reading, key: str, meant: str) -> tuple[Edit, ...]:
    line = reading.line_of(key)
    value = reading.values[key]
    for element in reading.elements:
        if element.line == line and value.strip() and element.source.count(value.strip()) == 1:
            return rewritten(element, value, meant)
    return ()
