"""How long the proof takes: on a practice cluster, with ever more servers, and with a silent port.

The growth is measured against TLS ports in this process: both sides of each handshake share its
time, so the growth counts and not the single number. `proving.py 3 12 100` sets the servers.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from OpenSSL import SSL, crypto

sys.path.insert(0, str(Path(__file__).parent))

from budgets import measure_board, say

from wizard.engine.events import ProbeKind
from wizard.engine.probing.matrix import Laboratory, Probed, Target, probe_own, probe_strangers
from wizard.engine.probing.silence import Silence
from wizard.errors import RemoteError
from wizard.model.cluster import Channel, ClusterPort
from wizard.pki.authority import Authority, authority_certificate_pem, make_authority
from wizard.pki.probe_identities import ProbeIdentity, make_probe_identities

COUNTS = (3, 6, 12, 25, 50, 100)
WITH_SILENCE = (3, 12, 50)
CHANNELS = (Channel.CLUSTER, Channel.RAFT, Channel.ROUTING)
SILENT = "server2"


@dataclass
class Way:
    """A way to every port; to those of one server it may lead nowhere, after the whole wait."""

    silent: str = ""
    waits: list[float] = field(default_factory=list)

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> socket.socket:
        """Connect to the one port there is, whatever name was asked for."""
        if host == self.silent:
            self.waits.append(timeout_s)
            time.sleep(timeout_s)
            raise RemoteError(host, f"{host}:{port} did not answer", code="tcp-timeout")
        return socket.create_connection(("127.0.0.1", port), timeout_s)


def tls_context(authority: Authority, identity: ProbeIdentity) -> SSL.Context:
    """Return a server's side that wants a certificate of the authority."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    leaf = crypto.load_certificate(crypto.FILETYPE_PEM, identity.chain_pem)
    key = crypto.load_privatekey(crypto.FILETYPE_PEM, identity.key_pem.reveal())
    context.use_certificate(leaf.to_cryptography())
    context.use_privatekey(key.to_cryptography_key())
    anchor = crypto.load_certificate(crypto.FILETYPE_PEM, authority_certificate_pem(authority))
    store = context.get_cert_store()
    assert store is not None
    store.add_cert(anchor)
    asked = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
    context.set_verify(asked, lambda *seen: bool(seen[-1]))
    return context


def serve(context: SSL.Context, connection: socket.socket) -> None:
    """Shake hands with one client, and hang up when it does."""
    with connection:
        connection.settimeout(None)
        tls = SSL.Connection(context, connection)
        tls.set_accept_state()
        try:
            tls.do_handshake()
            tls.recv(1)
        except SSL.ZeroReturnError:
            tls.shutdown()
        except SSL.Error:
            pass


@contextmanager
def tls_port(context: SSL.Context) -> Iterator[int]:
    """Serve TLS on loopback as long as the block."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(context, connection), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield int(listener.getsockname()[1])


def targets(servers: Sequence[str], port: int) -> list[Target]:
    """Three ports of every server, all of them the same one underneath."""
    return [
        Target(
            server=server,
            port=ClusterPort(
                channel=channel, host=server, port=port, listen_host="", listen_port=port
            ),
        )
        for server in servers
        for channel in CHANNELS
    ]


def proof_of(
    count: int, port: int, identities: Mapping[ProbeKind, ProbeIdentity], silent: str = ""
) -> tuple[float, list[Probed], Way]:
    """Prove a cluster of so many servers once; return the seconds, the probes and the way."""
    servers = [f"server{number}" for number in range(1, count + 1)]
    way = Way(silent=silent)
    laboratory = Laboratory(openers=dict.fromkeys(servers, way), identities=identities)
    ports = targets(servers, port)
    begun = time.perf_counter()
    known = Silence()
    tests = list(probe_own(laboratory, ports, patient=True, silent=known))
    tests += probe_strangers(laboratory, ports, known)
    return time.perf_counter() - begun, tests, way


def main() -> None:
    """Measure and tell."""
    counts = [int(word) for word in sys.argv[1:]] or list(COUNTS)
    say(f"load of this machine at the start: {os.getloadavg()[0]:.1f}")
    measure_board()
    now = datetime.now(UTC)
    authority = make_authority("payments", now)
    made = make_probe_identities(authority, now)
    assert made.ours is not None
    assert made.expired is not None
    identities = {
        ProbeKind.OURS: made.ours,
        ProbeKind.FOREIGN_CA: made.foreign_ca,
        ProbeKind.SELF_MADE: made.self_made,
        ProbeKind.EXPIRED: made.expired,
    }
    with tls_port(tls_context(authority, made.ours)) as port:
        say("\ngrowth: three ports a server, every probe   (budget: linear)")
        for count in counts:
            taken, tests, _ = proof_of(count, port, identities)
            wrong = sum(test.probe.ok is not True for test in tests)
            say(
                f"  {count:4} servers {len(tests):6} probes {taken:8.2f} s"
                f" {taken / count * 1000:8.0f} ms a server, {wrong} not as they must be"
            )
        say("\na server whose three ports drop every packet   (budget: one time limit, not N)")
        for count in WITH_SILENCE:
            base = proof_of(count, port, identities)[0]
            taken, _, way = proof_of(count, port, identities, SILENT)
            say(
                f"  {count:4} servers {taken - base:8.2f} s more,"
                f" {len(way.waits)} waits of {way.waits[0]:g} s, many at once"
            )


if __name__ == "__main__":
    main()
