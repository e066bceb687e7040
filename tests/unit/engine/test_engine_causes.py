"""Why a cluster just sits there: each cause has its problem, and something that proves it."""

from __future__ import annotations

import pytest
from test_engine_diagnosis import CASES

from wizard.neo4j.logs.lines import read_line
from wizard.neo4j.logs.problems import CODES, problem_of
from wizard.practice.faults import FAULTS

START = "2026-03-01 10:00:00.000+0000 ERROR "
EKU = "Extended key usage does not permit use for TLS"
JSSE = "Caused by: javax.net.ssl.SSLHandshakeException: "

PRACTISED = {
    "base directory": ("base-directory-missing", "missing-base-directory"),
    "no anchors in trusted/": ("trusted-empty", "missing-trusted-file"),
    "no trusted/": ("trusted-missing", "missing-trusted-directory"),
    "stray file": ("trusted-stray-file", "stray-file"),
    "key of another format": ("key-unreadable", "damaged-key"),
    "own certificate unreadable": ("certificate-unreadable", "empty-certificate"),
    "certificate in revoked/": ("certificate-in-revoked", "certificate-in-revoked"),
    "permission": ("file-not-permitted", "unreadable-key"),
    "disk": ("disk-full", "disk-full"),
    "wrong password": ("key-password-wrong", "wrong-password"),
    "no password": ("key-password-missing", "missing-password"),
    "password on plain key": ("password-on-plain-key", "password-on-plain-key"),
    "wrong order": ("chain-out-of-order", "chain-out-of-order"),
    "misspelt": ("setting-refused", "setting-refused"),
    "a port that is taken": ("port-taken", "port-taken"),
    "gone without a word": ("start-failed", "dies-after-start"),
    "peer missing in trusted/": ("trusted-lacks-peer", "foreign-trusted"),
    "key mismatch": ("key-does-not-match", "swapped-key"),
    "another certificate": ("leaf-not-ours", "swapped-certificate"),
    "name not covered": ("name-not-covered", "wrong-name"),
    "no clientAuth": ("no-client-auth-eku", "no-client-auth"),
    "expired": ("leaf-expired", "expired-leaf"),
    "not yet valid": ("leaf-not-yet-valid", "not-yet-valid"),
    "clock skew": ("clock-skew", "clock-behind"),
    "stale or foreign CRL": ("crl-stale", "foreign-crl"),
    "plaintext": ("plaintext-server", "plaintext"),
    "TLS version": ("tls-version-mismatch", "old-tls"),
    "cipher or key type": ("key-type-mismatch", "ciphers-of-another-key"),
    "firewall": ("port-filtered", "filtered-ports"),
    "wrong port": ("not-listening", "closed-ports"),
    "DNS": ("name-not-resolved", "unknown-names"),
    "quorum not met": ("quorum-not-met", "waits-alone"),
    "leader missing": ("leader-missing", "no-leader"),
    "started, but not joined": ("not-joined", "founds-its-own"),
    "asks nobody": ("client-auth-not-required", "client-auth-none"),
    "trusts everyone": ("stranger-accepted", "trusts-everyone"),
}
"""Causes that the practice cluster can have, with the fault that makes each."""

BY_RULE = {
    "policy-misspelt": "misspelt",
    "policy-not-enabled": "off",
    "no-client-auth-eku": "a leaf for clients only",
    "server-not-running": "stopped",
    "strangers-knock": "strangers",
    "handshake-refused": "refused",
}
"""Further causes, each with its case among the rules' own tests."""

WORDS = {
    "Base directory '/c' for SSL policy with name 'X' does not exist": "base-directory-missing",
    "Failed to create trust manager based on: /c/trusted": "trusted-stray-file",
    "Could not find or list files in trusted directory: /c/trusted": "trusted-missing",
    "Could not find or list files in revoked directory: /c/revoked": "base-directory-missing",
    "Client auth is required but no trust anchors found in: /c/trusted": "trusted-empty",
    "Error loading certificate file: /c/trusted/notes.txt": "trusted-stray-file",
    "Failed to load private key: /c/private.key": "key-unreadable",
    "Failed to load public certificate chain: /c/public.crt": "certificate-unreadable",
    "Could not load CRL: /c/revoked/a.crt": "certificate-in-revoked",
    "Can not have multiple SslPolicies configured for CLUSTER": "setting-refused",
    "Cannot find enabled SSL policy with name 'CLUSTER' in the configuration": "setting-refused",
    "/c/private.key (No such file or directory)": "key-unreadable",
    "/c/private.key (Permission denied)": "file-not-permitted",
    "signed overrun, bytes = 918": "trusted-stray-file",
    "Short read of DER length": "trusted-stray-file",
    f"{JSSE}Received fatal alert: bad_certificate": "trusted-lacks-peer",
    f"{JSSE}Empty client certificate chain": "trusted-lacks-peer",
    f"{JSSE}null cert chain": "trusted-lacks-peer",
    f"{JSSE}PKIX path building failed: x": "trusted-lacks-peer",
    f"{JSSE}Received fatal alert: certificate_unknown": "handshake-refused",
    f"{JSSE}No subject alternative DNS name matching a found.": "name-not-covered",
    f"{JSSE}No subject alternative names matching IP address 1.2.3.4 found": "name-not-covered",
    f"{JSSE}No subject alternative names present": "name-not-covered",
    f"{JSSE}No name matching a found": "name-not-covered",
    f"{JSSE}{EKU} client authentication": "no-client-auth-eku",
    f"{JSSE}{EKU} server authentication": "no-client-auth-eku",
    f"{JSSE}PKIX path validation failed: x: validity check failed": "leaf-expired",
    "Caused by: java.security.cert.CertificateNotYetValidException: x": "leaf-not-yet-valid",
    f"{JSSE}Received fatal alert: certificate_expired": "leaf-expired",
    f"{JSSE}Certificate has been revoked, reason: KEY_COMPROMISE": "leaf-revoked",
    f"{JSSE}Could not determine revocation status": "crl-stale",
    "Caused by: x: the trustAnchors parameter must be non-empty": "trusted-missing",
    "Caused by: io.netty.handler.ssl.NotSslRecordException: not an SSL/TLS record: 00": (
        "plaintext-server"
    ),
    "Caused by: io.netty.handler.ssl.SslHandshakeTimeoutException: handshake timed out": (
        "plaintext-server"
    ),
    f"{JSSE}Received fatal alert: protocol_version": "tls-version-mismatch",
    f"{JSSE}The client supported protocol versions [TLSv1.2] are not accepted by x": (
        "tls-version-mismatch"
    ),
    f"{JSSE}General SSLEngine problem": "handshake-refused",
}  # fmt: skip
"""What Neo4j and Java say when a policy does not load or a handshake fails, and what it means."""


def test_every_practice_fault_stands_for_a_cause_and_every_cause_has_one() -> None:
    assert set(PRACTISED.values()) == {(fault.problem_code, fault.name) for fault in FAULTS}


def test_what_can_not_be_practised_is_proved_among_the_rules() -> None:
    for code, case in BY_RULE.items():
        assert CASES[case][1] == code
    assert len({code for code, _ in PRACTISED.values()} | set(BY_RULE)) > 25


@pytest.mark.parametrize("words", WORDS)
def test_the_words_of_neo4j_and_of_java_lead_to_the_problem(words: str) -> None:
    line = read_line(words if words.startswith("Caused") else START + words)
    assert line is not None
    told = problem_of(line)
    assert told is not None
    assert told[0] == WORDS[words]
    assert told[0] in CODES
