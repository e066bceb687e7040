"""What a failure in a log means for a person: one sentence, and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from wizard.neo4j.logs.failures import Failed, LogLine


def _meaning(sentence: str, hint: str) -> tuple[str, str]:
    return sentence, hint


_SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "base-directory-missing": _meaning(
            "Neo4j did not start because a folder its SSL policy names does not exist.",
            "Make the folder that base_directory names, with the key, the certificate and "
            "trusted/ in it, readable by Neo4j's user.",
        ),
        "trusted-empty": _meaning(
            "Neo4j did not start because trusted/ is empty and client_auth is REQUIRE.",
            "Put the certificate of the cluster's authority, or of every peer, into trusted/.",
        ),
        "trusted-missing": _meaning(
            "Neo4j has no certificate to trust, because the folder trusted/ is missing.",
            "Make trusted/ in the policy's base directory, and put the certificate of the "
            "cluster's authority, or of every peer, into it.",
        ),
        "trusted-stray-file": _meaning(
            "Neo4j did not start because a file in trusted/ is no certificate.",
            "Move everything that is no certificate out of trusted/, also hidden files, keys and "
            "folders.",
        ),
        "certificate-in-revoked": _meaning(
            "Neo4j did not start because a file in revoked/ is no revocation list.",
            "Move it out of revoked/: only certificate revocation lists (CRL) belong there, "
            "never a certificate.",
        ),
        "key-password-missing": _meaning(
            "Neo4j did not start because its private key has a password and neo4j.conf has none.",
            "Set dbms.ssl.policy.cluster.private_key_password in neo4j.conf.",
        ),
        "password-on-plain-key": _meaning(
            "Neo4j did not start because neo4j.conf sets a password for a private key that has "
            "none.",
            "Remove dbms.ssl.policy.cluster.private_key_password from neo4j.conf, or encrypt the "
            "key.",
        ),
        "key-password-wrong": _meaning(
            "Neo4j did not start because it could not decrypt its private key with the password "
            "in neo4j.conf.",
            "Correct dbms.ssl.policy.cluster.private_key_password; a backslash in it must be "
            "written twice. From 5.0 on the key must be encrypted with AES.",
        ),
        "key-password-not-possible": _meaning(
            "Neo4j did not start because neo4j.conf sets a password for its private key, and 3.5 "
            "can't open keys that have one.",
            "Remove private_key_password of the policy from neo4j.conf, and give the server a "
            "PKCS#8 key without a password.",
        ),
        "key-unreadable": _meaning(
            "Neo4j did not start because it could not read its private key or another file of "
            "the policy.",
            "Look whether the file exists, belongs to Neo4j's user and holds a PKCS#8 key in PEM.",
        ),
        "certificate-unreadable": _meaning(
            "Neo4j did not start because it could not read its own certificate.",
            "Look whether public.crt exists, is readable by Neo4j's user and holds a certificate "
            "in PEM.",
        ),
        "setting-refused": _meaning(
            "Neo4j did not start because it refuses a setting in neo4j.conf.",
            "Correct the setting that the message names, or remove it.",
        ),
        "chain-out-of-order": _meaning(
            "Neo4j did not start because the certificates in public.crt are not in their order.",
            "Put the server's own certificate first into public.crt, then each issuer after what "
            "it issued, none twice.",
        ),
        "disk-full": _meaning(
            "A disk of this server is full, so Neo4j can't write.",
            "Make room where the evidence says, or else where data and logs stand, and then start "
            "Neo4j again.",
        ),
        "file-not-permitted": _meaning(
            "The system does not let Neo4j use one of its files or folders.",
            "Give the file that the evidence names to the user Neo4j runs as; SELinux or AppArmor "
            "may forbid it, too.",
        ),
        "port-taken": _meaning(
            "Neo4j can't listen on one of its addresses: another program has the port, or the "
            "address is not this server's.",
            "End the other program, or correct the listen_address setting of that port.",
        ),
        "cipher-mismatch": _meaning(
            "Two servers have no cipher suite in common.",
            "Remove the ciphers setting of the cluster policy on every server, or set the same "
            "there, with suites that fit the kind of the servers' keys.",
        ),
        "key-does-not-match": _meaning(
            "A peer signs with a private key that does not belong to its certificate.",
            "Put the key and the certificate that belong together into that peer's policy folder.",
        ),
        "leaf-expired": _meaning(
            "A certificate has expired.",
            "Renew the certificate of the server that is named in the evidence, and compare the "
            "clocks of the servers.",
        ),
        "leaf-not-yet-valid": _meaning(
            "A certificate is not valid yet.",
            "Compare the clocks of the servers: one of them is behind.",
        ),
        "leaf-revoked": _meaning(
            "A peer's certificate is on a revocation list in revoked/.",
            "Issue that peer another certificate, or take the list out of revoked/.",
        ),
        "crl-stale": _meaning(
            "A revocation list in revoked/ is out of date or missing for one of the issuers, so "
            "no peer is accepted.",
            "Put a current list of every issuer into revoked/, or empty the folder.",
        ),
        "trusted-lacks-peer": _meaning(
            "Two servers do not trust each other: the issuer of one's certificate is missing in "
            "the other's trusted/.",
            "Put the certificate of the cluster's authority, or of every peer, into trusted/ on "
            "both servers.",
        ),
        "name-not-covered": _meaning(
            "A peer's certificate does not hold the name or address it is dialled by.",
            "Issue that peer a certificate whose SAN holds its advertised address.",
        ),
        "no-client-auth-eku": _meaning(
            "A peer's certificate is not made for both directions of mutual TLS.",
            "Issue a certificate with both extended key usages, serverAuth and clientAuth.",
        ),
        "plaintext-server": _meaning(
            "A peer does not speak TLS on a cluster port.",
            "Look whether every server has the cluster policy enabled and was restarted since.",
        ),
        "tls-version-mismatch": _meaning(
            "Two servers have no TLS version in common.",
            "Set the same tls_versions in every neo4j.conf.",
        ),
        "handshake-refused": _meaning(
            "A peer refused this server's certificate, and its own log says why.",
            "Read the log of the peer at the same time.",
        ),
        "links-incomplete": _meaning(
            "Neo4j gave up waiting for the other servers of its cluster.",
            "Look whether the others run with the same policy, and whether the cluster ports can "
            "be reached.",
        ),
        "start-failed": _meaning(
            "Neo4j failed to start.",
            "Read the end of neo4j.log and debug.log on this server.",
        ),
    }
)

CODES = frozenset(_SENTENCES)
"""Every problem code a log line can stand for."""


def problem_of(line: LogLine) -> tuple[str, str, str] | None:
    """Return (code, sentence, hint) of a line that tells of a failure, or None.

    The sentence holds nothing from outside; Neo4j's own words are the line's `text`.
    """
    if not isinstance(line, Failed):
        return None
    sentence, hint = _SENTENCES[line.code]
    return line.code, sentence, hint


def most_telling(lines: Iterable[LogLine]) -> Failed | None:
    """Return the line that names the cause best: the heaviest, and of equals the last."""
    failures = [line for line in lines if isinstance(line, Failed)]
    return max(reversed(failures), key=lambda line: line.weight, default=None)
