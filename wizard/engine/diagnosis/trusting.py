"""Causes between two servers: would Java let the one into the other, by ports and by files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error
from wizard.errors import MaterialError
from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.pki.inspect import (
    chain_in,
    fingerprint,
    issuer_left_out,
    issuer_names,
    load_chain,
)
from wizard.pki.java.trust import TrustStore, check_peer

_NO_PATH = ("chain", "path")
_HINT = "Put the certificate of the cluster's authority, or of every peer, into trusted/ on "


def would_not_trust(seen: Observations) -> Iterator[Problem]:
    """One server does not hold the issuer of another's certificate, or refuses it for more.

    Where its chain lacks an intermediate authority that another server sends, that is the cause.
    What a server trusts is what its ports name when they ask for a certificate, or else what its
    trusted/ holds. Nobody is named where all refuse all; else the server that trusts none of the
    others is at fault, or the one whom none of them trusts, or else each that lacks somebody.
    """
    refusals = dict(_refusals(seen))
    for connector, left_out in _cut_chains(seen, refusals).items():
        yield _cut(connector, left_out)
        refusals = {pair: told for pair, told in refusals.items() if pair[1] != connector}
    if len(refusals) > 1 and len(refusals) == len(_able(seen)) * (len(_able(seen)) - 1):
        yield _nobody(refusals)
        return
    servers = {one for pair in refusals for one in pair}
    lonely = [x for x in sorted(servers) if _is_whole(seen, [p for p in refusals if p[0] == x])]
    outcast = [y for y in sorted(servers) if _is_whole(seen, [p for p in refusals if p[1] == y])]
    for one in lonely:
        if not any(pair[0] == one for pair in refusals):
            continue
        if one in outcast:
            yield _of_another_authority(one, refusals)
        else:
            yield _lacks(one, "any of its peers", refusals, f"{_HINT}{one}.")
        refusals = {pair: told for pair, told in refusals.items() if one not in pair}
    for one in outcast:
        if any(pair[1] == one for pair in refusals):
            yield _of_the_outcast(one, refusals)
            refusals = {pair: told for pair, told in refusals.items() if one not in pair}
    for acceptor, connector in sorted(refusals):
        yield _lacks(acceptor, connector, refusals, f"{_HINT}{acceptor}.")


def _nobody(refusals: dict[tuple[str, str], str]) -> Problem:
    servers = ", ".join(sorted({one for pair in refusals for one in pair}))
    return Problem(
        code="trusted-lacks-peer",
        severity=Severity.ERROR,
        message=f"No server trusts the certificate of any other: what {servers} have in trusted/"
        " is not the issuer of the others' certificates.",
        hint="Put the certificate of the authority that issued them all, or else of every peer,"
        " into trusted/ on every server.",
        evidence=shown(next(told for _, told in sorted(refusals.items())), 300),
    )


def _cut_chains(seen: Observations, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what is missing in the chain of each server that is refused, where that is known."""
    chains = {one.server: chain_in(one.certificate) for one in _able(seen)}
    known = [certificate for chain in chains.values() for certificate in chain[1:]]
    refused = {connector for _, connector in pairs if chains[connector]}
    cut = {one: issuer_left_out(chains[one], known) for one in sorted(refused)}
    return {one: left_out for one, left_out in cut.items() if left_out}


def _cut(connector: str, left_out: str) -> Problem:
    return error(
        connector,
        "chain-incomplete",
        f"{connector} sends its certificate without that of the intermediate authority that"
        " issued it, so its peers can't tell that they trust it.",
        f"Append the intermediate authority's certificate to public.crt on {connector}, below its"
        " own, as on the other servers.",
        left_out,
    )


def _is_whole(seen: Observations, pairs: list[tuple[str, str]]) -> bool:
    return len(pairs) > 0 and len(pairs) == len(_able(seen)) - 1


def _able(seen: Observations) -> list[ServerObservation]:
    """The servers that encrypt, and of whom nothing worse is known."""
    return [s for s in seen.servers.values() if s.encrypts and s.server not in seen.explained]


def _lacks(acceptor: str, whom: str, refusals: dict[tuple[str, str], str], hint: str) -> Problem:
    told = next(text for (one, _), text in sorted(refusals.items()) if one == acceptor)
    return error(
        acceptor,
        "trusted-lacks-peer" if any(sign in told for sign in _NO_PATH) else "handshake-refused",
        f"{acceptor} does not trust the certificate of {whom}: its trusted/ lacks the issuer.",
        hint,
        told,
    )


def _of_another_authority(server: str, refusals: dict[tuple[str, str], str]) -> Problem:
    return error(
        server,
        "trusted-lacks-peer",
        f"{server} and its peers do not trust each other: its certificate and its trusted/ come"
        " from another authority than theirs.",
        f"Give {server} a certificate of the authority that issued the others', and put that"
        " authority's certificate into its trusted/.",
        next(text for pair, text in sorted(refusals.items()) if server in pair),
    )


def _of_the_outcast(connector: str, refusals: dict[tuple[str, str], str]) -> Problem:
    told = next(text for (_, one), text in sorted(refusals.items()) if one == connector)
    return error(
        connector,
        "trusted-lacks-peer" if any(sign in told for sign in _NO_PATH) else "handshake-refused",
        f"Every other server would refuse the certificate of {connector}.",
        f"{_HINT}the others, or give {connector} a certificate of the authority they trust.",
        told,
    )


def _refusals(seen: Observations) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield (acceptor, connector) and Java's words for each pair that would not get on."""
    for acceptor in _able(seen):
        for connector in _able(seen):
            told = _refusal(seen, acceptor, connector) if acceptor is not connector else None
            if told is not None:
                yield (acceptor.server, connector.server), told


def _refusal(
    seen: Observations, acceptor: ServerObservation, connector: ServerObservation
) -> str | None:
    try:
        chain = load_chain(connector.certificate or b"")
        served = set(seen.leaves(connector.server))
        if served and fingerprint(chain[0]) not in {fingerprint(load_chain(d)[0]) for d in served}:
            return None  # what it shows is not what stands on its disk
        named = {name for test in seen.of(acceptor.server) for name in test.issuers}
        if named:
            unnamed = not named & issuer_names(chain)
            return "its ports name no issuer in the other's certificate chain" if unnamed else None
        anchors = [cert for pem in (acceptor.trusted or {}).values() for cert in load_chain(pem)]
    except MaterialError:
        return None
    if not anchors:
        return None
    store = TrustStore(anchors=tuple(anchors), crls=())
    return check_peer(store, chain, purpose="client", now=seen.now, host=None)
