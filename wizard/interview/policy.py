"""The choices of Neo4j's SSL policy for the scope `cluster`, and what its clients get."""

from __future__ import annotations

from wizard.interview.defaults import NO, VERSION_DEFAULT, YES, usual, usual_yes_or_no
from wizard.interview.fields import Choice, Option, Step
from wizard.interview.trust import has_authority
from wizard.model.settings import ClientAuth, JavaTrustStore, VerifyHostname

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

BACKUP = Choice(
    key="kit.backup",
    label="Backups",
    why=(
        "A backup over the network is a client of these ports: without a certificate of its own "
        "it is shut out from now on."
    ),
    default=usual_yes_or_no("kit.backup"),
    applies=has_authority,
    options=(
        Option(
            value=YES,
            label="Make a certificate for them",
            meaning=(
                "The client kit holds a key and a certificate for the one machine that takes "
                "backups; they read every database."
            ),
        ),
        Option(
            value=NO,
            label="Make none",
            meaning="Right where backups are taken on the servers themselves.",
        ),
    ),
)

JAVA_TRUST_STORE = Choice(
    key="kit.java_trust_store",
    label="Trust for Java",
    why="The client kit holds the authority for programs that connect; Java wants it in a store.",
    default=usual("kit.java_trust_store"),
    options=(
        Option(
            value=JavaTrustStore.PKCS12.value,
            label="PKCS#12",
            meaning="Every Java since 8u301 reads it.",
        ),
        Option(
            value=JavaTrustStore.JKS.value,
            label="JKS",
            meaning="The older form, for programs that take no other.",
        ),
        Option(
            value=JavaTrustStore.NONE.value,
            label="None",
            meaning="The kit holds the authority as PEM, and nothing for Java.",
        ),
    ),
)

POLICY = Step(
    key="policy",
    title="Policy",
    explain=(
        "Neo4j reads these three settings from the SSL policy of the scope cluster. The defaults "
        "give mutual TLS: each server proves itself to each other one, and nobody else gets in. "
        "Weaker choices are yours, and verify keeps reporting them. The last questions are about "
        "those who connect: their client kit lies ready at the end."
    ),
    fields=(CLIENT_AUTH, VERIFY_HOSTNAME, TLS_VERSIONS, BACKUP, JAVA_TRUST_STORE),
)
