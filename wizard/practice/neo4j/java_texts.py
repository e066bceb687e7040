"""OpenSSL's errors in the words that JSSE and Netty would have used for them."""

from __future__ import annotations

import re

from OpenSSL import SSL

_EXCEPTION = "javax.net.ssl.SSLHandshakeException"
_ALERT = re.compile(r"alert ([a-z_ ]+)")

_NO_PROTOCOL = (
    f"{_EXCEPTION}: No appropriate protocol (protocol is disabled or cipher suites are "
    "inappropriate)"
)

_WORDS = (
    ("bad signature", f"{_EXCEPTION}: Invalid CertificateVerify message: invalid signature"),
    ("no shared cipher", f"{_EXCEPTION}: no cipher suites in common"),
    ("no ciphers available", _NO_PROTOCOL),
    ("no protocols available", _NO_PROTOCOL),
)
"""OpenSSL's reason, and what JDK 17 throws (sun.security.ssl: CertificateVerify, ServerHello,
HandshakeContext)."""

_OLD_CLIENT = ("unsupported protocol", "version too low", "unsupported version")
_CLOSED = (
    "io.netty.handler.ssl.StacklessSSLHandshakeException: "
    "Connection closed while SSL/TLS handshake was in progress"
)
_TIMEOUT = "io.netty.handler.ssl.SslHandshakeTimeoutException: handshake timed out after 10000ms"


def fatal_alert(error: SSL.Error) -> str | None:
    """Return the name of the alert the peer sent, such as `certificate_unknown`, or None."""
    found = _ALERT.search(_reasons(error))
    return None if found is None else found[1].strip().replace(" ", "_")


def in_java(error: SSL.Error, tls_versions: tuple[str, ...]) -> str:
    """Return `CLASS: MESSAGE` for an error that is no alert.

    Args:
        error: what OpenSSL raised.
        tls_versions: those of this side, for the message about a client that has none of them.
    """
    if isinstance(error, SSL.WantReadError | SSL.WantWriteError):
        return _TIMEOUT
    reasons = _reasons(error)
    if isinstance(error, SSL.SysCallError | SSL.ZeroReturnError) or "unexpected eof" in reasons:
        return _CLOSED
    for reason, java in _WORDS:
        if reason in reasons:
            return java
    if any(reason in reasons for reason in _OLD_CLIENT):
        offered = "TLSv1.1" if "TLSv1.2" in tls_versions else "TLSv1.2"
        return (
            f"{_EXCEPTION}: The client supported protocol versions [{offered}] are not accepted "
            f"by server preferences [{', '.join(tls_versions)}]"
        )
    return f"{_EXCEPTION}: General SSLEngine problem"


def _reasons(error: SSL.Error) -> str:
    return " ".join(str(part) for part in error.args)
