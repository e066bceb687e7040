"""What Neo4j sees of the policy that protects its cluster ports."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy.reader import CLUSTER, PolicyReader, boolean_of, policy_name, values_of
from wizard.neo4j.versions import rules_for
from wizard.secret import Secret


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
        unknown_suffixes: what stands behind the policy's prefix and means nothing.
        name: the scope, or in 3.5 the name of the policy that is used, `cluster` when none is.
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
    name: str = CLUSTER


def policy_of(conf: Conf, version: Version, home: str) -> ClusterPolicy:
    """Return what Neo4j reads from a neo4j.conf.

    Raises:
        ConfError: with Neo4j's own message, when it refuses a value.
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
    name = policy_name(values, rules)
    read = PolicyReader(values, rules, name or CLUSTER)
    base = read.path("base_directory", "certificates/cluster", home)
    password = read.given.get("private_key_password")
    enabled = name is not None if rules.named_policies else read.boolean("enabled", default=False)
    return ClusterPolicy(
        enabled=enabled,
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
        ignore_dot_files=bool(rules.ignore_dot_files)
        and boolean_of(values, rules.ignore_dot_files, rules, default=False),
        name=read.name,
    )
