"""SSL policies, version by version: their settings, defaults and what the loader checks."""

from __future__ import annotations

from types import MappingProxyType

from wizard.neo4j.versions.fact import always, since

_THREE = frozenset(
    {
        *("base_directory", "private_key", "private_key_password", "public_certificate"),
        *("trusted_dir", "revoked_dir", "client_auth", "verify_hostname", "tls_versions"),
        *("ciphers", "trust_all", "allow_key_generation"),
    }
)
_FOUR = _THREE - {"allow_key_generation"} | {"enabled"}
NAMED_BY = MappingProxyType(
    {
        "cluster": "causal_clustering.ssl_policy",
        "backup": "dbms.backup.ssl_policy",
        "bolt": "bolt.ssl_policy",
        "https": "https.ssl_policy",
    }
)
"""What a policy is used for, and the setting of 3.5 that names it."""

_NONE: MappingProxyType[str, str] = MappingProxyType({})
_MANUAL = "Operations Manual, SSL framework"


class TlsFacts:
    """What an SSL policy is and what holds where it says nothing."""

    __slots__ = ()

    named_policies = since(
        "Operations Manual 3.5 and 4.0, SSL framework", ("3.5", True), ("4.0", False)
    )
    """Whether policies have free names, of which another setting chooses one."""

    apply_setting = since(
        "Operations Manual 3.5, SSL framework; SettingMigrators.SslPolicyMigrator of 4.x",
        ("3.5", NAMED_BY),
        ("4.0", _NONE),
    )
    """By what a policy is used for, the setting that names the policy."""

    migrates_named_policies = since(
        "SettingMigrators.SslPolicyMigrator of 4.4.48, asked; 5 has none",
        ("3.5", False),
        ("4.0", True),
        ("5.0", False),
    )
    """Whether 3.5's settings that choose a policy turn it into that of a scope, and enable it."""

    scopes = since(
        "SslPolicyScope",
        ("3.5", frozenset[str]()),
        ("4.0", frozenset({"bolt", "https", "cluster", "backup", "fabric", "testing"})),
    )
    """Every scope there is; none where policies have free names."""

    suffixes = since(
        "SslPolicyConfig; trust_expired is declared by that of 5.14.0, not by that of 5.13.0",
        ("3.5", _THREE),
        ("4.0", _FOUR),
        ("5.14", _FOUR | {"trust_expired"}),
    )
    """Every suffix of `dbms.ssl.policy.SCOPE.` that means something."""

    checks_suffixes = since(
        "SslPolicyConfigValidator of 3.5; Config.getActiveSettings of 4.0 and later",
        ("3.5", True),
        ("4.0", False),
    )
    """Whether an unknown suffix stops the start; else it is ignored without a word."""

    base_directory_has_default = since(
        "SslPolicyConfig of 3.5 and 4.0", ("3.5", False), ("4.0", True)
    )
    """Whether base_directory may be left out: `certificates/SCOPE` holds then."""

    absolute_overrides = since(
        "SslPolicyConfig of 3.5 (`Paths must be absolute`) and 4.0", ("3.5", True), ("4.0", False)
    )
    """Whether the paths below base_directory must be absolute where they are set."""

    trusts_itself = since(
        "Operations Manual 3.5, intra-cluster encryption: trusted/ holds that of every member",
        ("3.5", True),
        ("4.0", False),
    )
    """Whether a server's own self-signed certificate belongs into its trusted/, too."""

    encrypts_discovery = since(
        "SslHazelcastCoreTopologyService is closed; open builds of 3.4 to 3.6 have no TLS there",
        ("3.5", False),
        ("4.0", True),
    )
    """Whether every build that there is puts the cluster policy before its discovery port."""

    needs_revoked_dir = since("SslPolicyLoader of 3.5 and 4.0", ("3.5", True), ("4.0", False))
    """Whether a missing revoked/ stops the start."""

    trusted_dir_may_be_missing = since(
        "SslPolicyLoader of 3.5.35, 4.1.13 and 4.2.19, asked",
        ("3.5", False),
        ("4.2", True),
    )
    """Whether Neo4j starts without trusted/ under client_auth REQUIRE, and then trusts nobody."""

    tls_versions = since(
        f"{_MANUAL}, tls_versions: TLSv1.3 joined the default in 5.24",
        ("3.5", ("TLSv1.2",)),
        ("5.24", ("TLSv1.2", "TLSv1.3")),
    )
    """What tls_versions is when it is not set."""

    verify_hostname = since(
        f"{_MANUAL}; Breaking changes between 5 and 2025.01", ("3.5", False), ("2025.01", True)
    )
    """What verify_hostname is when it is not set."""

    warns_of_verify_hostname = since(
        "SslPolicyLoader of 4.4 and 5", ("3.5", False), ("5.0", True), ("2025.01", False)
    )
    """Whether debug.log warns where verify_hostname is not set and therefore off."""

    checks_tls_versions = since(
        "SslPolicy of neo4j-ssl 2025.10.1 builds a context as it loads, that of 2025.09.0 not",
        ("3.5", False),
        ("2025.10", True),
    )
    """Whether a TLS version Java does not know stops the start."""

    ignore_dot_files = since(
        "GraphDatabaseInternalSettings; 5 and later take the name of 4.4 too",
        ("3.5", ()),
        ("4.0", ("unsupported.dbms.ssl.system.ignore_dot_files",)),
        (
            "5.0",
            (
                "internal.dbms.ssl.system.ignore_dot_files",
                "unsupported.dbms.ssl.system.ignore_dot_files",
            ),
        ),
    )
    """The settings that keep hidden files in trusted/ and revoked/ unread; the first counts."""

    has_fabric = since(
        "Operations Manual 4.x and 5, SSL framework",
        ("3.5", False),
        ("4.0", True),
        ("5.0", False),
    )
    """Whether the manual knows a `fabric` scope, for queries across clusters."""

    reloads_certificates = since(
        f"{_MANUAL}, certificate rotation", ("3.5", False), ("2025.03", True)
    )
    """Whether certificates can be exchanged without a restart, once that is switched on."""

    reload_setting = always(f"{_MANUAL}, certificate rotation", "dbms.security.tls_reload_enabled")
    """The setting that allows it where it exists; changing it needs a restart."""

    reload_procedure = always(f"{_MANUAL}, certificate rotation", "CALL dbms.security.reloadTLS()")
    """What to run on each server, over a connection to that very server."""
