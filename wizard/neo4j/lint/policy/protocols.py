"""The TLS versions of a policy: those Java does not know, or has switched off."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.model.text import shown
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.in_force import weight
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.telling import tell
from wizard.neo4j.lint.reading import Reading

TLS_1_3 = "TLSv1.3"
MODERN = ("TLSv1.2", TLS_1_3)
OLD = ("TLSv1", "TLSv1.1", "SSLv3", "SSLv2Hello")
"""Names of sun.security.ssl.ProtocolVersion; jdk.tls.disabledAlgorithms switches these off."""

_OLD_IS_OFF = 17
_HAS_TLS_1_3 = 11
"""The Java in which every update has versions before 1.2 switched off, or has 1.3."""

NOTHING_IN_COMMON = (
    "No appropriate protocol (protocol is disabled or cipher suites are inappropriate)"
)
"""What Java says where neither a TLS version nor a suite is left."""

_SHOWN = 60


def listed(value: str) -> tuple[str, ...]:
    """Return the parts between commas, trimmed, as Neo4j reads a list."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def lists_of(reading: Reading, suffix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the key and the parts of each policy's list that Neo4j looks at."""
    for scope, given in reading.policies.items():
        known = reading.rules.named_policies or scope in reading.rules.scopes
        if known and suffix in given and not is_command(given[suffix]):
            yield f"{PREFIX}{scope}.{suffix}", listed(given[suffix])


def tls_versions(reading: Reading) -> Iterator[Finding]:
    """Find TLS versions with which no connection comes about, or a weak one might."""
    for key, versions in lists_of(reading, "tls_versions"):
        unknown = [name for name in versions if name not in (*MODERN, *OLD)]
        if unknown:
            yield _unknown(reading, key, unknown[0])
        elif not versions:
            yield _none(reading, key)
        else:
            yield from _old(reading, key, versions)
            yield from _too_new(reading, key, versions)


def _unknown(reading: Reading, key: str, name: str) -> Finding:
    has_ciphers = key.removesuffix("tls_versions") + "ciphers" in reading.values
    at_start = reading.rules.checks_tls_versions and not has_ciphers
    name = shown(name, _SHOWN)
    return tell(
        reading,
        weight(reading, key),
        "tls-version-unknown",
        f"Java knows no TLS version {name}, and "
        + (
            "Neo4j refuses to start once the policy is enabled."
            if at_start
            else "every connection under this policy fails."
        ),
        "Write TLSv1.2, TLSv1.3 or both with a comma between them, in this very spelling.",
        key=key,
        evidence=f"Unsupported protocol{': ' if at_start else ''}{name}",
    )


def _none(reading: Reading, key: str) -> Finding:
    return tell(
        reading,
        weight(reading, key),
        "tls-version-missing",
        "The list of TLS versions is empty, so that no connection can come about.",
        "Remove the line, and the version's default holds.",
        key=key,
        evidence=NOTHING_IN_COMMON,
    )


def _old(reading: Reading, key: str, versions: tuple[str, ...]) -> Iterator[Finding]:
    old = [name for name in versions if name in OLD]
    if not old:
        return
    alone = len(old) == len(versions)
    if alone and reading.rules.oldest_java >= _OLD_IS_OFF:
        said = "Java has switched off all of these TLS versions, so that no connection comes about"
    elif alone:
        said = "These TLS versions are broken, and Java has switched them off since April 2021"
    else:
        said = (
            "SSLv3, TLS 1.0 and TLS 1.1 are broken, and Java lets nobody use them since April 2021"
        )
    yield tell(
        reading,
        weight(reading, key)
        if alone and reading.rules.oldest_java >= _OLD_IS_OFF
        else Severity.WARNING,
        "tls-version-old",
        f"{said}: {', '.join(old)}.",
        f"Remove {', '.join(old)} from the list"
        + (f", and write {','.join(reading.rules.tls_versions)}." if alone else "."),
        key=key,
    )


def _too_new(reading: Reading, key: str, versions: tuple[str, ...]) -> Iterator[Finding]:
    if TLS_1_3 in versions and reading.rules.oldest_java < _HAS_TLS_1_3:
        yield tell(
            reading,
            Severity.WARNING,
            "tls-version-new",
            "TLS 1.3 exists only in Java 8 from update 261 on; before that, every connection under "
            "this policy fails.",
            "Write TLSv1.2 alone, or make sure of the Java on every server.",
            key=key,
        )
