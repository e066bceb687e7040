"""The faults that can be put into a practice cluster, each with the problem people are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.errors import UsageError


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; it acts whenever its server starts with the cluster policy enabled.

    Attributes:
        problem_code: what verify or apply names it.
        sentence: what is wrong with the server.
    """

    name: str
    problem_code: str
    sentence: str


OF_ONE_MORE_AUTHORITY = frozenset({"expired-leaf", "no-client-auth", "not-yet-valid", "wrong-name"})
"""Faults of a certificate that is sound but for one thing: every server has to trust its issuer."""

_REFUSES_TO_START = (
    Fault(
        "certificate-in-revoked",
        "certificate-in-revoked",
        "A certificate lies in revoked/, where only revocation lists may be, so Neo4j won't start.",
    ),
    Fault(
        "chain-out-of-order",
        "chain-out-of-order",
        "The server's own certificate does not stand first in public.crt, so Neo4j won't start.",
    ),
    Fault(
        "dies-after-start",
        "start-failed",
        "The Neo4j process ends shortly after its start without saying why.",
    ),
    Fault(
        "damaged-key",
        "key-unreadable",
        "The private key is in a format that Neo4j can't read, so it won't start.",
    ),
    Fault(
        "disk-full",
        "disk-full",
        "There is no room left on the server's disk, so Neo4j won't start.",
    ),
    Fault(
        "empty-certificate",
        "certificate-unreadable",
        "There is no certificate in public.crt, so Neo4j won't start.",
    ),
    Fault(
        "missing-base-directory",
        "base-directory-missing",
        "The folder that base_directory names does not exist, so Neo4j won't start.",
    ),
    Fault(
        "missing-password",
        "key-password-missing",
        "The private key has a password and neo4j.conf has none, so Neo4j won't start.",
    ),
    Fault(
        "missing-trusted-file",
        "trusted-empty",
        "The folder trusted/ is empty, so Neo4j won't start while it requires certificates.",
    ),
    Fault(
        "password-on-plain-key",
        "password-on-plain-key",
        "A password is set, but the private key has none; from 5.0 on Neo4j won't start.",
    ),
    Fault(
        "port-taken",
        "port-taken",
        "Another program has a port that Neo4j needs, so Neo4j won't start.",
    ),
    Fault(
        "setting-refused",
        "setting-refused",
        "The name of an SSL policy is misspelt in neo4j.conf, so Neo4j won't start.",
    ),
    Fault(
        "stray-file",
        "trusted-stray-file",
        "A file that is no certificate lies in trusted/, so Neo4j won't start.",
    ),
    Fault(
        "unreadable-key",
        "file-not-permitted",
        "Neo4j's user may not read the private key, so Neo4j won't start.",
    ),
    Fault(
        "wrong-password",
        "key-password-wrong",
        "The password in neo4j.conf does not open the private key, so Neo4j won't start.",
    ),
)

_STARTS = (
    Fault(
        "ciphers-of-another-key",
        "key-type-mismatch",
        "The only cipher allowed is for keys of another kind than the server's: nobody gets in.",
    ),
    Fault(
        "client-auth-none",
        "client-auth-not-required",
        "The server asks nobody for a certificate, so any stranger may connect.",
    ),
    Fault(
        "clock-behind",
        "clock-skew",
        "The server's clock is two days behind, so it refuses certificates as not yet valid.",
    ),
    Fault(
        "closed-ports",
        "not-listening",
        "The server says that it has started, but nothing listens on its cluster ports.",
    ),
    Fault(
        "expired-leaf",
        "leaf-expired",
        "The server shows a certificate that has expired, so its peers refuse it.",
    ),
    Fault(
        "filtered-ports",
        "port-filtered",
        "A firewall drops whatever is sent to the server's cluster ports.",
    ),
    Fault(
        "foreign-crl",
        "crl-stale",
        "A revocation list of another authority lies in revoked/, so the server refuses everybody.",
    ),
    Fault(
        "foreign-trusted",
        "trusted-lacks-peer",
        "The server trusts another authority than the cluster's, so it refuses its peers.",
    ),
    Fault(
        "founds-its-own",
        "not-joined",
        "The server has started, but as a cluster of its own that no other server is part of.",
    ),
    Fault(
        "missing-trusted-directory",
        "trusted-missing",
        "The folder trusted/ is missing: Neo4j starts, but trusts nobody.",
    ),
    Fault(
        "no-leader",
        "leader-missing",
        "The server has started and joined, but no leader is elected, so nobody can write.",
    ),
    Fault(
        "no-client-auth",
        "no-client-auth-eku",
        "The certificate is for servers only, as public authorities issue it: peers refuse it.",
    ),
    Fault(
        "not-yet-valid",
        "leaf-not-yet-valid",
        "The server shows a certificate that is not valid yet, so its peers refuse it.",
    ),
    Fault(
        "old-tls",
        "tls-version-mismatch",
        "The server speaks an outdated TLS version only, so nobody can talk to it.",
    ),
    Fault(
        "plaintext",
        "plaintext-server",
        "The server ignores its policy and still speaks plaintext.",
    ),
    Fault(
        "swapped-certificate",
        "leaf-not-ours",
        "The server shows another certificate than the one that was made for it.",
    ),
    Fault(
        "swapped-key",
        "key-does-not-match",
        "The private key belongs to another certificate: Neo4j starts, and every handshake fails.",
    ),
    Fault(
        "trusts-everyone",
        "stranger-accepted",
        "The server accepts every certificate, whoever issued it.",
    ),
    Fault(
        "unknown-names",
        "name-not-resolved",
        "The server can't resolve the names of its peers.",
    ),
    Fault(
        "waits-alone",
        "quorum-not-met",
        "The server looks for its peers at a wrong port and waits for them for ever.",
    ),
    Fault(
        "wrong-name",
        "name-not-covered",
        "The certificate of the server is for another name than the one that its peers dial.",
    ),
)

FAULTS = tuple(sorted((*_REFUSES_TO_START, *_STARTS), key=lambda fault: fault.name))


def parse_fault(text: str, servers: Sequence[str]) -> tuple[str, str]:
    """Read `NAME[@SERVER]`; without a server it is the last one.

    Raises:
        UsageError: when there is no such fault or no such server.
    """
    name, at, server = text.partition("@")
    known = [fault.name for fault in FAULTS]
    if name not in known:
        raise UsageError(
            f"There is no fault named {name!r}.",
            hint=f"Give one of: {', '.join(known)}.",
        )
    if at and server not in servers:
        raise UsageError(
            f"The practice cluster has no server {server!r} to put the fault {name} into.",
            hint=f"Give one of: {', '.join(servers)}.",
        )
    return name, server if at else servers[-1]
