"""The cluster SSL policy: the lines that switch it on, and what Neo4j makes of those that stand.

Neo4j ignores a suffix it does not know without a word, so an unknown one is reported here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wizard.errors import ConfError
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.policy_reader import (
    PREFIX,
    PolicyReader,
    boolean_of,
    refused,
    refused_value,
    values_of,
)
from wizard.neo4j.versions import VersionRules, rules_for
from wizard.secret import Secret

PASSWORD = PREFIX + "private_key_password"
_JAVA_PROTOCOLS = frozenset(  # sun.security.ssl.ProtocolVersion
    {"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3", "SSLv2Hello", "DTLSv1.2", "DTLSv1.0"}
)
_ANY_POLICY = re.compile(r"dbms\.ssl\.policy\.(?P<scope>[^.]+)\.(?P<suffix>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPolicy:
    """What Neo4j sees of the cluster policy; every path is absolute.

    Attributes:
        tls_versions: as set, or the version's default.
        verify_hostname_is_set: whether neo4j.conf says it; 5.x warns when it does not.
        ciphers: None when the JVM's defaults hold.
        password: of the private key, trimmed as Neo4j trims it; None when not set, while an
            empty one counts as set.
        trust_expired: False has the own certificate's dates looked at when Neo4j starts.
        ignore_dot_files: hidden files in trusted/ and revoked/ are not read.
        unknown_suffixes: what stands behind `dbms.ssl.policy.cluster.` and means nothing.
    """

    enabled: bool
    base_directory: str
    private_key: str
    public_certificate: str
    trusted_dir: str
    revoked_dir: str
    client_auth: ClientAuth
    verify_hostname: bool
    verify_hostname_is_set: bool
    tls_versions: tuple[str, ...]
    ciphers: tuple[str, ...] | None
    trust_all: bool
    password: Secret | None
    unknown_suffixes: tuple[str, ...]
    trust_expired: bool = True
    ignore_dot_files: bool = False


def policy_settings(
    version: Version,
    *,
    base_directory: str,
    client_auth: ClientAuth,
    verify_hostname: bool,
    tls_versions: Sequence[str],
    with_password: bool,
) -> tuple[tuple[str, str | None], ...]:
    """Return every line of the cluster policy; the password's value is None.

    Nothing is left to a default, because defaults differ between versions. There is no line for
    ciphers: a fixed list is what goes out of date, and Java's own leaves CBC out where it must.

    Args:
        version: the Neo4j version the lines are for.
        base_directory: absolute, or relative to NEO4J_HOME; with forward slashes.
        client_auth: whether a peer that connects must show a certificate.
        verify_hostname: whether a server checks the name of the peer it dials.
        tls_versions: such as `("TLSv1.2", "TLSv1.3")`.
        with_password: whether the private key has a password.

    Raises:
        BlockedError: when the version is not worked on.
    """
    rules_for(version)
    lines: list[tuple[str, str | None]] = [
        ("enabled", "true"),
        ("base_directory", base_directory),
        ("private_key", "private.key"),
        ("public_certificate", "public.crt"),
        ("trusted_dir", "trusted"),
        ("revoked_dir", "revoked"),
        ("client_auth", client_auth.value),
        ("verify_hostname", str(verify_hostname).lower()),
        ("tls_versions", ",".join(tls_versions)),
    ]
    if with_password:
        lines.insert(2, ("private_key_password", None))
    return tuple((PREFIX + suffix, value) for suffix, value in lines)


def policy_of(conf: Conf, version: Version, home: str) -> ClusterPolicy:
    """Return what Neo4j reads from a neo4j.conf.

    Raises:
        ConfError: with Neo4j's own message, when it refuses a value.
        BlockedError: when the version is not worked on.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
    read = PolicyReader(values, version)
    base = read.path("base_directory", "certificates/cluster", home)
    password = read.given.get("private_key_password")
    return ClusterPolicy(
        enabled=read.boolean("enabled", default=False),
        base_directory=base,
        private_key=read.path("private_key", "private.key", base),
        public_certificate=read.path("public_certificate", "public.crt", base),
        trusted_dir=read.path("trusted_dir", "trusted", base),
        revoked_dir=read.path("revoked_dir", "revoked", base),
        client_auth=read.client_auth(),
        verify_hostname=read.boolean("verify_hostname", default=rules.verify_hostname),
        verify_hostname_is_set="verify_hostname" in read.given,
        tls_versions=read.listed("tls_versions", rules.tls_versions),
        ciphers=read.listed("ciphers", None),
        trust_all=read.boolean("trust_all", default=False),
        password=None if password is None else Secret(password.strip()),
        unknown_suffixes=tuple(sorted(set(read.given) - rules.suffixes)),
        trust_expired="trust_expired" not in rules.suffixes
        or read.boolean("trust_expired", default=True),
        ignore_dot_files=boolean_of(values, rules.ignore_dot_files, default=False),
    )


def startup_refusal(
    conf: Conf, version: Version, *, expand_commands: bool = False, home: str = "/"
) -> str | None:
    """Return the message with which Neo4j refuses to start on this neo4j.conf, or None.

    Only what is said here is checked: settings that stand twice, SSL scopes that don't exist,
    commands without leave to run them, and values of the cluster policy. The words are those of
    Config and SettingValueParsers in 4.4 and 5.

    Args:
        conf: the file as it stands.
        version: the version that starts.
        expand_commands: whether Neo4j was started with `--expand-commands`.
        home: NEO4J_HOME, which some messages name.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
    try:
        if boolean_of(values, rules.strict_settings, default=rules.strict_by_default):
            _check_strictly(conf, rules)
        if not expand_commands:
            _check_commands(values, rules)
        policy = policy_of(conf, version, home)
    except ConfError as error:
        return error.message
    return _loader_refusal(conf, rules, policy)


def unknown_scopes(conf: Conf, version: Version) -> tuple[str, ...]:
    """Return the settings of SSL policies whose scope does not exist, in the file's order."""
    scopes = rules_for(version).scopes
    found = ((key, _ANY_POLICY.fullmatch(key)) for key in conf.values)
    return tuple(key for key, match in found if match and match["scope"].lower() not in scopes)


def _loader_refusal(conf: Conf, rules: VersionRules, policy: ClusterPolicy) -> str | None:
    """What SslPolicyLoader refuses whatever its files hold.

    The scope is read without regard to case when policies are counted, and with regard to it when
    their settings are: a policy of `CLUSTER` is never enabled and still is one too many.
    """
    if not policy.enabled:
        return None
    scopes = {match["scope"] for key in conf.values if (match := _ANY_POLICY.fullmatch(key))}
    if sum(scope.lower() == "cluster" for scope in scopes) > 1:
        return "Can not have multiple SslPolicies configured for CLUSTER"
    if rules.checks_tls_versions and policy.ciphers is None:
        for version in policy.tls_versions:
            if version not in _JAVA_PROTOCOLS:
                return f"Unsupported protocol: {version}"
    return None


def _check_strictly(conf: Conf, rules: VersionRules) -> None:
    # 4.4 only warns of a setting that stands twice, strict or not.
    if rules.strict_by_default and conf.duplicates:
        raise refused(f"{conf.duplicates[0]} declared multiple times.")
    for key in unknown_scopes(conf, rules.version):
        message = f"Unrecognized setting. No declared setting with name: {key}"
        if rules.strict_by_default:
            message += f". Cleanup the config or disable '{rules.strict_settings[0]}' to continue."
        raise refused(message)


def _check_commands(values: Mapping[str, str], rules: VersionRules) -> None:
    """A command is refused only where Neo4j knows the setting, as its value is never read else."""
    for key, value in values.items():
        match = _ANY_POLICY.fullmatch(key)
        is_known = match is None or (
            match["scope"] in rules.scopes and match["suffix"] in rules.suffixes
        )
        if is_known and is_command(value):
            raise refused_value(
                key,
                f"{value} is a command, but config is not explicitly told to expand it. "
                "(Missing --expand-commands argument?)",
            )
