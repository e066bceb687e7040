"""What this version certainly refuses to start on: unknown names, and switches that are none."""

from __future__ import annotations

from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.kinds import FAMILIES, SSL

_OF_A_POLICY = frozenset({"enabled", "verify_hostname", "trust_all", "trust_expired"})
_NEEDED = frozenset({"base_directory", "private_key", "public_certificate", "trusted_dir"})


def refuses_unknown(reading: Reading, key: str) -> bool:
    """Whether this version refuses to start on a name that it does not know."""
    if not reading.is_strict:
        return False
    return key.startswith(FAMILIES) or not reading.rules.refuses_only_own_names


def refuses_no_switch(reading: Reading, key: str) -> bool:
    """Whether this version refuses to start when a setting that should be a switch is none.

    Under strict validation it refuses an unknown name just as well; without, only known names
    have their values looked at.
    """
    rules = reading.rules
    if refuses_unknown(reading, key):
        return True
    if key.startswith(SSL):
        scope, _, suffix = key.removeprefix(SSL).partition(".")
        is_known = rules.named_policies or scope in rules.scopes
        return is_known and suffix in rules.suffixes & _OF_A_POLICY
    connectors = {f"{rules.bolt.removesuffix('bolt')}{name}" for name in ("bolt", "http", "https")}
    known = {rules.backup_enabled, *rules.strict_settings, *(f"{c}.enabled" for c in connectors)}
    return key in known


def refuses_no_address(reading: Reading, key: str) -> bool:
    """Whether this version refuses to start when a setting that should be an address is none."""
    rules = reading.rules
    connectors = rules.bolt.removesuffix("bolt")
    known = {
        *rules.advertised.values(),
        *rules.listen.values(),
        *(rules.default_advertised, rules.default_listen, rules.backup_listen),
        *(
            f"{connectors}{name}.{kind}_address"
            for name in ("bolt", "http", "https")
            for kind in ("advertised", "listen")
        ),
    }
    return rules.checks_addresses and key in known


def is_policy_in_use(reading: Reading, scope: str) -> bool:
    """Whether a policy is in force, as far as its own lines tell; in 3.5 any may be."""
    if reading.rules.named_policies:
        return True
    given = reading.policies.get(scope, {})
    return given.get("enabled", "").strip().lower() == "true"


def needs_path(reading: Reading, key: str) -> bool:
    """Whether this version does not start, or trusts nobody, when a path leads nowhere."""
    if not key.startswith(SSL):
        return False
    scope, _, suffix = key.removeprefix(SSL).partition(".")
    if not is_policy_in_use(reading, scope):
        return False
    return suffix in _NEEDED or (reading.rules.needs_revoked_dir and suffix == "revoked_dir")
