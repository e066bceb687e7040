"""What differs between Neo4j versions, as data: one row a fact, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wizard.errors import BlockedError
from wizard.model.cluster import Channel
from wizard.model.version import Version

OLDEST = Version(4, 4)
"""The oldest version worked on: what came before has other setting names or other rules."""

NEWEST_KNOWN = Version(2026, 8)
"""The newest version the facts were read for (Operations Manual, branch 2026.08)."""

_TLS_13_BY_DEFAULT = Version(5, 24)
"""Operations Manual 5, SSL framework, tls_versions: TLSv1.3 joined the default in 5.24."""

_TRUST_EXPIRED = Version(5, 14)
"""SslPolicyConfig of neo4j-configuration 5.14.0 declares it, that of 5.13.0 does not."""

_ASKS_JAVA_FOR_CIPHERS = Version(2025, 10)
"""SslPolicy of neo4j-ssl 2025.10.1 builds a context as it loads, that of 2025.09.0 does not."""

_IGNORE_DOT_FILES = (
    "internal.dbms.ssl.system.ignore_dot_files",
    "unsupported.dbms.ssl.system.ignore_dot_files",
)
"""From 5.0 on Config takes the older name for the newer one where that does not stand."""

_TLS_RELOAD = Version(2025, 3)
"""Operations Manual, SSL framework, certificate rotation: dbms.security.tls_reload_enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRules:
    """The facts about one version.

    Attributes:
        newer_than_known: the rules of the newest known version stand in for this one's.
        tls_versions: what `tls_versions` is when it is not set.
        verify_hostname: what `verify_hostname` is when it is not set.
        strict_by_default: whether an unknown or repeated setting stops the start unless that is
            switched off with the first of `strict_settings` that stands.
        password_on_plain_key_is_fatal: a password set for a key without one stops the start.
        old_key_formats: PKCS#1, SEC1 and 3DES keys load too (BouncyCastle reads them).
        json_debug_log: debug.log is JSON Lines in a fresh installation.
        connected_protocol: what stands in the brackets of a `Connected to` line.
        advertised, listen: the names of the address settings, by channel.
        backup_listen: the name of the backup listener's setting; it has no advertised address.
        default_advertised, default_listen: the settings that give the addresses their host.
        logs_directory: the setting that moves the log folder.
        suffixes: every suffix of `dbms.ssl.policy.SCOPE.` that means something.
        checks_tls_versions: a TLS version Java does not know stops the start.
        ignore_dot_files: the settings that keep hidden files in trusted/ and revoked/ unread;
            the first one that stands counts.
        scopes: every scope there is.
        reloads_certificates: certificates can be exchanged without a restart, if switched on.
        has_fabric: a `fabric` scope exists, for queries across clusters.
    """

    version: Version
    newer_than_known: bool
    tls_versions: tuple[str, ...]
    verify_hostname: bool
    strict_by_default: bool
    strict_settings: tuple[str, ...]
    password_on_plain_key_is_fatal: bool
    old_key_formats: bool
    json_debug_log: bool
    connected_protocol: str
    advertised: Mapping[Channel, str]
    listen: Mapping[Channel, str]
    backup_listen: str
    default_advertised: str
    default_listen: str
    logs_directory: str
    suffixes: frozenset[str]
    checks_tls_versions: bool
    ignore_dot_files: tuple[str, ...]
    scopes: frozenset[str]
    reloads_certificates: bool
    has_fabric: bool

    @property
    def has_discovery_port(self) -> bool:
        """Whether there is a port for discovery alone (5000)."""
        return Channel.DISCOVERY in self.advertised


DEFAULT_PORTS = MappingProxyType(
    {
        Channel.DISCOVERY: 5000,
        Channel.CLUSTER: 6000,
        Channel.RAFT: 7000,
        Channel.ROUTING: 7688,
        Channel.BACKUP: 6362,
        Channel.BOLT: 7687,
        Channel.HTTP: 7474,
    }
)
"""Operations Manual, Ports; the same in every version from 4.4 on."""

_NAMES_4 = MappingProxyType(
    {
        Channel.DISCOVERY: "causal_clustering.discovery",
        Channel.CLUSTER: "causal_clustering.transaction",
        Channel.RAFT: "causal_clustering.raft",
        Channel.ROUTING: "dbms.routing",
    }
)
"""Operations Manual 4.4, Ports: the dot before `advertised_address` is an underscore in some."""

_NAMES_5 = MappingProxyType(
    {
        Channel.DISCOVERY: "server.discovery.",
        Channel.CLUSTER: "server.cluster.",
        Channel.RAFT: "server.cluster.raft.",
        Channel.ROUTING: "server.routing.",
    }
)
"""Operations Manual 5, Ports."""

_STRICT_4 = "dbms.config.strict_validation"
_STRICT_5 = "server.config.strict_validation.enabled"

_SUFFIXES = frozenset(
    {
        *("enabled", "base_directory", "private_key", "private_key_password"),
        *("public_certificate", "trusted_dir", "revoked_dir", "client_auth", "verify_hostname"),
        *("tls_versions", "ciphers", "trust_all"),
    }
)
"""SslPolicyConfig of 4.4."""


def refusal(version: Version) -> str | None:
    """Return why a version is not worked on, as one full sentence, or None when it is."""
    if version < Version(4, 0):
        return (
            f"Neo4j {version} names its SSL policies in another way, and this wizard does not "
            "work on it yet; it works on 4.4, 5 and the versions from 2025.01 on."
        )
    if version < OLDEST:
        return (
            f"Neo4j {version} is older than 4.4, the oldest version this wizard works on; "
            "upgrade the cluster to 4.4 or later first."
        )
    if Version(5, 0) > version >= Version(4, 5) or Version(6, 0) <= version < Version(2025, 0):
        return f"There is no Neo4j {version}; look at the version in the answers."
    return None


def rules_for(version: Version) -> VersionRules:
    """Return the rules of a version; a newer one than is known has the newest known rules.

    Raises:
        BlockedError: with code `version-unsupported`, when the version is not worked on.
    """
    if (reason := refusal(version)) is not None:
        raise BlockedError(reason, code="version-unsupported")
    is_4 = version < Version(5, 0)
    return VersionRules(
        version=version,
        newer_than_known=(version.major, version.minor) > (NEWEST_KNOWN.major, NEWEST_KNOWN.minor),
        tls_versions=("TLSv1.2",) if version < _TLS_13_BY_DEFAULT else ("TLSv1.2", "TLSv1.3"),
        # Operations Manual, Breaking changes between 5 and 2025.01, SSL framework.
        verify_hostname=version.is_calendar,
        # Operations Manual 5, server.config.strict_validation.enabled: true since 5.0.
        strict_by_default=not is_4,
        strict_settings=(_STRICT_4,) if is_4 else (_STRICT_5, _STRICT_4),
        # PemParser of 5: "Passphrase was provided but found un-encrypted private key."
        password_on_plain_key_is_fatal=not is_4,
        # PkiUtils of 4.4 reads keys with BouncyCastle; 5 reads them with the JDK alone.
        old_key_formats=is_4,
        # Operations Manual, Breaking changes between 5 and 2025.01, logging.
        json_debug_log=version.is_calendar,
        # Operations Manual 4.4 and 5, Kubernetes, verify cluster formation.
        connected_protocol="raft version:4.0" if is_4 else "RAFT version:1.0",
        advertised=_addresses(version, "advertised"),
        listen=_addresses(version, "listen"),
        backup_listen="dbms.backup.listen_address" if is_4 else "server.backup.listen_address",
        default_advertised=f"{'dbms' if is_4 else 'server'}.default_advertised_address",
        default_listen=f"{'dbms' if is_4 else 'server'}.default_listen_address",
        # Operations Manual 5, server.directories.logs; 4.4, dbms.directories.logs.
        logs_directory="dbms.directories.logs" if is_4 else "server.directories.logs",
        # trust_expired appears in SslPolicyConfig of 5.14, undocumented.
        suffixes=_SUFFIXES | ({"trust_expired"} if version >= _TRUST_EXPIRED else set()),
        checks_tls_versions=version >= _ASKS_JAVA_FOR_CIPHERS,
        # GraphDatabaseInternalSettings; 5 and later take the name of 4.4 too.
        ignore_dot_files=_IGNORE_DOT_FILES[1:] if is_4 else _IGNORE_DOT_FILES,
        # SslPolicyScope knows fabric and testing in every version.
        scopes=frozenset({"bolt", "https", "cluster", "backup", "fabric", "testing"}),
        reloads_certificates=version >= _TLS_RELOAD,
        has_fabric=is_4,
    )


def _addresses(version: Version, kind: str) -> Mapping[Channel, str]:
    if version < Version(5, 0):
        return MappingProxyType(
            {
                channel: f"{name}{'.' if channel is Channel.ROUTING else '_'}{kind}_address"
                for channel, name in _NAMES_4.items()
            }
        )
    # Operations Manual, Breaking changes: discovery moved to the cluster port in 2025.01.
    dropped = {Channel.DISCOVERY} if version.is_calendar else set()
    return MappingProxyType(
        {c: f"{name}{kind}_address" for c, name in _NAMES_5.items() if c not in dropped}
    )
