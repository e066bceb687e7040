"""The choices of Neo4j's SSL policy for the scope `cluster`."""

from __future__ import annotations

from wizard.interview.defaults import VERSION_DEFAULT, usual
from wizard.interview.fields import Choice, Option, Step
from wizard.model.settings import ClientAuth, VerifyHostname

CLIENT_AUTH = Choice(
    key="policy.client_auth",
    label="client_auth",
    why="It decides whether a server that connects has to prove who it is.",
    default=usual("policy.client_auth", "the only choice that keeps strangers out"),
    options=(
        Option(
            value=ClientAuth.REQUIRE.value,
            label="REQUIRE",
            meaning="Both sides show a certificate, and without one nobody gets in: mutual TLS.",
        ),
        Option(
            value=ClientAuth.OPTIONAL.value,
            label="OPTIONAL",
            meaning=(
                "A certificate is checked when one is shown, but a stranger simply shows none and "
                "gets in."
            ),
        ),
        Option(
            value=ClientAuth.NONE.value,
            label="NONE",
            meaning=(
                "Nobody who connects is checked: the traffic is encrypted, but anyone who reaches "
                "the ports can join in."
            ),
        ),
    ),
)

VERIFY_HOSTNAME = Choice(
    key="policy.verify_hostname",
    label="verify_hostname",
    why="It decides whether a server checks that it reached the very server it dialled.",
    default=usual("policy.verify_hostname", "decided from what the survey finds"),
    options=(
        Option(
            value=VerifyHostname.AUTO.value,
            label="Decide for me",
            meaning=(
                "On when all advertised addresses are names that resolve alike on every server, "
                "off otherwise; the review says which and why."
            ),
        ),
        Option(
            value=VerifyHostname.TRUE.value,
            label="On",
            meaning="The address that was dialled must stand in the certificate.",
        ),
        Option(
            value=VerifyHostname.FALSE.value,
            label="Off",
            meaning="Any certificate of this cluster will do, whichever server shows it.",
        ),
    ),
)

TLS_VERSIONS = Choice(
    key="policy.tls_versions",
    label="tls_versions",
    why="All servers must share at least one version of TLS, or they can't talk at all.",
    default=usual("policy.tls_versions", "what this Neo4j version uses"),
    options=(
        Option(
            value=VERSION_DEFAULT,
            label="Neo4j's default",
            meaning="TLSv1.2 up to Neo4j 5.23, and TLSv1.2 with TLSv1.3 from 5.24 on.",
        ),
        Option(
            value="TLSv1.2,TLSv1.3",
            label="TLSv1.2 and TLSv1.3",
            meaning="The servers take the newest version that both sides know.",
        ),
        Option(
            value="TLSv1.3",
            label="Only TLSv1.3",
            meaning="The strictest choice; every tool that connects to these ports must know it.",
        ),
        Option(
            value="TLSv1.2",
            label="Only TLSv1.2",
            meaning="For networks whose equipment does not pass TLSv1.3.",
        ),
    ),
)

POLICY = Step(
    key="policy",
    title="Policy",
    explain=(
        "Neo4j reads these three settings from the SSL policy of the scope cluster. The defaults "
        "give mutual TLS: each server proves itself to each other one, and nobody else gets in. "
        "Weaker choices are yours to make, and verify will keep reporting them."
    ),
    fields=(CLIENT_AUTH, VERIFY_HOSTNAME, TLS_VERSIONS),
)
