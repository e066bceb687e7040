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


FAULTS = (
    Fault(
        "certificate-in-revoked",
        "certificate-in-revoked",
        "A certificate lies in revoked/, where only revocation lists may be, so Neo4j won't start.",
    ),
    Fault(
        "client-auth-none",
        "client-auth-not-required",
        "The server asks nobody for a certificate, so any stranger may connect.",
    ),
    Fault(
        "dies-after-start",
        "start-failed",
        "The Neo4j process ends shortly after its start without saying why.",
    ),
    Fault(
        "expired-leaf",
        "leaf-expired",
        "The server shows a certificate that has expired, so its peers refuse it.",
    ),
    Fault(
        "missing-trusted-directory",
        "trusted-missing",
        "The folder trusted/ is missing: Neo4j starts, but trusts nobody.",
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
        "plaintext",
        "plaintext-server",
        "The server ignores its policy and still speaks plaintext.",
    ),
    Fault(
        "stray-file",
        "trusted-stray-file",
        "A file that is no certificate lies in trusted/, so Neo4j won't start.",
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
        "wrong-password",
        "key-password-wrong",
        "The password in neo4j.conf does not open the private key, so Neo4j won't start.",
    ),
)


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
