"""One TLS handshake over a blocking socket, with Java's verdict on the peer inside it."""

from __future__ import annotations

import socket

from OpenSSL import SSL

from wizard.model.settings import ClientAuth
from wizard.pki.java_trust import EMPTY_CHAIN, check_peer
from wizard.practice.neo4j.java_texts import fatal_alert, in_java
from wizard.practice.neo4j.tls_context import TlsSide

_SSL_EXCEPTION = "javax.net.ssl.SSLHandshakeException"


class HandshakeRefused(OSError):  # noqa: N818 - the peer's right, and no error of ours
    """The handshake failed, on either side.

    Attributes:
        java: `CLASS: MESSAGE` of what Java would throw here.
    """

    def __init__(self, java: str) -> None:
        super().__init__(java)
        self.java = java


class _Judge:
    """Collects the chain a peer sends and says Java's verdict before the handshake is over.

    OpenSSL trusts nobody here and is overruled at every objection; only its last call, for the
    leaf, counts. A refusal there makes OpenSSL send the alert.
    """

    def __init__(self, side: TlsSide, *, dials: bool, host: str | None) -> None:
        self._side, self._dials, self._host = side, dials, host
        self._sent: dict[int, object] = {}
        self.refusal: str | None = None
        self.has_judged = False

    def __call__(
        self, connection: SSL.Connection, certificate: object, _error: int, depth: int, ok: int
    ) -> bool:
        self._sent[depth] = certificate
        if not ok or depth != 0:
            return True
        chain = [self._sent[at].to_cryptography() for at in sorted(self._sent)]  # type: ignore[attr-defined]
        self.has_judged = True
        self.refusal = check_peer(
            self._side.store,
            chain,
            purpose="server" if self._dials else "client",
            now=self._side.now(),
            host=self._host,
            is_java=id(connection) in self._side.java_peers,
        )
        return self.refusal is None


def handshake(
    connection: socket.socket, context: SSL.Context, side: TlsSide, *, dials: bool, host: str | None
) -> SSL.Connection:
    """Shake hands and return the TLS connection.

    Args:
        connection: a blocking socket with a limit on its waiting.
        context: made for this handshake; its peer verification is set here.
        side: what this server trusts and requires.
        dials: whether this side opened the connection.
        host: the name to find in the peer's certificate, or None to leave it unchecked.

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
        raise HandshakeRefused(_reason(error, judge, made, side, dials=dials)) from None
    finally:
        side.java_peers.discard(id(made))
    return made


def in_javas_words(error: SSL.Error, made: SSL.Connection, side: TlsSide, *, dials: bool) -> str:
    """Return `CLASS: MESSAGE` of what Java throws where OpenSSL raises this error."""
    alert = fatal_alert(error)
    if alert is None:
        return in_java(error, side.tls_versions)
    return f"{_SSL_EXCEPTION}: Received fatal alert: {_javas_alert(alert, made, side, dials=dials)}"


def _reason(
    error: SSL.Error, judge: _Judge, made: SSL.Connection, side: TlsSide, *, dials: bool
) -> str:
    if judge.refusal is not None:
        return f"{_SSL_EXCEPTION}: {judge.refusal}"
    if "did not return a certificate" in str(error):
        return f"{_SSL_EXCEPTION}: {EMPTY_CHAIN}"
    return in_javas_words(error, made, side, dials=dials)


def _verify_mode(side: TlsSide, *, dials: bool) -> int:
    if dials or side.client_auth is ClientAuth.REQUIRE:
        return SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
    return SSL.VERIFY_PEER if side.client_auth is ClientAuth.OPTIONAL else SSL.VERIFY_NONE


def _javas_alert(alert: str, made: SSL.Connection, side: TlsSide, *, dials: bool) -> str:
    """Return the alert a Java peer would have sent where OpenSSL's choice differs.

    OpenSSL says internal_error when a callback refuses (pyOpenSSL has no public way to choose), and
    has an alert of its own for a missing certificate. JSSE 17 says certificate_unknown whatever is
    wrong with a certificate, its dates too, and bad_certificate for an empty chain.
    """
    if alert == "certificate_required":
        return "bad_certificate"
    if alert != "internal_error":
        return alert
    offered = not dials or _would_have_offered(made, side)
    return "certificate_unknown" if offered else "bad_certificate"


def _would_have_offered(made: SSL.Connection, side: TlsSide) -> bool:
    named = {name.der() for name in made.get_client_ca_list()}
    return not named or any(one.issuer.public_bytes() in named for one in side.chain)
