"""The whole examination of brought files: a pure function of what they hold."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from wizard.model.problems import Problem
from wizard.model.version import Version
from wizard.pki.brought.things import (
    Brought,
    BroughtCertificate,
    BroughtCrl,
    BroughtKey,
    BroughtRequest,
    Junk,
    Origin,
    Thing,
)
from wizard.pki.doctor.certificate_rules import authority_problems, is_authority, leaf_problems
from wizard.pki.doctor.crl_rules import crl_problems
from wizard.pki.doctor.descriptions import (
    describe_certificate,
    describe_crl,
    describe_key,
    describe_request,
)
from wizard.pki.doctor.file_rules import file_problems, junk_problem, order_problems
from wizard.pki.doctor.findings import Description, Examination, error, note, warning
from wizard.pki.doctor.key_rules import KeyTerms, exposed_problem, key_problems
from wizard.pki.doctor.peers import (
    PeerVerdict,
    anchors_for,
    completed,
    limit_problems,
    peer_problems,
    verdict_of_peers,
    without_root,
)
from wizard.pki.java.opened_keys import OpenedKeys
from wizard.pki.java.trust import TrustStore
from wizard.pki.keys import public_half
from wizard.secret import Secret

_WORDS = {
    "key-does-not-match": (
        error,
        "No certificate that was given is for this private key.",
        "Bring the certificate that was issued for this key, or the key of this certificate.",
    ),
    "key-shared": (
        warning,
        "Two servers' certificates are for one and the same key.",
        "Give every server a key of its own.",
    ),
    "authority-key": (
        note,
        "This is the private key of a CA: whoever has it can let anyone into the cluster.",
        "Keep it away from the servers.",
    ),
    "issuer-not-given": (
        note,
        "The CA that issued this certificate was not given, so its chain was not judged.",
        "Name the CA's certificate as well.",
    ),
    "request-waiting": (
        note,
        "This is a signing request; the certificate is what the CA makes of it.",
        "Send it to the CA.",
    ),
}
"""What is said of the set as a whole, by the code of the problem: how serious, what, the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What everything is judged by.

    Attributes:
        version: the Neo4j that is to load it.
        now: aware time.
        host: what the peers dial, or None when that is not known.
        password: `private_key_password`, or None when none was given.
        own: the files whose certificates the host is about; empty for all of them.
        opened: the keys that were opened, each of them once.
    """

    version: Version
    now: datetime
    host: str | None = None
    password: Secret | None = None
    own: tuple[str, ...] = ()
    opened: OpenedKeys = field(default_factory=OpenedKeys, repr=False, compare=False)

    @property
    def of_key(self) -> KeyTerms:
        """What a private key is judged by."""
        return KeyTerms(password=self.password, opened=self.opened)


def examine(brought: Brought, terms: Terms) -> Examination:
    """Judge everything that was brought as one set: keys, certificates, CAs and lists.

    What can't be known from the files is not held against them: a CA that was not brought, or a
    key without its password, is a note.
    """
    with warnings.catch_warnings():
        # Odd serial numbers are warned of whenever they are read; they are judged here.
        warnings.simplefilter("ignore")
        return _Examiner(brought, terms).examination()


def leaves_of(brought: Brought) -> frozenset[x509.Certificate]:
    """Return the certificates that are a server's own.

    A certificate that may sign others is a server's all the same when its key was brought, it
    signed nothing else here, and its key usage does not speak of signing certificates: that is
    what `openssl req -x509` makes.
    """
    every = brought.distinct_certificates()
    keys = {public_half(key.key) for key in brought.keys if key.key is not None} - {None}
    issued = Counter(one.issuer for one in every)
    return frozenset(
        one
        for one in every
        if not is_authority(one)
        or (
            public_half(one) in keys
            and issued[one.subject] == (one.issuer == one.subject)
            and not _may_sign(one)
        )
    )


def _may_sign(certificate: x509.Certificate) -> bool:
    usages = [one.value for one in certificate.extensions if isinstance(one.value, x509.KeyUsage)]
    return any(usage.key_cert_sign for usage in usages)


class _Examiner:
    """One examination: collects descriptions and problems in the order of the things."""

    def __init__(self, brought: Brought, terms: Terms) -> None:
        self._brought, self._terms = brought, terms
        self._crls = tuple(thing.crl for thing in brought.crls)
        distinct = brought.distinct_certificates()
        self._leaves = leaves_of(brought)
        self._authorities = tuple(one for one in distinct if one not in self._leaves)
        self._halves: dict[bytes | None, list[Thing]] = defaultdict(list)
        for held in brought.certificates:
            self._halves[public_half(held.certificate)].append(held)
        for asked in brought.requests:
            self._halves[public_half(asked.request)].append(asked)
        self._described: list[Description] = []
        self._problems: list[Problem] = []

    def examination(self) -> Examination:
        seen: set[x509.Certificate] = set()
        for thing in self._brought.things:
            if isinstance(thing, BroughtCertificate):
                if thing.certificate in seen:
                    continue
                seen.add(thing.certificate)
            self._examine(thing)
        for name, data in self._brought.files:
            self._examine_file(name, data.reveal())
        self._problems += map(exposed_problem, self._brought.exposed_keys())
        self._problems += self._shared_keys()
        unique = tuple(dict.fromkeys(self._problems))
        return Examination(descriptions=tuple(self._described), problems=unique)

    def _examine(self, thing: Thing) -> None:
        if isinstance(thing, BroughtKey):
            self._examine_key(thing)
        elif isinstance(thing, BroughtCertificate):
            self._examine_certificate(thing)
        elif isinstance(thing, BroughtCrl):
            self._described.append(describe_crl(thing))
            self._problems += crl_problems(thing, self._authorities, self._terms.now, self._crls)
        elif isinstance(thing, BroughtRequest):
            self._described.append(describe_request(thing, self._owners(thing.request)))
            self._problems.append(_told("request-waiting", thing.origin))
        elif isinstance(thing, Junk):
            alone = len(self._brought.junk) == len(self._brought.things)
            self._problems.append(junk_problem(thing, alone=alone))

    def _examine_key(self, key: BroughtKey) -> None:
        owners = self._owners(key.key)
        self._described.append(describe_key(key, self._terms.of_key, owners))
        self._problems += key_problems(key, self._terms.version, self._terms.of_key)
        certificates = [one for one in owners if isinstance(one, BroughtCertificate)]
        if key.key is not None and self._leaves and not certificates:
            self._problems.append(_told("key-does-not-match", key.origin))
        if any(one.certificate in self._authorities for one in certificates):
            self._problems.append(_told("authority-key", key.origin))

    def _examine_certificate(self, thing: BroughtCertificate) -> None:
        if thing.certificate not in self._leaves:
            self._described.append(describe_certificate(thing, "CA certificate", None))
            self._problems += authority_problems(thing, self._terms.now)
            return
        chain = completed(thing.certificate, self._authorities)
        own = not self._terms.own or thing.origin.file in self._terms.own
        host = self._terms.host if own else None
        found = [*leaf_problems(thing, self._terms.now, host)]
        verdict = self._verdict(chain, host)
        if verdict is None:
            found.append(_told("issuer-not-given", thing.origin))
        else:
            found += peer_problems(
                thing.origin, verdict, frozenset(problem.code for problem in found)
            )
            found += limit_problems(thing.origin, chain)
        self._described.append(describe_certificate(thing, "Server certificate", verdict))
        self._problems += found

    def _verdict(self, chain: Sequence[x509.Certificate], host: str | None) -> PeerVerdict | None:
        anchors = anchors_for(chain, self._authorities)
        if not anchors:
            return None
        store = TrustStore(anchors=anchors, crls=self._crls)
        return verdict_of_peers(store, without_root(chain), self._terms.now, host)

    def _examine_file(self, name: str, data: bytes) -> None:
        things = self._brought.of_file(name)
        self._problems += file_problems(name, data, things, self._terms.version)
        certificates = [one for one in things if isinstance(one, BroughtCertificate)]
        if certificates and certificates[0].certificate in self._leaves:
            self._problems += _order(certificates, self._leaves)

    def _owners(self, holder: object) -> list[Thing]:
        """Return the certificates and requests for the same key."""
        own = None if holder is None else public_half(holder)
        found = [] if own is None else self._halves[own]
        return [
            one for one in found if not isinstance(one, BroughtRequest) or one.request is not holder
        ]

    def _shared_keys(self) -> Iterator[Problem]:
        halves: dict[bytes | None, x509.Certificate] = {}
        for thing in self._brought.certificates:
            half = public_half(thing.certificate)
            if thing.certificate not in self._leaves or half is None:
                continue
            first = halves.setdefault(half, thing.certificate)
            if first != thing.certificate and first.subject != thing.certificate.subject:
                yield _told("key-shared", thing.origin)


def _order(
    certificates: list[BroughtCertificate], leaves: Container[x509.Certificate]
) -> Iterator[Problem]:
    """Judge the order only of a chain: several servers' certificates in a file are a collection."""
    if sum(one in leaves for one in {each.certificate for each in certificates}) == 1:
        yield from order_problems(certificates)


def _told(code: str, origin: Origin) -> Problem:
    make, message, hint = _WORDS[code]
    return make(origin, code, message, hint)
