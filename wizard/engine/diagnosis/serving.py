"""Causes that show at the ports: what a server serves, and whom it lets in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from wizard.engine.diagnosis.leaves import (
    is_flawed,
    is_known,
    is_older,
    lacking_usages,
    leaf_of,
    missing_names,
    names_matter,
    on_disk,
)
from wizard.engine.diagnosis.naming import names_in_vain, namesakes
from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error, warning
from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.probing.matrix import Probed
from wizard.model.problems import Problem

SKEW_S = 300.0
"""A leaf begins a day before it is made; a clock that is minutes wrong is worth mending anyway."""

NEAR = timedelta(days=30)
"""How long before its end a certificate is worth a warning."""

_STRANGERS = (ProbeKind.FOREIGN_CA, ProbeKind.SELF_MADE, ProbeKind.EXPIRED)


def speaks_plaintext(seen: Observations) -> Iterator[Problem]:
    """A port answers without TLS, or no port with it, although neo4j.conf switches it on.

    Where TLS is spoken, a ClientHello is always answered by a TLS record, if only by an alert.
    """
    for one in seen.running:
        tests = seen.of(one.server, ProbeKind.NONE, ProbeKind.OURS)
        greeted = [t for t in tests if t.reached and not _is_the_builds_own(t)]
        ports = _ports(seen, one, Verdict.PLAINTEXT)
        if not ports and greeted and not any(t.spoke_tls for t in seen.of(one.server)):
            ports = ", ".join(map(str, sorted({t.probe.port for t in greeted})))
        if ports and one.encrypts:
            yield error(
                one.server,
                "plaintext-server",
                f"{one.server} still speaks plaintext on its cluster ports.",
                "Look whether Neo4j was restarted since its neo4j.conf was changed, and whether"
                " another file or the environment overrides it.",
                f"ports {ports}",
            )


def lets_strangers_in(seen: Observations) -> Iterator[Problem]:
    """A port refuses who shows nothing, and yet accepts a certificate nobody vouches for."""
    for one in seen.running:
        if any(t.probe.verdict is Verdict.ACCEPTED for t in seen.of(one.server, ProbeKind.NONE)):
            continue
        # With a wrong clock the expired one is taken for good, and the clock is what to mend.
        by_dates = abs(one.clock_offset_s) > SKEW_S
        kinds = [k for k in _STRANGERS if not (by_dates and k is ProbeKind.EXPIRED)]
        ports = _ports(seen, one, Verdict.ACCEPTED, *kinds)
        if ports:
            yield error(
                one.server,
                "stranger-accepted",
                f"{one.server} accepts a certificate that is not of this cluster.",
                "Look whether trust_all is set, and whether trusted/ holds only this cluster's CA.",
                f"ports {ports}",
            )


def speaks_old_tls(seen: Observations) -> Iterator[Problem]:
    """A port still agrees to TLS 1.1."""
    for one in seen.running:
        ports = _ports(seen, one, Verdict.ACCEPTED, ProbeKind.OLD_TLS)
        if ports:
            yield warning(
                one.server,
                "tls-version-mismatch",
                f"{one.server} still accepts TLS 1.1, which is outdated.",
                "Set dbms.ssl.policy.cluster.tls_versions to TLSv1.2,TLSv1.3 or TLSv1.2.",
                f"ports {ports}",
            )


def serves_expired_leaf(seen: Observations) -> Iterator[Problem]:
    """The served leaf, or the one on the disk of a server that serves none, is out of its dates."""
    for one in seen.servers.values():
        leaf = leaf_of(seen, one)
        if leaf is None:
            continue
        if leaf.not_after <= seen.now:
            yield error(
                one.server,
                "leaf-expired",
                f"The certificate of {one.server} expired on {leaf.not_after:%Y-%m-%d}.",
                "Give this server a new certificate.",
            )
        elif leaf.not_before > seen.now:
            yield error(
                one.server,
                "leaf-not-yet-valid",
                f"The certificate of {one.server} is valid only from {leaf.not_before:%Y-%m-%d}.",
                "Compare the clocks of this workstation and the servers.",
            )
        elif leaf.not_after <= seen.now + NEAR and is_known(one, leaf):
            yield warning(
                one.server,
                "expiry-near",
                f"The certificate of {one.server} expires on {leaf.not_after:%Y-%m-%d}.",
                "Plan its renewal now.",
            )


def serves_other_leaf(seen: Observations) -> Iterator[Problem]:
    """The served leaf is not the one that was made, nor the one on the server's disk."""
    for one in seen.running:
        known = {one.leaf_made} if one.leaf_made else on_disk(one)
        for der in seen.leaves(one.server):
            served = hashlib.sha256(der).hexdigest()
            if not one.leaf_made and is_older(der, one):
                continue  # renewed on the disk, and not loaded yet
            if namesakes(seen, one):
                break  # what is dialled may be the other one of that name
            if known and served not in known and not is_flawed(der, one, seen):
                yield error(
                    one.server,
                    "leaf-not-ours",
                    f"{one.server} serves another certificate than the one that was made for it.",
                    "Look who changed the files of its cluster policy, or what stands between you"
                    " and the server.",
                    f"served {served}, expected {', '.join(sorted(known))}",
                )
                break


def key_of_another(seen: Observations) -> Iterator[Problem]:
    """The private key does not belong to the certificate: no handshake can come to an end."""
    for one in seen.running:
        tests = [t for t in seen.of(one.server, ProbeKind.OURS, ProbeKind.NONE) if t.reason]
        if any("signature" in t.reason or "decrypt error" in t.reason for t in tests):
            yield error(
                one.server,
                "key-does-not-match",
                f"The private key of {one.server} does not belong to its certificate, so every"
                " handshake with it fails.",
                "Put the key and the certificate that belong together into the policy's folder.",
                next(t.reason for t in tests if "sign" in t.reason or "decrypt" in t.reason),
            )


def name_not_covered(seen: Observations) -> Iterator[Problem]:
    """The leaf lacks a name that peers dial; only those that verify host names mind."""
    strict = names_matter(seen)
    for one in seen.running:
        for der in seen.leaves(one.server):
            missing = set(missing_names(der, one.addresses)) - names_in_vain(seen, one)
            if missing and (one.leaf_made or strict):
                yield (error if strict else warning)(
                    one.server,
                    "name-not-covered",
                    f"{_whose(der, one, seen)} does not hold {', '.join(sorted(missing))}, which"
                    f" the peers of {one.server} dial.",
                    "Issue it a certificate whose SAN holds every advertised address.",
                )
                break


def _whose(der: bytes, one: ServerObservation, seen: Observations) -> str:
    """Name the certificate a server shows, by its owner where that is another server."""
    served = hashlib.sha256(der).hexdigest()
    others = (other for other in seen.servers.values() if other is not one)
    owner = next((o.server for o in others if served in {*on_disk(o), o.leaf_made}), None)
    if owner is None:
        return f"The certificate of {one.server}"
    return f"{one.server} shows the certificate of {owner}, which"


def one_way_leaf(seen: Observations) -> Iterator[Problem]:
    """The leaf is not made for both directions of TLS, as those of public authorities are not."""
    for one in seen.servers.values():
        leaf = leaf_of(seen, one)
        lacking = lacking_usages(leaf) if leaf is not None else frozenset()
        if lacking:
            yield error(
                one.server,
                "no-client-auth-eku",
                f"The certificate of {one.server} is not made for {' and '.join(sorted(lacking))},"
                " so its peers refuse it: every server dials and is dialled.",
                "Issue it a certificate with both extended key usages, serverAuth and clientAuth;"
                " public authorities issue none for clients any more.",
            )


def _ports(seen: Observations, one: ServerObservation, verdict: Verdict, *kinds: ProbeKind) -> str:
    tests = (t for t in seen.of(one.server, *kinds) if t.probe.verdict is verdict)
    return ", ".join(map(str, sorted({t.probe.port for t in tests if not _is_the_builds_own(t)})))


def _is_the_builds_own(test: Probed) -> bool:
    """Whether it is plaintext that proves nothing: a build that can't do better, told as such."""
    return test.probe.verdict is Verdict.PLAINTEXT and test.probe.ok is None
