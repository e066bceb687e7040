"""An issuing CA below the cluster's root, which may only sign for the names of this cluster.

Name constraints count only here: Java reads none of those on a certificate that it trusts (PKIX
validation begins below the anchor). So trusted/ holds the root, and every server sends its leaf
with this CA behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm
from wizard.pki.authority import (
    BACKDATE,
    LIFETIME_DAYS,
    Authority,
    authority_builder,
    authority_certificate_pem,
    authority_name,
    check_cluster_name,
    signature_hash,
)
from wizard.pki.host_names import alternative_names
from wizard.pki.keys import make_key
from wizard.pki.material import AUTHORITY_FILE, MaterialSet

PROBE_DOMAIN = "neo4j-tls.invalid"
"""Always permitted, so that the wizard's own probes can be issued; nobody can have such a name."""

_EVERY_NETWORK = ("0.0.0.0/0", "::/0")


def make_intermediate(
    root: Authority,
    cluster: str,
    now: datetime,
    *,
    dns_names: Sequence[str],
    ip_addresses: Sequence[str],
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
    certificate = (
        builder.issuer_name(above.subject)
        .add_extension(_limits(tuple(dns_names), tuple(ip_addresses)), critical=True)
        .add_extension(own, critical=False)
        .sign(root.key, signature_hash(root.key))
    )
    return Authority(certificate=certificate, key=key)


def below_root(made: MaterialSet, intermediate: Authority, root: x509.Certificate) -> MaterialSet:
    """Return what an intermediate issued as Neo4j needs it.

    Every public.crt holds the leaf and behind it the intermediate, and every trusted/ the root
    alone: with the intermediate there its limits would not count.
    """
    between = authority_certificate_pem(intermediate)
    trusted = ((AUTHORITY_FILE, root.public_bytes(Encoding.PEM)),)
    return MaterialSet(
        servers=MappingProxyType(
            {
                name: replace(
                    made[name],
                    certificate_pem=made[name].certificate_pem + between,
                    trusted=trusted,
                )
                for name in made
            }
        )
    )


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


def _limits(dns_names: tuple[str, ...], ip_addresses: tuple[str, ...]) -> x509.NameConstraints:
    """RFC 5280 section 4.2.1.10: a kind of name that is not limited is permitted as a whole."""
    names, addresses = alternative_names((*dns_names, PROBE_DOMAIN), ip_addresses)
    permitted: list[x509.GeneralName] = [*map(x509.DNSName, names)]
    permitted += [x509.IPAddress(ip_network(address)) for address in addresses]
    excluded = [x509.IPAddress(ip_network(every)) for every in _EVERY_NETWORK]
    return x509.NameConstraints(permitted, None if addresses else excluded)
