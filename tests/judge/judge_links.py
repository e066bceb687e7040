"""Verdicts on a connection: Neo4j's, ours and the practice cluster's, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from judge_bench import Dial, Server
from judge_process import HOSTS
from judge_verdicts import OurServer

from wizard.model.settings import ClientAuth
from wizard.neo4j.policy import ClusterPolicy
from wizard.pki.java.trust import EMPTY_CHAIN, TrustStore, check_peer, would_offer
from wizard.pki.loader.directory import LoadedPolicy

_NAMES = dict(HOSTS)
_ALERT = re.compile(r"(^|Exception: )\([a-z_]+\) ")
_CERTIFICATE_ALERT = re.compile(
    r"(?:javax\.net\.ssl\.SSL(?:Handshake)?Exception: )?Received fatal alert: "
    r"(?:certificate_revoked|certificate_expired|bad_certificate|handshake_failure|internal_error)"
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """What becomes of a connection.

    Attributes:
        client, server: the exact messages of each side's exceptions; of ours at most one.
    """

    gets_in: bool
    client: tuple[str, ...] = ()
    server: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [f"client: {one}" for one in self.client]
        words += [f"server: {one}" for one in self.server]
        return "; ".join(["gets in" if self.gets_in else "is refused", *words])


def neo4j_link(answer: Mapping[str, Any]) -> Link:
    """Read the judge's answer about one connection."""
    return Link(
        gets_in=answer["accepted"],
        client=tuple(messages_of(answer["client"])),
        server=tuple(messages_of(answer["server"])),
    )


def messages_of(chains: list[list[str]]) -> Iterator[str]:
    """Messages without their class; later JDKs put the name of the alert in front of some."""
    for chain in chains:
        yield from (_ALERT.sub(r"\1", words.partition(": ")[2]) for words in chain)


def our_link(dial: Dial, servers: Mapping[str, tuple[Server, OurServer]]) -> Link:
    """Put our functions' answers about both sides together, the client's first, as TLS does."""
    acceptor, accepting = servers[dial.server]
    assert accepting.says is not None
    if dial.client == "plaintext":
        return Link(gets_in=False)
    if dial.client == "no-certificate":
        if accepting.says.client_auth is ClientAuth.REQUIRE:
            return Link(gets_in=False, server=(EMPTY_CHAIN,))
        return Link(gets_in=True)
    return _between(servers[dial.client][1], accepting, dial.host or acceptor.address)


def _between(connecting: OurServer, accepting: OurServer, host: str) -> Link:
    assert connecting.holds is not None
    assert connecting.says is not None
    assert accepting.holds is not None
    assert accepting.says is not None
    if not set(connecting.says.tls_versions) & set(accepting.says.tls_versions):
        return Link(gets_in=False)
    if not _has_common_suite(connecting.says, accepting.says, accepting.holds):
        return Link(gets_in=False, server=("no cipher suites in common",))
    if not (connecting.holds.key_matches() and accepting.holds.key_matches()):
        return Link(gets_in=False)
    failure = check_peer(
        connecting.holds.trust,
        accepting.holds.chain,
        purpose="server",
        now=datetime.now(UTC),
        # Java asks for the name of an address and verifies that, where there is one.
        host=_NAMES.get(host, host) if connecting.says.verify_hostname else None,
    )
    if failure is not None:
        return Link(gets_in=False, client=(failure,))
    failure = _client_failure(connecting.holds, accepting.says, accepting.holds.trust)
    return Link(gets_in=failure is None, server=() if failure is None else (failure,))


def _has_common_suite(
    connecting: ClusterPolicy, accepting: ClusterPolicy, shown: LoadedPolicy
) -> bool:
    """Whether a suite is left that both name, that fits a version both speak, and the key."""
    named = [set(one.ciphers) for one in (connecting, accepting) if one.ciphers is not None]
    if not named:
        return True
    versions = set(connecting.tls_versions) & set(accepting.tls_versions)
    is_ec = hasattr(shown.chain[0].public_key(), "curve")
    for suite in set.intersection(*named):
        exchange, _, older = suite.partition("_WITH_")
        if not older and "TLSv1.3" in versions:
            return True
        if older and "TLSv1.2" in versions and ("ECDSA" in exchange) is is_ec:
            return True
    return False


def _client_failure(
    connecting: LoadedPolicy, accepting: ClusterPolicy, trust: TrustStore
) -> str | None:
    if accepting.client_auth is ClientAuth.NONE:
        return None
    if accepting.client_auth is ClientAuth.OPTIONAL and not would_offer(trust, connecting.chain):
        return None
    return check_peer(trust, connecting.chain, purpose="client", now=datetime.now(UTC))


def link_differences(neo4j: Link, ours: Link) -> Iterator[str]:
    """Yield every way in which the two verdicts on a connection differ."""
    if neo4j.gets_in != ours.gets_in:
        yield f"link: Neo4j says it {neo4j}; we say it {ours}"
        return
    for side in ("client", "server"):
        for words in getattr(ours, side):
            if words not in getattr(neo4j, side):
                yield f"link, {side}'s words: Neo4j says it {neo4j}; we say it {ours}"


def _any_certificate_alert(words: str) -> str:
    """Return what the practice cluster's acceptor reads when its certificate is refused.

    Java's alert depends on the cause, and on the JDK. OpenSSL under the simulation can't choose
    its own, and the acceptor can't know the cause: there it is certificate_unknown always.
    """
    if _CERTIFICATE_ALERT.fullmatch(words) is None:
        return words
    unknown = "Received fatal alert: certificate_unknown"
    return f"javax.net.ssl.SSLHandshakeException: {unknown}" if ": R" in words else unknown


def practice_link_differences(
    neo4j: Link, ours: Link, practice: Link, *, aloud: bool
) -> Iterator[str]:
    """Yield how a link of the practice cluster differs from Neo4j's.

    All its words must be Neo4j's, and those that decide must be among them, if it says any: what
    is said about a stranger is compared where strangers are asked for.
    """
    if neo4j.gets_in != practice.gets_in:
        yield f"link: Neo4j says it {neo4j}; the practice cluster says it {practice}"
        return
    for side in ("client", "server") if aloud else ():
        said = set(getattr(practice, side))
        theirs = set(getattr(neo4j, side))
        if side == "server" and practice.client:
            theirs |= {_any_certificate_alert(words) for words in theirs}
        foreign = said - theirs
        missing = set(getattr(ours, side)) - said
        if foreign or missing:
            yield (
                f"link, {side}'s words: only the practice cluster says {sorted(foreign)}, and it "
                f"lacks {sorted(missing)} of Neo4j's {sorted(set(getattr(neo4j, side)))}"
            )
