"""Neo4j's own failure messages, each with the problem it stands for.

The texts are those of SslPolicyLoader, PkiUtils, Config and JSSE; the problem codes are stable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line that means something.

    Attributes:
        at: when it was written; None in a stack trace.
        level: such as `INFO`; empty in a stack trace.
        category: the class that wrote it, abbreviated; empty in the user log.
    """

    at: datetime | None = None
    level: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(LogLine):
    """Something went wrong.

    Attributes:
        code: the problem it stands for.
        text: Neo4j's own words, as written: from outside, so not safe to show as it is.
        weight: how much it says: of several lines about one failure the heaviest is the cause.
        remote: the IP address at the other end of the connection that failed, where one is named.
        told_at: its own time, or in a stack trace that of the line above it.
    """

    code: str
    text: str
    weight: int = 2
    remote: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderError(Failed):
    """Neo4j refuses to start: a policy does not load or a setting is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFailed(Failed):
    """Neo4j failed to start; `text` is the root cause, where the line names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance(Failed):
    """Something on the server stood in Neo4j's way; it explains a failed start, and proves none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFailure(Failed):
    """A handshake with a peer failed, in either direction."""


MAX_CHARACTERS = 8_192
"""No message that is known comes near; a longer line is cut before it is searched."""

_LOADER: tuple[tuple[str, str, int], ...] = (
    ("base-directory-missing", r"Base directory '.*' for SSL policy with name '.*' does not", 3),
    ("trusted-empty", r"Client auth is required but no trust anchors found in:", 3),
    ("trusted-missing", r"Could not find or list files in trusted directory:", 3),
    ("base-directory-missing", r"Could not find or list files in revoked directory:", 3),
    ("trusted-stray-file", r"Error loading certificate file:", 3),
    ("certificate-in-revoked", r"Could not load CRL:", 3),
    ("key-password-missing", r"Found encrypted private key but no passphrase was provided", 4),
    ("password-on-plain-key", r"Passphrase was provided but found un-encrypted private key", 4),
    ("key-password-wrong", r"Unable to decrypt private key", 4),
    ("key-password-not-possible", r"Loading private keys with passwords is not yet supported", 4),
    ("key-unreadable", r"Provided PEM does not contain a private key", 4),
    ("key-unreadable", r"File does not contain -----BEGIN", 4),
    ("key-unreadable", r"Missing footer: ", 4),
    ("key-unreadable", r"Encryption scheme .* is not supported", 4),
    ("key-unreadable", r"Key does not match RSA, DSA or EC spec", 4),
    ("key-unreadable", r"Neither RSA, DSA nor EC worked", 4),
    ("key-unreadable", r"Unrecognized private key format", 4),
    ("leaf-expired", r"RuntimeException: Expired certificate", 4),
    ("key-unreadable", r"Failed to load private key:", 2),
    ("certificate-unreadable", r"Param 'keyCertChain' must not be empty", 4),
    ("chain-out-of-order", r"KeyStoreException: Certificate chain is not valid", 4),
    ("certificate-unreadable", r"Failed to load public certificate chain:", 2),
    ("trusted-stray-file", r"Failed to create trust manager based on:", 2),
    ("certificate-unreadable", r"CertificateException: Could not parse certificate: ", 1),
    ("trusted-stray-file", r"signed overrun, bytes|signed fields invalid|Short read of DER", 2),
    ("setting-refused", r" declared multiple times\.", 3),
    ("setting-refused", r"Unrecognized setting\. No declared setting with name:", 3),
    ("setting-refused", r"Error evaluating value for setting '", 3),
    ("setting-refused", r"is a command, but config is not explicitly told to expand it", 3),
    ("setting-refused", r"does not have the correct file permissions to evaluate commands", 3),
    ("setting-refused", r"Malformed \\u+xxxx encoding", 3),
    ("setting-refused", r"Unsupported protocol: ", 3),
    ("setting-refused", r"Can not have multiple SslPolicies configured for", 3),
    ("setting-refused", r"Cannot find enabled SSL policy with name", 3),
    ("setting-refused", r"Invalid setting name: ", 3),
    ("setting-refused", r"Missing mandatory setting: ", 3),
    ("setting-refused", r"Paths must be absolute\. Got ", 3),
    ("setting-refused", r"Legacy policy cannot be configured", 3),
)
"""What stops a start: code, Neo4j's words, weight. Operations Manual and the loader's source."""

_TLS: tuple[tuple[str, str, int], ...] = (
    ("trusted-lacks-peer", r"Empty client certificate chain|null cert chain", 4),
    ("trusted-lacks-peer", r"PKIX path building failed", 4),
    ("trusted-missing", r"the trustAnchors parameter must be non-empty", 4),
    ("name-not-covered", r"No subject alternative (?:DNS )?names? (?:matching|present)", 4),
    ("name-not-covered", r"No name matching \S{1,255} found", 4),
    ("no-client-auth-eku", r"Extended key usage does not permit use for TLS", 4),
    ("leaf-not-yet-valid", r"CertificateNotYetValidException", 4),
    ("leaf-expired", r"CertificateExpiredException|validity check failed", 4),
    ("crl-stale", r"Could not determine revocation status", 4),
    ("leaf-revoked", r"Certificate has been revoked", 4),
    ("plaintext-server", r"NotSslRecordException|not an SSL/TLS record", 4),
    ("tls-version-mismatch", r"The client supported protocol versions .* are not accepted", 4),
    ("tls-version-mismatch", r"No appropriate protocol", 4),
    ("tls-version-mismatch", r"Client requested protocol \S+ is not enabled or supported", 4),
    ("cipher-mismatch", r"no cipher suites in common", 4),
    ("key-does-not-match", r"Invalid (?:CertificateVerify|ECDH ServerKeyExchange) signature", 4),
    ("tls-version-mismatch", r"Received fatal alert: protocol_version", 3),
    ("leaf-expired", r"Received fatal alert: certificate_expired", 3),
    ("trusted-lacks-peer", r"Received fatal alert: (?:bad_certificate|certificate_required)", 3),
    ("plaintext-server", r"SslHandshakeTimeoutException|handshake timed out after", 3),
    ("handshake-refused", r"Received fatal alert: ", 2),
    ("handshake-refused", r"General SSLEngine problem", 2),
    ("handshake-refused", r"SSLHandshakeException: |Failed handshake after timeout", 1),
)
"""How a handshake fails, as JSSE under Netty says it: code, words, weight (JDK 8 to 21)."""

_HINDRANCES: tuple[tuple[str, str, int], ...] = (
    ("disk-full", r"No space left on device|Disk quota exceeded", 5),
    ("file-not-permitted", r"AccessDeniedException: |Read-only file system", 5),
    ("file-not-permitted", r" \(Permission denied\)", 5),
    ("port-taken", r"Address already in use|address is already bound: ", 4),
    ("port-taken", r"Cannot assign requested address", 4),
)
"""What the machine refuses Neo4j, in the words of the JDK and of the system's C library."""

_CAUSE = re.compile(r'cause exception "(?P<cause>[^"]*)"')
_SAID_FAILED = re.compile(r"Failed to start Neo4j\b|Error starting Neo4j database server at")
_NOT_JOINED = re.compile(r"Failed to join a cluster with members ")
_NO_FILE = re.compile(r" \((?:No such file or directory|Permission denied)\)")

Row = tuple[type[Failed], str, re.Pattern[str], int]

_ROWS: tuple[Row, ...] = (
    *((LoaderError, code, re.compile(words), weight) for code, words, weight in _LOADER),
    *((TlsFailure, code, re.compile(words), weight) for code, words, weight in _TLS),
    *((Hindrance, code, re.compile(words), weight) for code, words, weight in _HINDRANCES),
    (LoaderError, "key-unreadable", _NO_FILE, 2),
    (StartFailed, "links-incomplete", _NOT_JOINED, 2),
    (StartFailed, "start-failed", _SAID_FAILED, 0),
)


def failure_in(text: str, level: str = "") -> Failed | None:
    """Return the failure that a message, with the stack trace below it, tells of, or None.

    Args:
        text: one message, or one line of a stack trace, or both together.
        level: a refused setting that is only a warning stops nothing.
    """
    whole = (line[:MAX_CHARACTERS] for line in text.splitlines())
    lines = [line for line in whole if not line.lstrip().startswith("at ")]
    found = [failure for line in lines if (failure := _of(line)) is not None]
    heaviest = max(found, key=lambda failure: failure.weight, default=None)
    if heaviest is not None and heaviest.code == "setting-refused" and level == "WARN":
        return None
    return heaviest


def _of(text: str) -> Failed | None:
    cause = _CAUSE.search(text)
    said = text.strip() if cause is None else cause["cause"]
    matching = [row for row in _ROWS if row[2].search(text)]
    if not matching:
        return None
    kind, code, _, weight = max(matching, key=lambda row: row[3])
    return kind(code=code, text=said, weight=weight)
