"""OpenSSL's errors in the words that JSSE and Netty would have used for them."""

from __future__ import annotations

import re

from OpenSSL import SSL

from wizard.practice.neo4j.client_hello import ClientHello

_EXCEPTION = "javax.net.ssl.SSLHandshakeException"
_ALERT = re.compile(r"alert ([a-z_ ]+)")

_NO_PROTOCOL = (
    f"{_EXCEPTION}: No appropriate protocol (protocol is disabled or cipher suites are "
    "inappropriate)"
)

_WRONG_SIGNATURE = "bad signature"

_WORDS = (
    (_WRONG_SIGNATURE, f"{_EXCEPTION}: Invalid CertificateVerify signature"),
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


def in_java(
    error: SSL.Error,
    tls_versions: tuple[str, ...],
    hello: ClientHello | None = None,
    *,
    in_key_exchange: bool = False,
) -> str:
    """Return `CLASS: MESSAGE` for an error that is no alert.

    Args:
        error: what OpenSSL raised.
        tls_versions: those of this side, for the message about a client that has none of them.
        hello: what that client offers.
        in_key_exchange: a server's signature stands in its key exchange, as before TLS 1.3.
    """
    if isinstance(error, SSL.WantReadError | SSL.WantWriteError):
        return _TIMEOUT
    reasons = _reasons(error)
    if isinstance(error, SSL.SysCallError | SSL.ZeroReturnError) or "unexpected eof" in reasons:
        return _CLOSED
    if in_key_exchange and _WRONG_SIGNATURE in reasons:
        return f"{_EXCEPTION}: Invalid ECDH ServerKeyExchange signature"
    for reason, java in _WORDS:
        if reason in reasons:
            return java
    if any(reason in reasons for reason in _OLD_CLIENT):
        return f"{_EXCEPTION}: {_refused_versions(tls_versions, hello)}"
    return f"{_EXCEPTION}: General SSLEngine problem"


def _refused_versions(tls_versions: tuple[str, ...], hello: ClientHello | None) -> str:
    """`ClientHello.negotiateProtocol` has a text for clients with the extension, and one without.

    A client that plays Java sends it always, as Java does; OpenSSL leaves it out below TLS 1.3.
    """
    if hello is None or (hello.supported_versions is None and not hello.plays_java):
        offered = "TLSv1.1" if hello is None else hello.legacy_version
        return f"Client requested protocol {offered} is not enabled or supported in server context"
    listed = ", ".join(hello.supported_versions or (hello.legacy_version,))
    return (
        f"The client supported protocol versions [{listed}] are not accepted "
        f"by server preferences [{', '.join(tls_versions)}]"
    )


def _reasons(error: SSL.Error) -> str:
    return " ".join(str(part) for part in error.args)
