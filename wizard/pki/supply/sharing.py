"""Whether a CA serves others than this cluster, as far as its certificates show it.

Neo4j's acceptor checks no names: with a CA in trusted/, every clientAuth certificate it ever
issues opens the cluster's ports. Nothing in a certificate proves that a CA is dedicated, so
signs of the contrary are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.x509.oid import NameOID

from wizard.pki.doctor.peers import completed
from wizard.pki.doctor.public_authorities import public_authority
from wizard.pki.keys import public_half
from wizard.pki.supply.assembling import Assembled, anchor_of
from wizard.pki.supply.matching import may_be_of
from wizard.pki.supply.supplied import Material, Wanted

_MICROSOFT = "1.3.6.1.4.1.311."
"""Extensions of Active Directory Certificate Services (MS-WCCE)."""

_CORPORATE = re.compile(
    r"\b(corp(orate)?|enterprise|global|group|intranet|internal|issuing|policy|company)\b",
    re.IGNORECASE,
)
_SERVED = (
    x509.CRLDistributionPoints,
    x509.AuthorityInformationAccess,
    x509.CertificatePolicies,
    x509.PrecertificateSignedCertificateTimestamps,
)
"""What a CA writes into a certificate that is run as a service for many."""


def why_shared(
    authority: x509.Certificate,
    material: Material,
    wanted: Sequence[Wanted],
    servers: Sequence[Assembled],
) -> str:
    """Return why a CA seems to serve others too, as the end of a sentence; empty when nothing does.

    Args:
        authority: a CA that goes into trusted/.
        material: everything that was brought.
        wanted: the servers, and the names they are dialled by.
        servers: those of them that have a certificate.
    """
    return next(_reasons(authority, material, wanted, servers), "")


def _reasons(
    authority: x509.Certificate,
    material: Material,
    wanted: Sequence[Wanted],
    servers: Sequence[Assembled],
) -> Iterator[str]:
    mine = [one for one in servers if anchor_of(one.chain) == authority]
    for certificate in dict.fromkeys(part for one in mine for part in reversed(one.chain[1:])):
        name = public_authority(certificate)
        if name:
            yield f"it is a public CA ({name}), and anybody can buy a certificate of it"
    others = _others(authority, material, wanted, servers)
    if others:
        yield f"it has issued other certificates too, such as the one in {others[0]}"
    if any(len(one.chain) > 2 for one in mine):  # noqa: PLR2004 - a server, a CA, and one above it
        yield "it stands above another CA, and may stand above more of them"
    if _names_a_company(authority):
        yield "its name is that of a CA for many"
    if any(_is_served(one.chain[0]) for one in mine):
        yield "its certificates name services of a CA for many, such as lists and policies"


def _others(
    authority: x509.Certificate,
    material: Material,
    wanted: Sequence[Wanted],
    servers: Sequence[Assembled],
) -> list[str]:
    """Return where certificates of the CA are that no server of this cluster could use.

    While a server has none, one that fits nobody is rather a slip than a sign of other customers.
    """
    if len(servers) < len(wanted):
        return []
    used = {public_half(one.chain[0]) for one in servers}
    pool = [one.certificate for one in material.authorities()]
    return [
        leaf.origin.words
        for leaf in material.leaves()
        if public_half(leaf.certificate) not in used
        and not any(may_be_of(leaf, one) for one in wanted)
        and anchor_of(completed(leaf.certificate, pool)) == authority
    ]


def _names_a_company(authority: x509.Certificate) -> bool:
    if authority.subject.get_attributes_for_oid(NameOID.DOMAIN_COMPONENT):
        return True  # Active Directory names its CAs so
    common = authority.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(_CORPORATE.search(str(one.value)) for one in common)


def _is_served(leaf: x509.Certificate) -> bool:
    return any(
        isinstance(one.value, _SERVED) or one.oid.dotted_string.startswith(_MICROSOFT)
        for one in leaf.extensions
    )
