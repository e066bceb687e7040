"""One TLS handshake with an identity of ours, or with none, over any pipe.

In TLS 1.3 a client is done before the server has looked at its certificate. So the Finished and
a close_notify leave in one flight, and the port's next word decides: an alert is a refusal, a
close_notify, data or a session ticket an acceptance, and a bare end of the connection proves
nothing. Java, and so Neo4j, leaves a close_notify of TLS 1.3 unanswered and says only the ticket.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from OpenSSL import SSL, crypto

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer, Pipe, send_all
from wizard.engine.probing.raw import looks_like_tls
from wizard.pki.probe_identities import ProbeIdentity

TIMEOUT_S = 4.0
AFTER_TICKET_S = 0.3
"""How long an alert is waited for after a ticket, which by RFC 8446 (4.6.1) no server sends before
it has taken the client's last flight, certificate included."""

_TLS_1_3 = "TLSv1.3"
_SEALED = 0x17  # RFC 8446 section 5.2: the outer type of every record once keys are agreed
_HEADER = 5


@dataclass(slots=True)
class _Talk:
    """A TLS connection in memory, and what came through the pipe so far."""

    tls: SSL.Connection
    pipe: Pipe
    deadline: float
    received: int = 0
    first: bytes = b""
    ended: bool = False
    last_words: bytes = b""

    def flush(self) -> None:
        """Send everything TLS has ready, in one flight."""
        waiting = b""
        while True:
            try:
                waiting += self.tls.bio_read(65536)
            except SSL.WantReadError:
                break
        if waiting:
            send_all(self.pipe, waiting)

    def feed(self) -> bool:
        """Wait for bytes and hand them to TLS; False at the end of the connection."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.pipe.settimeout(left)
        content = self.pipe.recv(65536)
        if not content:
            self.ended = True
            return False
        self.first = self.first or content
        self.received += len(content)
        self.last_words += content
        self.tls.bio_write(content)
        return True


def shake_hands(
    pipe: Pipe,
    identity: ProbeIdentity | None,
    *,
    timeout_s: float = TIMEOUT_S,
    only_tls_1_2: bool = False,
) -> Answer:
    """Shake hands, say goodbye in the same flight, and read what the port answers.

    Nothing is checked about the served certificate; the caller compares the leaf.
    """
    tls = SSL.Connection(_context(identity, only_tls_1_2=only_tls_1_2), None)
    tls.set_connect_state()
    talk = _Talk(tls, pipe, time.monotonic() + timeout_s)
    try:
        return _converse(talk)
    except TimeoutError:
        if _holds_ticket(talk):
            return _answer(talk, Verdict.ACCEPTED, "")
        return _answer(talk, Verdict.TIMEOUT, "no answer in time")
    except OSError:
        return _ended(talk)


def _converse(talk: _Talk) -> Answer:
    try:
        while not _step(talk):
            talk.flush()
            if not talk.feed():
                return _ended(talk)
        talk.tls.shutdown()
        talk.flush()
        talk.last_words = b""
        return _last_word(talk)
    except SSL.Error as error:
        reason = reason_of(error)
        _say_alert(talk)
        if talk.first and not looks_like_tls(talk.first):
            return _answer(talk, Verdict.PLAINTEXT, "an answer without TLS")
        return _answer(talk, Verdict.REFUSED, reason)


def _step(talk: _Talk) -> bool:
    try:
        talk.tls.do_handshake()
    except SSL.WantReadError:
        return False
    return True


def _last_word(talk: _Talk) -> Answer:
    """Read on until an alert, a goodbye or data; tickets are read over by OpenSSL."""
    while True:
        try:
            talk.tls.recv(1)
        except SSL.WantReadError:
            if _holds_ticket(talk):
                talk.deadline = min(talk.deadline, time.monotonic() + AFTER_TICKET_S)
            if not talk.feed():
                return _ended(talk)
            continue
        except SSL.ZeroReturnError:
            pass
        return _answer(talk, Verdict.ACCEPTED, "")


def _holds_ticket(talk: _Talk) -> bool:
    """Whether only whole sealed records came after the handshake; an alert would have raised."""
    if talk.tls.get_protocol_version_name() != _TLS_1_3:
        return False
    at, end = 0, len(talk.last_words)
    while at + _HEADER <= end and talk.last_words[at] == _SEALED:
        at += _HEADER + int.from_bytes(talk.last_words[at + 3 : at + _HEADER], "big")
    return 0 < at == end


def _ended(talk: _Talk) -> Answer:
    """The connection ended without a word: what that means hangs on how far TLS came."""
    if not talk.received:
        return _answer(talk, Verdict.NOT_TESTED, "the connection was closed without any answer")
    established = talk.tls.get_state_string().startswith(b"SSL negotiation finished")
    if not established:
        return _answer(talk, Verdict.REFUSED, "the connection was closed during the handshake")
    if talk.tls.get_protocol_version_name() == _TLS_1_3:
        return _answer(talk, Verdict.NOT_TESTED, "the connection was closed without an answer")
    return _answer(talk, Verdict.ACCEPTED, "")


def _say_alert(talk: _Talk) -> None:
    """Let the other side hear why we gave up, where it still listens."""
    try:
        talk.flush()
    except (OSError, SSL.Error):
        return


def _answer(talk: _Talk, verdict: Verdict, reason: str) -> Answer:
    tls = bool(talk.first) and looks_like_tls(talk.first)
    return Answer(
        verdict=verdict,
        leaf=_leaf(talk.tls),
        reason=reason,
        spoke_tls=tls,
        issuers=tuple(name.der() for name in talk.tls.get_client_ca_list()),
    )


def _leaf(tls: SSL.Connection) -> bytes | None:
    served = tls.get_peer_certificate()
    return None if served is None else crypto.dump_certificate(crypto.FILETYPE_ASN1, served)


def reason_of(error: SSL.Error) -> str:
    """Return OpenSSL's last reason, such as `tlsv1 alert unknown ca`."""
    reasons = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return str(reasons[-1][-1]) if reasons else "the handshake failed"


def _context(identity: ProbeIdentity | None, *, only_tls_1_2: bool) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    if only_tls_1_2:
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
    if identity is None:
        return context
    leaf, *rest = _certificates(identity.chain_pem)
    context.use_certificate(leaf.to_cryptography())
    for certificate in rest:
        context.add_extra_chain_cert(certificate.to_cryptography())
    key = crypto.load_privatekey(crypto.FILETYPE_PEM, identity.key_pem.reveal())
    # A PEM of a private key holds no public one, which the types can't tell.
    context.use_privatekey(key.to_cryptography_key())  # type: ignore[arg-type]
    return context


def _certificates(chain_pem: bytes) -> list[crypto.X509]:
    end = b"-----END CERTIFICATE-----"
    blocks = [block + end for block in chain_pem.split(end) if b"BEGIN CERTIFICATE" in block]
    return [crypto.load_certificate(crypto.FILETYPE_PEM, block) for block in blocks]
