"""Whether Neo4j starts on a neo4j.conf, as far as the file alone decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.errors import ConfError
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.policy.cluster import ClusterPolicy, policy_of
from wizard.neo4j.policy.reader import boolean_of, refused, values_of
from wizard.neo4j.policy.startup_named import check_named_policies
from wizard.neo4j.versions import Duplicates, VersionRules, rules_for

_JAVA_PROTOCOLS = frozenset(  # sun.security.ssl.ProtocolVersion
    {"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3", "SSLv2Hello", "DTLSv1.2", "DTLSv1.0"}
)
_ANY_POLICY = re.compile(r"dbms\.ssl\.policy\.(?P<scope>[^.]+)\.(?P<suffix>.*)", re.DOTALL)


def startup_refusal(
    conf: Conf, version: Version, *, expand_commands: bool = False, home: str = "/"
) -> str | None:
    """Return the message with which Neo4j refuses to start on this neo4j.conf, or None.

    Only what is said here is checked: settings that stand twice, SSL scopes that don't exist,
    commands without leave to run them, and values of the cluster policy; in 3.5, where every
    policy is loaded, those of all of them. The words are those of Neo4j's own classes.

    Args:
        conf: the file as it stands.
        version: the version that starts.
        expand_commands: whether Neo4j was started with `--expand-commands`.
        home: NEO4J_HOME, which some messages name.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
    try:
        if boolean_of(values, rules.strict_settings, rules, default=rules.strict_by_default):
            _check_strictly(conf, values, rules)
        if rules.expands_commands and not expand_commands:
            _check_commands(values, rules)
        if rules.named_policies:
            check_named_policies(values, rules)
        policy = policy_of(conf, version, home)
    except ConfError as error:
        return error.message
    return _loader_refusal(values, rules, policy)


def unknown_scopes(conf: Conf, version: Version) -> tuple[str, ...]:
    """Return the settings of SSL policies whose scope does not exist, in the file's order."""
    return _unknown_scopes(values_of(conf, version), rules_for(version))


def _unknown_scopes(values: Mapping[str, str], rules: VersionRules) -> tuple[str, ...]:
    if rules.named_policies:
        return ()
    found = ((key, _ANY_POLICY.fullmatch(key)) for key in values)
    return tuple(k for k, match in found if match and match["scope"].lower() not in rules.scopes)


def _loader_refusal(
    values: Mapping[str, str], rules: VersionRules, policy: ClusterPolicy
) -> str | None:
    """What SslPolicyLoader refuses whatever its files hold.

    The scope is read without regard to case when policies are counted, and with regard to it when
    their settings are: a policy of `CLUSTER` is never enabled and still is one too many.
    """
    if not policy.enabled or rules.named_policies:
        return None
    scopes = {match["scope"] for key in values if (match := _ANY_POLICY.fullmatch(key))}
    if sum(scope.lower() == "cluster" for scope in scopes) > 1:
        return "Can not have multiple SslPolicies configured for CLUSTER"
    if rules.checks_tls_versions and policy.ciphers is None:
        for version in policy.tls_versions:
            if version not in _JAVA_PROTOCOLS:
                return f"Unsupported protocol: {version}"
    return None


def _check_strictly(conf: Conf, values: Mapping[str, str], rules: VersionRules) -> None:
    if rules.duplicates is Duplicates.FATAL and conf.duplicates:
        raise refused(f"{conf.duplicates[0]} declared multiple times.")
    for key in _unknown_scopes(values, rules):
        raise refused(rules.unknown_setting.format(key=key))


def _check_commands(values: Mapping[str, str], rules: VersionRules) -> None:
    """A command is refused only where Neo4j knows the setting, as its value is never read else."""
    for key, value in values.items():
        match = _ANY_POLICY.fullmatch(key)
        is_known = match is None or (
            match["scope"] in rules.scopes and match["suffix"] in rules.suffixes
        )
        if is_known and is_command(value):
            raise refused(rules.bad_command.format(key=key, value=value))
