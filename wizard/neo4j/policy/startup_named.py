"""What 3.5 refuses of its freely named SSL policies, whose every one it loads when it starts.

Sources: SslPolicyConfigValidator and SslPolicyLoader of neo4j-kernel 3.5.35, asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wizard.neo4j.policy.reader import POLICIES, PolicyReader, policy_name, refused
from wizard.neo4j.versions import VersionRules

_SETTING = re.compile(r"dbms\.ssl\.policy\.(?P<name>[^.]+)\.?(?P<suffix>.+)?", re.DOTALL)
_OVERRIDES = ("private_key", "public_certificate", "trusted_dir", "revoked_dir")
_RESERVED = "legacy"
"""The policy 3.5 makes by itself for Bolt and HTTPS."""


def check_named_policies(values: Mapping[str, str], rules: VersionRules) -> None:
    """Refuse what no files could mend, in the order in which 3.5 looks.

    Raises:
        ConfError: with Neo4j's own message.
    """
    names = dict.fromkeys(_names(values, rules))
    for name in names:
        if f"{POLICIES}{name}.base_directory" not in values:
            key = f"{POLICIES}{name}.base_directory"
            raise refused(rules.missing_base_directory.format(key=key))
    for name in names:
        _check_policy(PolicyReader(values, rules, name))
    used = policy_name(values, rules)
    if used is not None and used not in {*names, _RESERVED}:
        raise refused(rules.unknown_policy.format(name=used))


def _names(values: Mapping[str, str], rules: VersionRules) -> Iterator[str]:
    for key in values:
        match = _SETTING.fullmatch(key)
        if match is None:
            continue
        if match["suffix"] not in rules.suffixes:
            raise refused(rules.bad_suffix.format(key=key))
        yield match["name"]


def _check_policy(policy: PolicyReader) -> None:
    if policy.name == _RESERVED:
        raise refused(
            "Legacy policy cannot be configured. Please migrate to new SSL policy system."
        )
    for suffix in _OVERRIDES:
        value = policy.given.get(suffix, "/")
        if not value.startswith("/"):
            raise refused(f"Paths must be absolute. Got {value}")
    if "private_key_password" in policy.given:
        raise refused("Loading private keys with passwords is not yet supported")
    policy.client_auth()
    for suffix in ("verify_hostname", "trust_all", "allow_key_generation"):
        policy.boolean(suffix, default=False)
