"""What is in force of an SSL policy, and what a line that Neo4j ignores would have changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wizard.model.problems import Severity
from wizard.neo4j.lint.policy.lines import PREFIX, PolicyLine
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.versions import VersionRules

CLIENT_AUTH: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("cluster", "backup"), "REQUIRE"),
        **dict.fromkeys(("bolt", "https"), "OPTIONAL"),
        "fabric": "NONE",
    }
)
"""What client_auth is in each scope when it is not set (SslPolicyScope of 4.4 to 2026.08)."""

_APPLY = VersionRules.apply_setting.rows[0][1]
"""By what it is used for, 3.5's setting that names a policy; 4.x still takes it."""

_PROTECTIVE = MappingProxyType(
    {"enabled": "TRUE", "client_auth": "REQUIRE", "verify_hostname": "TRUE", "trust_all": "FALSE"}
)
"""The values without which a policy protects less than was asked for."""


def applied_policies(reading: Reading) -> Mapping[str, Mapping[str, str]]:
    """Return the policies that are in use: by what they are used for, suffix -> value.

    In 3.5 and, where its settings still stand, in 4.x a policy is used under any name
    (SettingMigrators.SslPolicyMigrator of 4.x turns it into one of a scope, and enables it).
    """
    if reading.rules.named_policies:
        return MappingProxyType(dict(_by_name(reading)))
    found = {
        scope: given
        for scope, given in reading.policies.items()
        if scope in reading.rules.scopes and _is_true(given.get("enabled", ""))
    }
    if reading.rules.migrates_named_policies:
        for use, given in _by_name(reading).items():
            found[use] = {**reading.policies.get(use, {}), **given}
    return MappingProxyType(found)


def _by_name(reading: Reading) -> dict[str, Mapping[str, str]]:
    named = {use: reading.values.get(key, "").strip() for use, key in _APPLY.items()}
    return {use: reading.policies[name] for use, name in named.items() if name in reading.policies}


def migrated_names(reading: Reading) -> frozenset[str]:
    """Return the free names that 4.x still takes, because a setting of 3.5 chooses them."""
    if not reading.rules.migrates_named_policies:
        return frozenset()
    return frozenset(reading.values.get(key, "").strip() for key in _APPLY.values()) - {""}


def is_enabled(reading: Reading, scope: str) -> bool:
    """Whether the policy of a scope is in use."""
    return scope in applied_policies(reading)


def weight(reading: Reading, key: str) -> Severity:
    """Return how much it weighs that a policy keeps all peers out: one not in use harms nobody."""
    name = key.removeprefix(PREFIX).partition(".")[0]
    used = applied_policies(reading)
    if reading.rules.named_policies or name in migrated_names(reading):
        return Severity.ERROR if reading.policies.get(name) in used.values() else Severity.WARNING
    return Severity.ERROR if name in used else Severity.WARNING


def value_in_force(reading: Reading, scope: str, suffix: str) -> str:
    """Return the value Neo4j works with, trimmed and in capitals, also where it is a default."""
    given = applied_policies(reading).get(scope) or reading.policies.get(scope, {})
    default = {
        "enabled": "false",
        "client_auth": CLIENT_AUTH.get(scope, "REQUIRE"),
        "verify_hostname": str(reading.rules.verify_hostname),
        "trust_all": "false",
    }.get(suffix, "")
    return given.get(suffix, default).strip().upper()


def is_missed(reading: Reading, line: PolicyLine) -> bool:
    """Whether a line that Neo4j ignores asks for a protection that is not in force.

    Only what it was surely meant to say counts, and, but for `enabled`, only a policy in use: what
    a policy that is off would do harms nobody.
    """
    if line.meant is None:
        return False
    scope, _, suffix = line.meant.removeprefix(PREFIX).partition(".")
    asked = _PROTECTIVE.get(suffix)
    if asked is None or line.value.strip().upper() != asked:
        return False
    if suffix == "enabled":
        return not is_enabled(reading, scope)
    return is_enabled(reading, scope) and value_in_force(reading, scope, suffix) != asked


def weakens(suffix: str, value: str) -> bool:
    """Whether a value protects less than another one would, so that only a person may set it."""
    protective = _PROTECTIVE.get(suffix)
    return protective is not None and value.strip().upper() != protective


def _is_true(value: str) -> bool:
    return value.strip().lower() == "true"
