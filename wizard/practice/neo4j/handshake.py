"""One TLS handshake over a blocking socket, with Java's verdict on the peer inside it."""

from __future__ import annotations

import socket
from typing import Any

from OpenSSL import SSL

from wizard.model.settings import ClientAuth
from wizard.pki.java.trust import EMPTY_CHAIN, NO_ANCHORS, check_peer, would_offer
from wizard.practice.neo4j.client_hello import ClientHello
from wizard.practice.neo4j.java_texts import fatal_alert, in_java
from wizard.practice.neo4j.tls_context import TlsSide

_SSL_EXCEPTION = "javax.net.ssl.SSLHandshakeException"
_UNHANDLED = "javax.net.ssl.SSLException: Unhandled exception"


class HandshakeRefused(OSError):  # noqa: N818 - the peer's right, and no error of ours
    """The handshake failed, on either side.

    Attributes:
        java: `CLASS: MESSAGE` of what Java would throw here, and of its causes.
    """

    def __init__(self, *java: str) -> None:
        super().__init__(*java)
        self.java = java


class _Judge:
    """Collects the chain a peer sends and says Java's verdict before the handshake is over.

    OpenSSL trusts nobody here and is overruled at every objection; only its last call, for the
    leaf, counts. A refusal there makes OpenSSL send the alert.
    """

    def __init__(self, side: TlsSide, *, dials: bool, host: str | None) -> None:
        self._side, self.dials, self._host = side, dials, host
        self._sent: dict[int, object] = {}
        self.refusal: str | None = None

    def __call__(
        self, connection: SSL.Connection, certificate: object, _error: int, depth: int, ok: int
    ) -> bool:
        self._sent[depth] = certificate
        if not ok or depth != 0:
            return True
        chain = [self._sent[at].to_cryptography() for at in sorted(self._sent)]  # type: ignore[attr-defined]
        is_java = id(connection) in self._side.java_peers
        if self._would_show_none(chain, is_java=is_java):
            return True
        self.refusal = check_peer(
            self._side.store,
            chain,
            purpose="server" if self.dials else "client",
            now=self._side.now(),
            host=self._host,
            is_java=is_java,
        )
        return self.refusal is None

    def _would_show_none(self, chain: list[Any], *, is_java: bool) -> bool:
        """A Java client keeps a chain to itself that no named issuer covers, where it may."""
        is_optional = not self.dials and self._side.client_auth is ClientAuth.OPTIONAL
        return is_optional and is_java and not would_offer(self._side.store, chain)


def handshake(
    connection: socket.socket,
    context: SSL.Context,
    side: TlsSide,
    *,
    dials: bool,
    host: str | None,
    hello: ClientHello | None = None,
) -> SSL.Connection:
    """Shake hands and return the TLS connection.

    Args:
        connection: a blocking socket with a limit on its waiting.
        context: made for this handshake; its peer verification is set here.
        side: what this server trusts and requires.
        dials: whether this side opened the connection.
        host: the name to find in the peer's certificate, or None to leave it unchecked.
        hello: what the client of an accepted connection offers.

    Raises:
        HandshakeRefused: when either side refuses; the alert has been sent.
    """
    judge = _Judge(side, dials=dials, host=host)
    context.set_verify(_verify_mode(side, dials=dials), judge)
    made = SSL.Connection(context, connection)
    (made.set_connect_state if dials else made.set_accept_state)()
    try:
        made.do_handshake()
    except SSL.Error as error:
        raise HandshakeRefused(*_reason(error, judge, made, side, hello)) from None
    finally:
        side.java_peers.discard(id(made))
    return made


def in_javas_words(
    error: SSL.Error,
    made: SSL.Connection,
    side: TlsSide,
    *,
    dials: bool,
    hello: ClientHello | None = None,
) -> str:
    """Return `CLASS: MESSAGE` of what Java throws where OpenSSL raises this error."""
    alert = fatal_alert(error)
    if alert is None:
        is_1_3 = made.get_protocol_version_name() == "TLSv1.3"
        return in_java(error, side.tls_versions, hello, in_key_exchange=dials and not is_1_3)
    java = _javas_alert(alert, made, side, dials=dials)
    kind = "javax.net.ssl.SSLException" if java == "internal_error" else _SSL_EXCEPTION
    return f"{kind}: Received fatal alert: {java}"


def _reason(
    error: SSL.Error,
    judge: _Judge,
    made: SSL.Connection,
    side: TlsSide,
    hello: ClientHello | None,
) -> tuple[str, ...]:
    if judge.refusal == NO_ANCHORS:
        unexpected = f"java.lang.RuntimeException: {NO_ANCHORS}"
        return (_UNHANDLED, unexpected) if side.later_java else (unexpected,)
    if judge.refusal is not None:
        return (f"{_SSL_EXCEPTION}: {judge.refusal}",)
    if "did not return a certificate" in str(error):
        return (f"{_SSL_EXCEPTION}: {EMPTY_CHAIN}",)
    return (in_javas_words(error, made, side, dials=judge.dials, hello=hello),)


def _verify_mode(side: TlsSide, *, dials: bool) -> int:
    if dials or side.client_auth is ClientAuth.REQUIRE:
        return SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
    return SSL.VERIFY_PEER if side.client_auth is ClientAuth.OPTIONAL else SSL.VERIFY_NONE


def _javas_alert(alert: str, made: SSL.Connection, side: TlsSide, *, dials: bool) -> str:
    """Return the alert a Java peer would have sent where OpenSSL's choice differs.

    OpenSSL says internal_error when a callback refuses (pyOpenSSL has no public way to choose),
    has an alert of its own for a missing certificate, and another for a wrong signature.
    """
    if alert == "decrypt_error":
        return "handshake_failure"
    if alert == "certificate_required":
        return _alert_for_none(made, side)
    if alert != "internal_error":
        return alert
    if not dials:
        return "certificate_unknown"
    if not made.get_client_ca_list():  # it trusts nobody, and that is not foreseen in Java
        return "internal_error" if side.later_java else "handshake_failure"
    return "certificate_unknown" if _would_have_offered(made, side) else _alert_for_none(made, side)


def _alert_for_none(made: SSL.Connection, side: TlsSide) -> str:
    """Java 17 says bad_certificate; later ones what RFC 8446 (4.4.2.4) and RFC 5246 (7.4.6) do."""
    if not side.later_java:
        return "bad_certificate"
    is_1_3 = made.get_protocol_version_name() == "TLSv1.3"
    return "certificate_required" if is_1_3 else "handshake_failure"


def _would_have_offered(made: SSL.Connection, side: TlsSide) -> bool:
    named = {name.der() for name in made.get_client_ca_list()}
    return any(one.issuer.public_bytes() in named for one in side.chain)
