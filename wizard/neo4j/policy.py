"""The cluster SSL policy: the lines that switch it on, and what Neo4j makes of those that stand.

Neo4j ignores a suffix it does not know without a word, so an unknown one is reported here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import join
from typing import TypeVar

from wizard.errors import ConfError
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.path_values import as_java_reads
from wizard.neo4j.versions import VersionRules, rules_for
from wizard.secret import Secret

PREFIX = "dbms.ssl.policy.cluster."
PASSWORD = PREFIX + "private_key_password"
_Default = TypeVar("_Default")
_JAVA_PROTOCOLS = frozenset({"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3", "SSLv2Hello"})
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
    read = _Reader(conf, rules)
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
        ignore_dot_files=any(
            (conf.get(key) or "").strip().lower() == "true" for key in rules.ignore_dot_files
        ),
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
    if is_strict(conf, rules) and (message := _strict_refusal(conf, rules)) is not None:
        return message
    if not expand_commands:
        for key, value in conf.values.items():
            if is_command(value):
                return (
                    f"Error evaluating value for setting '{key}'. {value.strip()} is a command, "
                    "but config is not explicitly told to expand it. "
                    "(Missing --expand-commands argument?)"
                )
    try:
        policy = policy_of(conf, version, home)
    except ConfError as error:
        return error.message
    return _loader_refusal(conf, rules, policy)


def is_strict(conf: Conf, rules: VersionRules) -> bool:
    """Whether Neo4j validates this neo4j.conf strictly."""
    value = conf.get(rules.strict_setting, str(rules.strict_by_default)) or ""
    return value.strip().lower() == "true"


def unknown_scopes(conf: Conf, version: Version) -> tuple[str, ...]:
    """Return the settings of SSL policies whose scope does not exist, in the file's order."""
    scopes = rules_for(version).scopes
    found = ((key, _ANY_POLICY.fullmatch(key)) for key in conf.values)
    return tuple(key for key, match in found if match and match["scope"].lower() not in scopes)


def _loader_refusal(conf: Conf, rules: VersionRules, policy: ClusterPolicy) -> str | None:
    """What SslPolicyLoader refuses before it has opened a file.

    The scope is read without regard to case when policies are counted, and with regard to it when
    their settings are: a policy of `CLUSTER` is never enabled and still is one too many.
    """
    scopes = {match["scope"] for key in conf.values if (match := _ANY_POLICY.fullmatch(key))}
    if sum(scope.lower() == "cluster" for scope in scopes) > 1:
        return "Can not have multiple SslPolicies configured for CLUSTER"
    if policy.enabled and rules.checks_tls_versions:
        for version in policy.tls_versions:
            if version not in _JAVA_PROTOCOLS:
                return f"Unsupported protocol: {version}"
    return None


def _strict_refusal(conf: Conf, rules: VersionRules) -> str | None:
    # 4.4 only warns of a setting that stands twice, strict or not.
    if rules.strict_by_default and conf.duplicates:
        return f"{conf.duplicates[0]} declared multiple times."
    for key in unknown_scopes(conf, rules.version):
        message = f"Unrecognized setting. No declared setting with name: {key}"
        if not rules.strict_by_default:
            return message
        return f"{message}. Cleanup the config or disable '{rules.strict_setting}' to continue."
    return None


class _Reader:
    """The settings of the cluster scope by suffix, parsed by Neo4j's rules."""

    def __init__(self, conf: Conf, rules: VersionRules) -> None:
        self.version = rules.version
        self.given = {
            key.removeprefix(PREFIX): value
            for key, value in conf.values.items()
            if key.startswith(PREFIX)
        }

    def path(self, suffix: str, default: str, parent: str) -> str:
        """Return a path below its parent, which may not lead out of it with `..`."""
        value = as_java_reads(self.given.get(suffix, default), self.version)
        found = join(parent, value) if value else parent
        if ".." in found.split("/"):
            key = PREFIX + suffix
            raise _refused(
                suffix,
                f"Failed to validate '{found}' for '{key}': '{found}' is not a normalized path.",
            )
        return found

    def boolean(self, suffix: str, *, default: bool) -> bool:
        value = self.given.get(suffix, str(default)).strip()
        if value.lower() in {"true", "false"}:
            return value.lower() == "true"
        raise _refused(suffix, f"'{value}' is not a valid boolean value, must be 'true' or 'false'")

    def listed(self, suffix: str, default: _Default) -> tuple[str, ...] | _Default:
        value = self.given.get(suffix)
        if value is None:
            return default
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def client_auth(self) -> ClientAuth:
        value = self.given.get("client_auth", "REQUIRE").strip()
        try:
            return ClientAuth(value.upper())
        except ValueError:
            raise _refused(
                "client_auth", f"'{value}' not one of [NONE, OPTIONAL, REQUIRE]"
            ) from None


def _refused(suffix: str, reason: str) -> ConfError:
    return ConfError(
        f"Error evaluating value for setting '{PREFIX}{suffix}'. {reason}",
        hint="Neo4j would refuse to start with this line; correct it in neo4j.conf.",
        code="setting-refused",
    )
