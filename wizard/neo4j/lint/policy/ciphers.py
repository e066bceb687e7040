"""The cipher lists of policies: unknown names, and lists with which nobody can connect.

One name that Java does not know makes every connection fail, whatever else is listed
(`Unsupported CipherSuite`, asked of Neo4j 4.4.48, 5.26.30 and 2026.08.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.model.text import shown
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.cipher_suites import SIGNALS, SUITES, Suite, is_broken, java_name
from wizard.neo4j.lint.policy.in_force import weight
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.protocols import NOTHING_IN_COMMON, TLS_1_3, listed, lists_of
from wizard.neo4j.lint.policy.telling import tell
from wizard.neo4j.lint.reading import Reading

_SHOWN = 60
_PROVIDER = "dbms.netty.ssl.provider"
"""With OPENSSL Netty asks that library, whose names and suites are its own."""


def cipher_lists(reading: Reading) -> Iterator[Finding]:
    """Find lists of cipher suites that keep peers from connecting, or are weak."""
    if reading.values.get(_PROVIDER, "").strip().upper() == "OPENSSL":
        return
    for key, names in lists_of(reading, "ciphers"):
        unknown = [name for name in names if _is_unknown(name)]
        if unknown:
            yield _unknown(reading, key, unknown[0])
            continue
        suites = [SUITES[name] for name in names if name in SUITES]
        usable = _usable(reading, key, suites)
        if usable:
            yield from _keys(reading, key, usable)
            yield from _weak(reading, key, names, usable)
        else:
            yield _nothing_left(reading, key, suites)


def _is_unknown(name: str) -> bool:
    return not (name in SUITES or name in SIGNALS or is_broken(name))


def _unknown(reading: Reading, key: str, name: str) -> Finding:
    meant = java_name(name)
    return tell(
        reading,
        weight(reading, key),
        "cipher-unknown",
        f"Java knows no cipher suite {shown(name, _SHOWN)}, and every connection under this policy "
        "fails because of it.",
        f"Java calls it {meant}."
        if meant
        else "Remove the name; without the setting Java chooses well by itself.",
        key=key,
        evidence=f"Unsupported CipherSuite: {shown(name, _SHOWN)}",
    )


def _versions(reading: Reading, key: str) -> tuple[str, ...]:
    said = reading.values.get(key.removesuffix("ciphers") + "tls_versions")
    return reading.rules.tls_versions if said is None else listed(said)


def _usable(reading: Reading, key: str, suites: list[Suite]) -> list[Suite]:
    """The suites that one of the policy's TLS versions can use."""
    versions = _versions(reading, key)
    has_1_3 = TLS_1_3 in versions
    has_older = any(version != TLS_1_3 for version in versions)
    return [suite for suite in suites if (has_1_3 if suite.is_1_3 else has_older)]


def _nothing_left(reading: Reading, key: str, suites: list[Suite]) -> Finding:
    versions = ", ".join(shown(v, _SHOWN) for v in _versions(reading, key)) or "none"
    if not suites:
        said = "names no cipher suite that Java still uses"
    elif suites[0].is_1_3:
        said = f"names suites of TLS 1.3 alone, while the TLS versions are {versions}"
    else:
        said = f"names no suite of TLS 1.3, while the TLS versions are {versions}"
    return tell(
        reading,
        weight(reading, key),
        "cipher-none-usable",
        f"The list {said}, so that no connection can come about.",
        "Remove the line; without it Java chooses well by itself.",
        key=key,
        evidence=NOTHING_IN_COMMON,
    )


def _keys(reading: Reading, key: str, usable: list[Suite]) -> Iterator[Finding]:
    """With TLS 1.2 the suite decides which key a server must have; that of 1.3 leaves it open."""
    kinds = {suite.key for suite in usable}
    if len(kinds) > 1 or None in kinds:
        return
    kind = kinds.pop()
    others = "an RSA or DSA" if kind == "EC" else "an EC"
    yield tell(
        reading,
        Severity.NOTE,
        "cipher-needs-key-type",
        f"Every suite of this list needs a private key of type {kind}; where a server has {others} "
        "key, no connection comes about.",
        f"Make sure that the key in {_key_file(reading, key)} is of type {kind}, or remove the "
        "line: without it Java chooses suites for every type of key.",
        key=key,
        evidence="Received fatal alert: handshake_failure",
    )


def _key_file(reading: Reading, key: str) -> str:
    scope = key.removeprefix(PREFIX).removesuffix(".ciphers")
    return shown(reading.values.get(f"{PREFIX}{scope}.private_key", "private.key"), _SHOWN)


def _weak(
    reading: Reading, key: str, names: tuple[str, ...], usable: list[Suite]
) -> Iterator[Finding]:
    weak = [s.name for s in usable if s.is_cbc or s.has_no_forward_secrecy]
    weak += [name for name in names if is_broken(name)]
    if weak:
        yield tell(
            reading,
            Severity.WARNING,
            "cipher-weak",
            f"{shown(weak[0], _SHOWN)} is weak: suites with CBC can be attacked by their padding, "
            "and those without ECDHE or DHE can be read later by whoever gets the key.",
            "Keep suites with GCM or CHACHA20, or remove the line: without it Java chooses well by "
            "itself.",
            key=key,
        )
