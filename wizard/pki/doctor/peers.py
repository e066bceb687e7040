"""Would the peers of a server accept its certificate: Java's verdict, and a stricter one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from wizard.model.problems import Problem
from wizard.pki.brought.things import Origin
from wizard.pki.doctor.certificate_rules import is_self_issued
from wizard.pki.doctor.constraints import broken_limits
from wizard.pki.doctor.findings import JAVA_IS_CARELESS, error, warning
from wizard.pki.inspect import fingerprint
from wizard.pki.java.path import is_issued_by
from wizard.pki.java.trust import EMPTY_CHAIN, NO_ANCHORS, Purpose, TrustStore, check_peer

_LONGEST_CHAIN = 6
"""More CAs than that stand above no server, and Java's way of trying paths grows fast with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerVerdict:
    """What Java says of a certificate on either side of a connection; None is acceptance."""

    as_server: str | None
    as_client: str | None


_MEANINGS = (
    ("Extended key usage does not permit use for TLS client", "no-client-auth-eku"),
    ("Extended key usage does not permit use for TLS server", "no-server-auth-eku"),
    ("KeyUsage does not allow digital signatures", "key-usage-refused"),
    ("has been revoked", "leaf-revoked"),
    ("Could not determine revocation status", "crl-stale"),
    ("validity check failed", "leaf-expired"),
    ("unable to find valid certification path", "trusted-lacks-peer"),
    ("Path does not chain", "trusted-lacks-peer"),
    (EMPTY_CHAIN, "trusted-lacks-peer"),
    (NO_ANCHORS, "trusted-missing"),
    ("subject alternative", "name-not-covered"),
    ("No name matching", "name-not-covered"),
    ("Illegal given domain name", "name-not-covered"),
)

_SENTENCES = {
    "leaf-revoked": (
        "This certificate has been revoked, so every peer refuses it.",
        "Have a certificate issued anew, for a new key.",
    ),
    "crl-stale": (
        "A revocation list is there, but no current one of each CA above: every peer refuses it.",
        "Bring the newest list of every CA of the chain, or none at all.",
    ),
    "leaf-expired": (
        "A certificate of this chain is not valid today, so every peer refuses it.",
        "Have what has ended issued anew.",
    ),
    "trusted-lacks-peer": (
        "No path leads from this certificate to one that is trusted.",
        "Add the certificate of the CA that issued it, and those of the CAs in between.",
    ),
}
_ELSE = (
    "Java refuses the chain of this certificate, and so does every peer.",
    "Have the certificate issued anew by a CA that may sign it.",
)


def completed(
    leaf: x509.Certificate, pool: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return a leaf and the CAs above it, each issued by the next, as far as they were brought."""
    chain = [leaf]
    while len(chain) < _LONGEST_CHAIN and not is_self_issued(chain[-1]):
        above = [one for one in pool if one not in chain and is_issued_by(chain[-1], one)]
        if not above:
            break
        # Of several with the same name and key the one that lasts longest.
        chain.append(max(above, key=lambda one: (one.not_valid_after_utc, fingerprint(one))))
    return tuple(chain)


def without_root(chain: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return what a server sends: nobody needs the root from it."""
    if len(chain) > 1 and is_self_issued(chain[-1]):
        return tuple(chain[:-1])
    return tuple(chain)


def anchors_for(
    chain: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return what the peers are taken to trust; nothing when no CA was brought at all.

    That is the root the chain ends at, or else every root there is; without any root the topmost
    CA of the chain, which Java takes as well, and without that every CA.

    Args:
        chain: as far as it could be completed.
        authorities: every CA that was brought.
    """
    if is_self_issued(chain[-1]):
        return (chain[-1],)
    roots = tuple(one for one in authorities if is_self_issued(one))
    if roots:
        return roots
    return (chain[-1],) if len(chain) > 1 else tuple(authorities)


def verdict_of_peers(
    store: TrustStore, chain: Sequence[x509.Certificate], now: datetime, host: str | None
) -> PeerVerdict:
    """Return Java's words for both directions."""

    def ask(purpose: Purpose) -> str | None:
        return check_peer(store, chain, purpose=purpose, now=now, host=host)

    return PeerVerdict(as_server=ask("server"), as_client=ask("client"))


def peer_problems(origin: Origin, verdict: PeerVerdict, found: frozenset[str]) -> Iterator[Problem]:
    """Yield what Java refuses and no rule has told of yet.

    Args:
        origin: of the leaf.
        verdict: Java's.
        found: the codes of the problems already told of this leaf.
    """
    told = set(found)
    for words in (verdict.as_server, verdict.as_client):
        if words is None:
            continue
        code = code_of(words)
        same = {"leaf-expired", "leaf-not-yet-valid"}
        if code in told or (code in same and told & same):
            continue
        told.add(code)
        sentence, hint = _SENTENCES.get(code, _ELSE)
        yield error(origin, code, sentence, hint, words)


def limit_problems(origin: Origin, chain: Sequence[x509.Certificate]) -> Iterator[Problem]:
    """Yield the limits of CAs that are broken; Java ignores those of the anchor, the last one."""
    *between, anchor = (False, *broken_limits(chain))
    hint = "Have the certificate issued by a CA that may sign it."
    message = "A CA of this chain may not sign for these names, or for so many CAs below it."
    if any(between):
        yield error(origin, "ca-limit-broken", message, hint)
    elif anchor:
        yield warning(origin, "ca-limit-broken", message, hint, JAVA_IS_CARELESS)


def code_of(words: str) -> str:
    """Return the problem code for Java's words about a peer."""
    return next((code for sign, code in _MEANINGS if sign in words), "chain-refused")
