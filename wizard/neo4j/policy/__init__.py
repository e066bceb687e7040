"""The cluster SSL policy: the lines that switch it on, and what Neo4j makes of those that stand.

Neo4j ignores a suffix it does not know without a word, so an unknown one is reported here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import join

from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, same_key
from wizard.neo4j.policy.cluster import ClusterPolicy, policy_of
from wizard.neo4j.policy.migration import named_before
from wizard.neo4j.policy.reader import CLUSTER, PREFIX, policy_name, values_of
from wizard.neo4j.policy.startup import startup_refusal, unknown_scopes
from wizard.neo4j.versions import rules_for

__all__ = [
    "PASSWORD",
    "PASSWORD_FILE",
    "ClusterPolicy",
    "left_over",
    "named_policy",
    "other_uses",
    "password_command",
    "password_file",
    "policy_of",
    "policy_settings",
    "startup_refusal",
    "unknown_scopes",
]

PASSWORD = PREFIX + "private_key_password"
PASSWORD_FILE = "private.password"  # noqa: S105 - the name of a file
_FILE_NAMES = {
    "private_key": "private.key",
    "public_certificate": "public.crt",
    "trusted_dir": "trusted",
    "revoked_dir": "revoked",
}
_COMMAND = re.compile(r"\$\(/bin/cat (?P<file>/[A-Za-z0-9._/+-]*)\)")


def password_command(base_directory: str) -> str | None:
    """Return the value that lets Neo4j print the password's file beside the private key.

    None where the path has a letter that Neo4j might take for more than a letter when it takes
    the command apart; no shell does that (Operations Manual, Command expansion).

    Args:
        base_directory: absolute.
    """
    command = f"$(/bin/cat {join(base_directory, PASSWORD_FILE)})"
    return command if _COMMAND.fullmatch(command) else None


def password_file(value: str) -> str | None:
    """Return the file that a value of ours lets Neo4j print; None for any other value."""
    match = _COMMAND.fullmatch(value.strip())
    return match["file"] if match else None


def policy_settings(
    version: Version,
    *,
    base_directory: str,
    client_auth: ClientAuth,
    verify_hostname: bool,
    tls_versions: Sequence[str],
    with_password: bool,
    command: str | None = None,
) -> tuple[tuple[str, str | None], ...]:
    """Return every line of the cluster policy; the password's value is None, or the command.

    Nothing is left to a default, because defaults differ between versions; only 3.5 has its
    default file names, because names that are set would have to be absolute there. There is no
    line for ciphers: a fixed list is what goes out of date, and Java's own leaves CBC out where
    it must.

    Args:
        version: the Neo4j version the lines are for.
        base_directory: absolute, or relative to NEO4J_HOME; with forward slashes.
        client_auth: whether a peer that connects must show a certificate.
        verify_hostname: whether a server checks the name of the peer it dials.
        tls_versions: such as `("TLSv1.2", "TLSv1.3")`.
        with_password: whether the private key has a password.
        command: what stands in neo4j.conf instead of the password and prints it.

    Raises:
        BlockedError: when nothing is known about the version.
        ValueError: a key with a password is asked for where Neo4j can't open one.
    """
    rules = rules_for(version)
    if with_password and not rules.key_passwords:
        raise ValueError(f"Neo4j {version} can't open a private key with a password")
    lines: dict[str, str | None] = {
        **({} if rules.named_policies else {"enabled": "true"}),
        "base_directory": base_directory,
        **({"private_key_password": command} if with_password else {}),
        **({} if rules.absolute_overrides else _FILE_NAMES),
        "client_auth": client_auth.value,
        "verify_hostname": str(verify_hostname).lower(),
        "tls_versions": ",".join(tls_versions),
    }
    policy = tuple((PREFIX + suffix, value) for suffix, value in lines.items())
    if rules.named_policies:
        return ((rules.apply_setting[CLUSTER], CLUSTER), *policy)
    return policy


def named_policy(conf: Conf, version: Version) -> str | None:
    """Return the freely named policy that protects the cluster; None from 4.0 on, or without one.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    return policy_name(values_of(conf, version), rules) if rules.named_policies else None


def other_uses(conf: Conf, version: Version) -> tuple[str, ...]:
    """Return the settings that use a policy named `cluster` for anything but the cluster's ports.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    if not rules.named_policies:
        return ()
    values = values_of(conf, version)
    keys = (key for use, key in rules.apply_setting.items() if use != CLUSTER)
    return tuple(key for key in keys if values.get(key, "").strip() == CLUSTER)


def left_over(conf: Conf, version: Version, *, with_password: bool) -> tuple[str, ...]:
    """Return the settings of an earlier policy that would break or weaken the one written here.

    Args:
        conf: neo4j.conf as it stands.
        version: the version that reads it.
        with_password: whether the private key will have a password.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    suffixes = {"ciphers", "trust_all"}
    if not with_password:
        suffixes.add("private_key_password")
    if rules.absolute_overrides:
        suffixes |= {*_FILE_NAMES, "allow_key_generation"}
    unwanted = {PREFIX + suffix for suffix in suffixes}
    # 4.x would put an older policy of 3.5's kind in the place of the cluster's.
    unwanted |= named_before(conf.values, CLUSTER) if rules.migrates_named_policies else set()
    standing = conf.values if rules.named_policies else {same_key(key) for key in conf.values}
    return tuple(sorted(unwanted & set(standing)))
