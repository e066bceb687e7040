"""Policies that let in whoever comes."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.in_force import applied_policies, value_in_force
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.telling import named, tell
from wizard.neo4j.lint.reading import Reading

_REACHED = {"cluster": "a cluster port", "backup": "the backup port"}
"""What opens a way into the databases, and not to clients that log in."""


def trusts_everybody(reading: Reading) -> Iterator[Finding]:
    """Find policies with `trust_all=true`."""
    for name, given in reading.policies.items():
        known = reading.rules.named_policies or name in reading.rules.scopes
        if known and given.get("trust_all", "").strip().lower() == "true":
            key = f"{PREFIX}{name}.trust_all"
            yield tell(
                reading,
                Severity.WARNING,
                "trust-all",
                f"The policy {named(name)} accepts every certificate, also one that a "
                "stranger made, so that encryption keeps out nobody who asks.",
                "Remove the line, and put the certificates that peers are trusted by into "
                f"trusted/ of {named(name)}.",
                key=key,
            )


def asks_for_no_certificate(reading: Reading) -> Iterator[Finding]:
    """Find policies of cluster and backup that let peers in without a certificate.

    A Java peer shows none that its server does not trust, so OPTIONAL lets in as many as NONE.
    """
    for scope, port in _REACHED.items():
        value = value_in_force(reading, scope, "client_auth")
        if scope not in applied_policies(reading) or value not in {"NONE", "OPTIONAL"}:
            continue
        yield tell(
            reading,
            Severity.WARNING,
            "client-auth-not-required",
            f"With client_auth {value} anyone who reaches {port} can connect without a "
            "certificate, and read the databases.",
            "Choose REQUIRE, and give each server a certificate that the others trust.",
            key=_key(reading, scope),
        )


def _key(reading: Reading, scope: str) -> str:
    """The line that says it, whose policy may have another name than its use."""
    name = scope
    setting = reading.rules.apply_setting.get(scope)
    if setting is not None:
        name = reading.values.get(setting, scope).strip()
    return f"{PREFIX}{name}.client_auth"
