"""Policies that stand there and are not used, and uses of policies that do not stand there."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.in_force import applied_policies, is_enabled, migrated_names
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.telling import named, tell
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.near_names import nearest

_LEGACY = "legacy"
_CONNECTORS = ("bolt", "https")


def policies_not_enabled(reading: Reading) -> Iterator[Finding]:
    """Find policies of a scope with settings but without `enabled=true`; 4.0 and later."""
    for scope, given in reading.policies.items():
        if scope not in reading.rules.scopes or is_enabled(reading, scope):
            continue
        key = f"{PREFIX}{scope}.{next(iter(given))}"
        if given.get("enabled", "").strip().lower() == "false":
            yield _switched_off(reading, scope)
        elif "enabled" not in given and scope not in migrated_names(reading):
            yield tell(
                reading,
                Severity.WARNING,
                "policy-present-not-enabled",
                f"The {scope} policy has settings but is not enabled, so that Neo4j encrypts "
                "nothing by it.",
                f"Add {PREFIX}{scope}.enabled=true, or remove the policy's lines.",
                key=key,
            )


def _switched_off(reading: Reading, scope: str) -> Finding:
    return tell(
        reading,
        Severity.NOTE,
        "policy-switched-off",
        f"The {scope} policy is switched off, so that Neo4j encrypts nothing by it.",
        "Set it to true once keys and certificates are in their places on every server.",
        key=f"{PREFIX}{scope}.enabled",
    )


def policies_without_a_folder(reading: Reading) -> Iterator[Finding]:
    """Find policies of 3.5 without `base_directory`, and the name that can't be configured."""
    if reading.rules.base_directory_has_default:
        return
    whole = frozenset(n for n, given in reading.policies.items() if "base_directory" in given)
    for name, given in reading.policies.items():
        key = f"{PREFIX}{name}.{next(iter(given))}"
        if name == _LEGACY:
            yield _legacy(reading, key)
        elif name not in whole:
            near = nearest(name, whole).names
            missing = f"{PREFIX}{named(name)}.base_directory"
            yield tell(
                reading,
                Severity.ERROR,
                "policy-without-base-directory",
                f"The policy {named(name)} has no base_directory, and Neo4j refuses to start.",
                f"Did you mean the policy {' or '.join(map(named, near))}?"
                if near
                else f"Add {missing}, or remove the policy's lines.",
                key=key,
                evidence=reading.rules.missing_base_directory.format(key=missing),
            )


def _legacy(reading: Reading, key: str) -> Finding:
    words = "Legacy policy cannot be configured. Please migrate to new SSL policy system."
    return tell(
        reading,
        Severity.ERROR,
        "policy-name-reserved",
        "A policy named legacy can't be configured, and Neo4j refuses to start.",
        "Give the policy another name, also where it is used.",
        key=key,
        evidence=words,
    )


def policies_not_named(reading: Reading) -> Iterator[Finding]:
    """Find policies of 3.5 that no setting uses, and uses of policies that do not exist."""
    used = {reading.values.get(key, "").strip() for key in reading.rules.apply_setting.values()}
    for name in reading.policies if reading.rules.named_policies else ():
        has_folder = "base_directory" in reading.policies[name]
        if has_folder and name not in (*used, _LEGACY):
            yield _not_named(reading, name)
    for key in reading.rules.apply_setting.values():
        name = reading.values.get(key, _LEGACY).strip()
        if name not in (*reading.policies, _LEGACY, "null"):
            yield _not_defined(reading, key, name)


def _not_named(reading: Reading, name: str) -> Finding:
    """An error where a line was surely meant to use it: encryption was asked for, and is off."""
    uses = frozenset(reading.rules.apply_setting.values())
    slips = [
        nearest(key, uses, guess=False).names
        for key, value in reading.values.items()
        if value.strip() == name and "ssl" in key.lower()
    ]
    meant = next((names[0] for names in slips if names), None)
    return tell(
        reading,
        Severity.WARNING if meant is None else Severity.ERROR,
        "policy-present-not-enabled",
        f"No setting uses the policy {named(name)}, so that Neo4j encrypts nothing by it.",
        f"Name it with {meant or reading.rules.apply_setting['cluster']}={named(name)}"
        + ("." if meant else " if it is meant for the cluster."),
        key=f"{PREFIX}{name}.{next(iter(reading.policies[name]))}",
    )


def _not_defined(reading: Reading, key: str, name: str) -> Finding:
    near = nearest(name, frozenset(reading.policies)).names
    return tell(
        reading,
        Severity.ERROR,
        "policy-not-defined",
        f"{key} names the policy {named(name)}, which has no settings, and Neo4j refuses to start.",
        f"Did you mean {' or '.join(map(named, near))}?"
        if near
        else f"Add {PREFIX}{named(name)}.base_directory, or correct the name.",
        key=key,
        evidence=reading.rules.unknown_policy.format(name=named(name)),
    )


def other_channels(reading: Reading) -> Iterator[Finding]:
    """Find what a policy that is in use does not bring about by itself."""
    used = applied_policies(reading)
    if "cluster" in used and "backup" not in used:
        yield tell(
            reading,
            Severity.NOTE,
            "backup-policy-missing",
            "Beside the cluster policy there is none for backups: backups that read from a "
            "cluster port (6000) need one of their own, with a certificate this cluster trusts, "
            "and backups by port 6362 stay unencrypted.",
            _backup_hint(reading),
        )
    yield from _connectors(reading)


def scopes_without_use(reading: Reading) -> Iterator[Finding]:
    """Find policies of scopes that Neo4j takes and hardly uses, or not at all."""
    for scope in ("testing", "fabric"):
        if scope not in reading.policies or scope not in reading.rules.scopes:
            continue
        if scope == "testing" or not reading.rules.has_fabric:
            yield tell(
                reading,
                Severity.WARNING if scope == "testing" else Severity.NOTE,
                "policy-scope-without-use",
                "The scope testing is for Neo4j's own tests, so that nothing is encrypted by it."
                if scope == "testing"
                else f"The manual of Neo4j {reading.version} knows no scope fabric any more.",
                "Remove the policy's lines if nothing of yours needs them.",
                key=f"{PREFIX}{scope}.{next(iter(reading.policies[scope]))}",
            )


def _backup_hint(reading: Reading) -> str:
    setting = reading.rules.apply_setting.get("backup")
    if setting is not None:
        return f"Name a policy with {setting} if backups cross a network."
    return f"If backups cross a network, add a policy of the scope backup ({PREFIX}backup)."


def _connectors(reading: Reading) -> Iterator[Finding]:
    for scope in _CONNECTORS:
        if not is_enabled(reading, scope) or reading.rules.named_policies:
            continue
        connector = reading.rules.bolt.removesuffix("bolt") + scope
        key = f"{connector}.tls_level" if scope == "bolt" else f"{connector}.enabled"
        off = {"DISABLED", ""} if scope == "bolt" else {"FALSE", ""}
        if reading.values.get(key, "").strip().upper() in off:
            yield tell(
                reading,
                Severity.NOTE,
                "connector-not-encrypted",
                f"The {scope} policy is enabled, but {key} leaves the connector without it.",
                f"Set {key}={'REQUIRED' if scope == 'bolt' else 'true'} if clients shall use it.",
                key=key if key in reading.values else f"{PREFIX}{scope}.enabled",
            )
