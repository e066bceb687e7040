"""A cluster policy in force: loaded by Neo4j's rules, and every stream made by a TLS handshake."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

from OpenSSL import SSL

from wizard.model.cluster import ClusterPort
from wizard.neo4j.policy import ClusterPolicy
from wizard.neo4j.versions import rules_for
from wizard.pki.loader.directory import LoadedPolicy, PolicyDirectory, PolicyLoadError, load_policy
from wizard.practice.neo4j.client_hello import ClientHello
from wizard.practice.neo4j.fault_files import FaultFiles, faulty_password
from wizard.practice.neo4j.fault_settings import (
    faulty_policy,
    refuse_start,
    told_time,
    without_fitting_cipher,
)
from wizard.practice.neo4j.fault_surroundings import lay_surroundings
from wizard.practice.neo4j.handshake import HandshakeRefused, handshake, in_javas_words
from wizard.practice.neo4j.logs import Logs, stack_trace
from wizard.practice.neo4j.order import Order
from wizard.practice.neo4j.refusal import StartRefused
from wizard.practice.neo4j.streams import Stream, close_gently
from wizard.practice.neo4j.tls_context import TlsSide, client_context, server_context
from wizard.practice.neo4j.tls_stream import TlsStream

_DECODER = "io.netty.handler.codec.DecoderException"
_NOT_SSL = "io.netty.handler.ssl.NotSslRecordException"
_LIFETIME_AFTER_START_S = 0.5
_LATER_JAVA = 21  # whose words differ from those of Java 17 and before


class Encryption:
    """The streams of a server whose cluster policy is enabled.

    Raises:
        StartRefused: when Neo4j could not load the policy.
    """

    def __init__(self, order: Order, policy: ClusterPolicy, logs: Logs) -> None:
        policy = faulty_policy(order.faults, policy)
        self.faults = order.faults
        lay_surroundings(order, order.faults)
        refuse_start(order.faults)
        self._order, self._policy, self._logs = order, policy, logs
        self._rules = rules_for(order.version)
        loaded = _load(order, policy)
        later = self._rules.oldest_java >= _LATER_JAVA
        if "ciphers-of-another-key" in order.faults:
            policy = self._policy = without_fitting_cipher(policy, loaded.key)
        clock = partial(told_time, order.faults)
        self._side = TlsSide.of(loaded, policy, now=clock, later_java=later)
        self._trust_also(order.overlay)
        self._say_loaded(loaded)

    def accept(self, connection: socket.socket, port: ClusterPort) -> Stream | None:
        """Shake hands as the acceptor; what is refused is logged and closed."""
        host, number = connection.getpeername()[:2]
        channel = _channel(f"{port.listen_host}:{port.listen_port}", f"/{host}:{number}")
        first = connection.recv(5, socket.MSG_PEEK | socket.MSG_WAITALL)
        if _is_tls_record(first):
            hello = ClientHello.peeked(connection)
            with contextlib.suppress(HandshakeRefused):
                return self._stream(connection, channel, dials=False, host=None, hello=hello)
            return None
        if first:
            data = connection.recv(64, socket.MSG_PEEK).hex()
            self._failed("inbound", channel, f"{_NOT_SSL}: not an SSL/TLS record: {data}")
        close_gently(connection)
        return None

    def connect(self, connection: socket.socket, host: str, shown: str) -> Stream:
        """Shake hands as the one who dials; what is refused is logged and raised."""
        here, number = connection.getsockname()[:2]
        expected = self._checked_name(host) if self._policy.verify_hostname else None
        channel = _channel(f"{here}:{number}", shown)
        return self._stream(connection, channel, dials=True, host=expected)

    def told(self, message: Mapping[str, Any]) -> None:
        """Trust a further authority, which a fault on another server needs."""
        self._trust_also(message)

    def outlive(self) -> None:
        """End without a word, if that is the fault."""
        if "dies-after-start" in self._order.faults:
            threading.Timer(_LIFETIME_AFTER_START_S, os._exit, (137,)).start()

    def _trust_also(self, overlay: Mapping[str, str]) -> None:
        if overlay.get("also_trusted"):
            self._side.trust_also(overlay["also_trusted"].encode("ascii"))

    def _checked_name(self, host: str) -> str:
        """Java looks an IP address up backwards and checks the name it finds for it, if any.

        The source is InetSocketAddress.getHostName, which Neo4j's client side asks.
        """
        names = [name for name, ip in self._order.hosts.items() if ip == host]
        return names[0] if len(names) == 1 else host

    def _say_loaded(self, loaded: LoadedPolicy) -> None:
        policy = self._policy
        silent = not policy.verify_hostname_is_set and not policy.verify_hostname
        if silent and self._rules.warns_of_verify_hostname:
            self._logs.detail(
                "SSL Hostname verification is disabled by default. Consider explicitly setting "
                "dbms.ssl.policy.cluster.verify_hostname",
                self._rules.policy_loader,
                "WARN",
            )
        chain = ", ".join(
            f"Subject: {one.subject.rfc4514_string()}, Issuer: {one.issuer.rfc4514_string()}"
            for one in loaded.chain
        )
        ciphers = "null" if policy.ciphers is None else f"[{', '.join(policy.ciphers)}]"
        name = policy.name if self._rules.named_policies else policy.name.upper()
        self._logs.detail(
            f"Loaded SSL policy '{name}' = SslPolicy{{keyCertChain={chain}, ciphers={ciphers}, "
            f"tlsVersions=[{', '.join(policy.tls_versions)}], clientAuth={policy.client_auth}}}",
            self._rules.policy_loader,
        )

    def _stream(
        self,
        connection: socket.socket,
        channel: str,
        *,
        dials: bool,
        host: str | None,
        hello: ClientHello | None = None,
    ) -> Stream:
        direction = "outbound" if dials else "inbound"
        context = (client_context if dials else server_context)(self._side)
        try:
            made = handshake(connection, context, self._side, dials=dials, host=host, hello=hello)
        except HandshakeRefused as refused:
            self._failed(direction, channel, *refused.java)
            close_gently(connection)
            raise

        def failed(error: SSL.Error) -> None:
            self._failed(direction, channel, in_javas_words(error, made, self._side, dials=dials))

        return TlsStream(made, connection, failed)

    def _failed(self, direction: str, channel: str, java: str, *causes: str) -> None:
        side = "Client" if direction == "outbound" else "Server"
        outermost = [f"{_DECODER}: {java}", java]
        said = ""
        if self._rules.named_policies:  # FormattedLog of 3.5 adds the exception's own message
            said = f" {java if side == 'Server' else java.partition(': ')[2]}"
            outermost = outermost if side == "Server" else [java]
        trace = stack_trace(*outermost, *causes)
        self._logs.detail(
            f"Exception in {direction} for channel: {channel}{said}",
            f"{self._rules.cluster_package}.p.h.Handshake{side}Initializer",
            "ERROR",
            trace,
        )


def _load(order: Order, policy: ClusterPolicy) -> LoadedPolicy:
    directory = PolicyDirectory(
        base_directory=policy.base_directory,
        private_key=policy.private_key,
        public_certificate=policy.public_certificate,
        trusted_dir=policy.trusted_dir,
        revoked_dir=policy.revoked_dir,
        password=faulty_password(order.faults, policy.password, policy.private_key),
        client_auth=policy.client_auth.value,
        trust_all=policy.trust_all,
        trust_expired=policy.trust_expired,
        ignore_dot_files=policy.ignore_dot_files,
    )
    source = FaultFiles(order, directory, real_password=policy.password)
    try:
        return load_policy(source, directory, order.version, told_time(order.faults))
    except PolicyLoadError as error:
        raise StartRefused(f"{error.java_class}: {error.message}", *error.caused_by) from None


def _channel(here: str, there: str) -> str:
    """Return a connection as Netty shows it."""
    return f"[id: 0x{os.urandom(4).hex()}, L:/{here} - R:{there}]"


def _is_tls_record(first: bytes) -> bool:
    """Netty's SslUtils.getEncryptedPacketLength: a known content type and major version 3."""
    return len(first) > 1 and 20 <= first[0] <= 24 and first[1] == 3  # noqa: PLR2004
