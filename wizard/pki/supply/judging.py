"""Would Neo4j load what was brought, and would every peer accept it: asked while planning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cryptography import x509

from wizard.model.problems import Problem, Severity, blocker
from wizard.model.settings import SHARED_CA_ACCEPTED
from wizard.model.text import shown
from wizard.pki.doctor.certificate_rules import authority_problems, leaf_problems
from wizard.pki.doctor.file_rules import junk_problem
from wizard.pki.doctor.findings import note, warning
from wizard.pki.doctor.key_rules import exposed_problem
from wizard.pki.doctor.peers import limit_problems, peer_problems, verdict_of_peers
from wizard.pki.java.trust import TrustStore
from wizard.pki.keys import public_half
from wizard.pki.supply.assembling import Assembled, anchor_of
from wizard.pki.supply.sharing import why_shared
from wizard.pki.supply.supplied import Material, Wanted
from wizard.pki.supply.telling import OPEN_THEM, SEALED, of_server, softened

_TOLD_OTHERWISE = "public-authority"


def judge(
    material: Material,
    wanted: Sequence[Wanted],
    servers: Mapping[str, Assembled],
    *,
    shared_accepted: bool,
) -> tuple[Problem, ...]:
    """Return what is wrong with the certificates of the servers, and with the CAs above them."""
    found = [p for name, one in servers.items() for p in _of_one(material, name, one)]
    found += _shared_keys(servers)
    found += _of_authorities(material, wanted, servers, shared_accepted=shared_accepted)
    found += _of_the_rest(material)
    return tuple(dict.fromkeys(found))


def _of_one(material: Material, server: str, one: Assembled) -> Iterator[Problem]:
    leaf, anchor = one.pair.leaf, anchor_of(one.chain)
    found = [*leaf_problems(leaf, material.now, None)]
    if anchor is None:
        issuer = shown(leaf.certificate.issuer.rfc4514_string(), 200) or "nobody named"
        yield blocker(
            server,
            "issuer-not-given",
            f"The certificate of {server} was issued by {issuer}, and the certificate of that CA "
            "was not given.",
            f"Put it into {material.place} as well, with those of the CAs above it.",
            leaf.origin.shown_file,
        )
    else:
        store = TrustStore(anchors=(anchor,))
        verdict = verdict_of_peers(store, one.sent, material.now, None)
        found += peer_problems(leaf.origin, verdict, frozenset(p.code for p in found))
        found += limit_problems(leaf.origin, one.chain)
    if _is_revoked(material, leaf.certificate):
        yield blocker(
            server,
            "leaf-revoked",
            f"The certificate of {server} has been revoked, by a list among the files.",
            "Have a certificate issued anew, for a new key.",
            leaf.origin.shown_file,
        )
    yield from (of_server(problem, server) for problem in found)


def _shared_keys(servers: Mapping[str, Assembled]) -> Iterator[Problem]:
    owners: dict[bytes | None, str] = {}
    for server, one in servers.items():
        first = owners.setdefault(public_half(one.pair.leaf.certificate), server)
        if first != server:
            problem = warning(
                one.pair.leaf.origin,
                "key-shared",
                f"{first} and {server} have the same private key: whoever gets it has both.",
                "Give every server a key and a certificate of its own.",
            )
            yield of_server(problem, server)


def _is_revoked(material: Material, leaf: x509.Certificate) -> bool:
    return any(
        one.crl.issuer == leaf.issuer
        and one.crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None
        for one in material.brought.crls
    )


def _of_authorities(
    material: Material,
    wanted: Sequence[Wanted],
    servers: Mapping[str, Assembled],
    *,
    shared_accepted: bool,
) -> Iterator[Problem]:
    used = {part for one in servers.values() for part in one.chain[1:]}
    anchors = {anchor_of(one.chain) for one in servers.values() if len(one.chain) > 1}
    for brought in material.authorities():
        if brought.certificate in used:
            for problem in authority_problems(brought, material.now):
                if problem.code != _TOLD_OTHERWISE:
                    yield of_server(problem, None)
        if brought.certificate not in anchors:
            continue
        name = shown(brought.certificate.subject.rfc4514_string(), 200)
        why = why_shared(brought.certificate, material, wanted, [*servers.values()])
        if not why:
            message = f"Every certificate that the CA {name} issues opens this cluster's ports."
            yield note(brought.origin, "ca-opens-ports", message, "Use it for this cluster alone.")
        elif shared_accepted:
            message = f"The CA {name} is shared: {why}. The answers accept that."
            yield warning(brought.origin, "shared-ca", message, "A CA of its own would be safer.")
        else:
            yield blocker(
                None,
                "shared-ca",
                f"The CA {name} seems to be shared: {why}. In trusted/ it lets in whoever has any "
                "certificate of it, because Neo4j checks no names of servers that connect.",
                "Use a CA that serves this cluster alone, or accept it with this answer: "
                f'trust.shared_ca = "{SHARED_CA_ACCEPTED}"',
                brought.origin.shown_file,
            )


def _of_the_rest(material: Material) -> Iterator[Problem]:
    """Tell of files that could not be used: never in the way, and never in silence."""
    for junk in material.brought.junk:
        problem = junk_problem(junk, alone=False)
        if problem.code in SEALED:
            yield replace(softened(problem), hint=OPEN_THEM)
        elif problem.severity is not Severity.NOTE:
            yield softened(problem)
    for key in material.brought.exposed_keys():
        yield exposed_problem(key)
    for crl in material.brought.crls:
        yield note(
            crl.origin,
            "crl-not-used",
            "Revocation lists are not put on the servers: one that ends would shut out every peer.",
            "Replace the certificate and its CA where one has to be shut out.",
        )
