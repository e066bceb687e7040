"""The shape of the answers file: every table and key it may hold, and the check of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from wizard.interview import checks
from wizard.interview.defaults import VERSION_DEFAULT
from wizard.interview.fields import Check, Raw
from wizard.model.settings import (
    Become,
    CaKey,
    ClientAuth,
    JavaTrustStore,
    KeyAlgorithm,
    KeyPassword,
    KeyPasswordIn,
    TrustModel,
    VerifyHostname,
)

FORMAT = 1
"""The number every answers file begins with; another one belongs to another wizard."""

TLS_VERSIONS = ("TLSv1.2", "TLSv1.3")
"""What Neo4j may be told; older ones have no place between servers (RFC 8996)."""

ASK = "ask"


def one_of(kind: type[StrEnum]) -> Check:
    """Return a check that accepts the values of an enumeration."""
    values = tuple(member.value for member in kind)
    listed = f"{', '.join(values[:-1])} or {values[-1]}"
    return lambda typed: None if typed in values else f"Write {listed}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of the answers file: the type TOML gives it, and its check on the value as text."""

    type: type[str | bool | int | list[str]]
    check: Check = lambda _text: None


def _words(check: Check) -> Entry:
    return Entry(type=str, check=check)


def tls_versions(value: Raw) -> str | None:
    """Check the TLS versions: the words for Neo4j's own default, or a list of versions."""
    if value == VERSION_DEFAULT:
        return None
    if isinstance(value, list) and value and all(version in TLS_VERSIONS for version in value):
        return None
    return f'Write "{VERSION_DEFAULT}", or a list of {" and ".join(TLS_VERSIONS)}.'


def _only_ask(typed: str) -> str | None:
    if typed == ASK:
        return None
    return f'Write "{ASK}" only; a password itself belongs into the secrets file.'


ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        "neo4j": _words(checks.neo4j_version),
        "secrets": _words(checks.secrets_file),
        "cluster.name": _words(checks.cluster_name),
        "access.identity_file": _words(checks.local_file),
        "access.agent": Entry(type=bool),
        "access.password": _words(_only_ask),
        "access.jump": _words(checks.jump),
        "access.known_hosts": _words(checks.local_file),
        "access.become": _words(one_of(Become)),
        "access.become_command": _words(checks.become_command),
        "neo4j_login.user": _words(checks.neo4j_user),
        "trust.model": _words(one_of(TrustModel)),
        "trust.ca_key": _words(one_of(CaKey)),
        "trust.ca_copy": _words(checks.new_folder),
        "trust.intermediate": Entry(type=bool),
        "trust.name_constraints": Entry(type=bool),
        "trust.material": _words(checks.material),
        "trust.shared_ca": _words(checks.shared_ca),
        "subject.country": _words(checks.country),
        "subject.state": _words(checks.place),
        "subject.locality": _words(checks.place),
        "subject.organization": _words(checks.organization),
        "subject.organizational_unit": _words(checks.organization),
        "subject.common_name": _words(checks.common_name),
        "subject.email": _words(checks.email),
        "keys.algorithm": _words(one_of(KeyAlgorithm)),
        "keys.password": _words(one_of(KeyPassword)),
        "keys.password_in": _words(one_of(KeyPasswordIn)),
        "keys.lifetime_days": Entry(type=int, check=checks.days),
        "policy.client_auth": _words(one_of(ClientAuth)),
        "policy.verify_hostname": _words(one_of(VerifyHostname)),
        "policy.tls_versions": _words(lambda _text: None),
        "apply.suspended": Entry(type=list),
        "kit.backup": Entry(type=bool),
        "kit.java_trust_store": _words(one_of(JavaTrustStore)),
    }
)
"""Every key but `format` and those of `[[servers]]`, in the order they are written."""

ROW_KEYS = tuple(checks.ROW_CHECKS)
"""The keys of a `[[servers]]` table, in the order they are written."""

TABLES = tuple(dict.fromkeys(key.partition(".")[0] for key in ENTRIES if "." in key))
"""The tables of the answers file beside `[[servers]]`."""
