"""An issuing CA below the cluster's root, which may only sign for the names of this cluster.

Name constraints count only here: Java reads none of those on a certificate that it trusts (PKIX
validation begins below the anchor). So trusted/ holds the root, and every server sends its leaf
with this CA behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network

from cryptography import x509

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm
from wizard.pki.authority import (
    BACKDATE,
    LIFETIME_DAYS,
    Authority,
    authority_builder,
    authority_name,
    check_cluster_name,
    signature_hash,
)
from wizard.pki.host_names import alternative_names
from wizard.pki.keys import make_key

PROBE_DOMAIN = "neo4j-tls.invalid"
"""Always permitted, so that the wizard's own probes can be issued; nobody can have such a name."""

MOST_LIMITS = 400
"""Names and addresses of the whole cluster; a handshake of Java 17 holds 32 KiB of certificates."""

_EVERY_NETWORK = ("0.0.0.0/0", "::/0")


def make_intermediate(
    root: Authority,
    cluster: str,
    now: datetime,
    *,
    dns_names: Sequence[str] = (),
    ip_addresses: Sequence[str] = (),
    limited: bool = True,
    lifetime_days: int = LIFETIME_DAYS,
    algorithm: KeyAlgorithm = KeyAlgorithm.EC_P256,
) -> Authority:
    """Make the CA that issues the leaves; it never outlives the root, and signs no other CA.

    Args:
        root: made with a path length of 1.
        cluster: the cluster's name.
        now: aware time.
        dns_names: what leaves may be called: these names, and all names below them. Java holds
            the common name of a leaf without DNS names to them, too.
        ip_addresses: the addresses that leaves may have; none forbids all of them.
        limited: False leaves out the limits, so that it may sign for any name.
        lifetime_days: counted from now.
        algorithm: the kind of key.

    Raises:
        MaterialError: the root may have no CA below it or has ended, or a name is refused.
    """
    _check_root(root, now)
    check_cluster_name(cluster)
    key = make_key(algorithm)
    serial = x509.random_serial_number()
    above = root.certificate
    identifier = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    own = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    builder = authority_builder(
        authority_name("Neo4j issuing CA", cluster, now, serial),
        key=key,
        serial=serial,
        begins=max(now - BACKDATE, above.not_valid_before_utc),
        ends=min(now + timedelta(days=lifetime_days), above.not_valid_after_utc),
        path_length=0,
    )
    builder = builder.issuer_name(above.subject).add_extension(own, critical=False)
    if limited:
        builder = builder.add_extension(_limits(dns_names, ip_addresses), critical=True)
    certificate = builder.sign(root.key, signature_hash(root.key))
    return Authority(certificate=certificate, key=key, above=above)


def _check_root(root: Authority, now: datetime) -> None:
    limits = root.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    if limits.path_length == 0:
        raise MaterialError(
            "This CA may have no other CA below it.",
            hint="Make a CA anew that may, or let it issue the servers' certificates itself.",
        )
    if root.certificate.not_valid_after_utc <= now:
        raise MaterialError(
            f"The CA ended on {root.certificate.not_valid_after_utc:%Y-%m-%d}.",
            hint="Make a CA anew and give every server a certificate of it.",
            code="leaf-expired",
        )


def _limits(dns_names: Sequence[str], ip_addresses: Sequence[str]) -> x509.NameConstraints:
    """RFC 5280 section 4.2.1.10: a kind of name that is not limited is permitted as a whole."""
    wanted = [((name,), ()) for name in (*dns_names, PROBE_DOMAIN)]
    wanted_addresses = [((), (address,)) for address in ip_addresses]
    checked = [alternative_names(*one) for one in (*wanted, *wanted_addresses)]
    names = dict.fromkeys(name for found, _ in checked for name in found)
    addresses = dict.fromkeys(address for _, found in checked for address in found)
    if len(names) + len(addresses) > MOST_LIMITS:
        raise MaterialError(
            f"A CA limited to {len(names) + len(addresses)} names is too large for a handshake.",
            hint="Set `trust.name_constraints` to false in the answers.",
        )
    permitted: list[x509.GeneralName] = [*map(x509.DNSName, names)]
    permitted += [x509.IPAddress(ip_network(address)) for address in addresses]
    excluded = [x509.IPAddress(ip_network(every)) for every in _EVERY_NETWORK]
    return x509.NameConstraints(permitted, None if addresses else excluded)
