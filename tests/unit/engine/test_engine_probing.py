"""A probe believes the port's last word, not the end of its own handshake."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from OpenSSL import SSL, crypto

from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.probing.answer import Answer
from wizard.engine.probing.handshake import TIMEOUT_S, shake_hands
from wizard.engine.probing.matrix import (
    THREADS,
    Laboratory,
    Probed,
    Target,
    judge,
    probe_own,
    probe_strangers,
)
from wizard.engine.probing.raw import looks_like_tls, magic_frame, probe_old_tls, probe_plaintext
from wizard.errors import RemoteError
from wizard.model.cluster import Channel, ClusterPort
from wizard.pki.authority import Authority, authority_certificate_pem, make_authority
from wizard.pki.probe_identities import ProbeIdentities, ProbeIdentity, make_probe_identities

Serve = Callable[[socket.socket], None]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority("payments", NOW)


@pytest.fixture(scope="module")
def identities(authority: Authority) -> ProbeIdentities:
    return make_probe_identities(authority, NOW)


@pytest.fixture
def listen() -> Iterator[Callable[[Serve], tuple[str, int]]]:
    """Start servers on loopback; each connection is served in a thread and then closed."""
    with ExitStack() as stack:

        def start(serve: Serve) -> tuple[str, int]:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def accept() -> None:
                while True:
                    try:
                        connection, _ = listener.accept()
                    except OSError:
                        return
                    threading.Thread(target=one, args=(connection,), daemon=True).start()

            def one(connection: socket.socket) -> None:
                with connection:
                    connection.settimeout(5)
                    serve(connection)

            threading.Thread(target=accept, daemon=True).start()
            host, port = listener.getsockname()
            return host, port

        yield start


def tls_server(
    authority: Authority,
    identity: ProbeIdentity,
    *,
    require: bool,
    newest: int | None = None,
    as_java: bool = False,
) -> Serve:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    leaf = crypto.load_certificate(crypto.FILETYPE_PEM, identity.chain_pem)
    key = crypto.load_privatekey(crypto.FILETYPE_PEM, identity.key_pem.reveal())
    context.use_certificate(leaf.to_cryptography())
    context.use_privatekey(key.to_cryptography_key())
    anchor = crypto.load_certificate(crypto.FILETYPE_PEM, authority_certificate_pem(authority))
    store = context.get_cert_store()
    assert store is not None
    store.add_cert(anchor)
    if require:
        mode = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
        context.set_verify(mode, lambda *seen: bool(seen[-1]))
    if newest is not None:
        context.set_max_proto_version(newest)

    def serve(connection: socket.socket) -> None:
        connection.setblocking(True)  # noqa: FBT003 - the socket's own name
        tls = SSL.Connection(context, connection)
        tls.set_accept_state()
        try:
            tls.do_handshake()
            tls.recv(1)
        except SSL.ZeroReturnError:
            if as_java:
                connection.recv(1)  # until the other side hangs up
            else:
                tls.shutdown()
        except SSL.Error:
            pass

    return serve


def asked(address: tuple[str, int], identity: ProbeIdentity | None) -> Answer:
    with socket.create_connection(address) as pipe:
        return shake_hands(pipe, identity)


@pytest.mark.parametrize("newest", [None, SSL.TLS1_2_VERSION])
@pytest.mark.parametrize("require", [True, False])
def test_who_is_let_in_is_told_right_in_both_versions(
    listen: Callable[[Serve], tuple[str, int]],
    authority: Authority,
    identities: ProbeIdentities,
    require: bool,  # noqa: FBT001 - a test's parameter
    newest: int | None,
) -> None:
    assert identities.ours is not None
    assert identities.expired is not None
    address = listen(tls_server(authority, identities.ours, require=require, newest=newest))
    strangers = Verdict.REFUSED if require else Verdict.ACCEPTED
    assert asked(address, identities.ours).verdict is Verdict.ACCEPTED
    for identity in (None, identities.foreign_ca, identities.self_made, identities.expired):
        answer = asked(address, identity)
        assert answer.verdict is strangers
        assert answer.spoke_tls
        assert answer.leaf is not None


@pytest.mark.parametrize("require", [True, False])
def test_a_server_that_answers_no_goodbye_is_understood_by_its_ticket(
    listen: Callable[[Serve], tuple[str, int]],
    authority: Authority,
    identities: ProbeIdentities,
    require: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    assert identities.ours is not None
    address = listen(tls_server(authority, identities.ours, require=require, as_java=True))
    began = time.monotonic()
    assert asked(address, identities.ours).verdict is Verdict.ACCEPTED
    assert time.monotonic() - began < TIMEOUT_S
    stranger = asked(address, identities.foreign_ca).verdict
    assert stranger is (Verdict.REFUSED if require else Verdict.ACCEPTED)


def test_raw_greetings_are_turned_away_by_a_tls_port(
    listen: Callable[[Serve], tuple[str, int]], authority: Authority, identities: ProbeIdentities
) -> None:
    assert identities.ours is not None
    address = listen(tls_server(authority, identities.ours, require=True))
    for probe in (probe_plaintext, probe_old_tls):
        with socket.create_connection(address) as pipe:
            assert probe(pipe).verdict is Verdict.REFUSED


def test_an_answer_without_tls_is_plaintext(
    listen: Callable[[Serve], tuple[str, int]],
) -> None:
    def echo(connection: socket.socket) -> None:
        connection.sendall(connection.recv(4096))

    address = listen(echo)
    with socket.create_connection(address) as pipe:
        assert probe_plaintext(pipe).verdict is Verdict.PLAINTEXT


def test_silence_proves_nothing_by_itself(listen: Callable[[Serve], tuple[str, int]]) -> None:
    gone = threading.Event()

    def silent(connection: socket.socket) -> None:
        connection.recv(4096)
        gone.wait(5)

    address = listen(silent)
    with socket.create_connection(address) as pipe:
        assert probe_plaintext(pipe, silence_s=0.1).verdict is Verdict.TIMEOUT
    with socket.create_connection(address) as pipe:
        assert shake_hands(pipe, None, timeout_s=0.1).verdict is Verdict.TIMEOUT
    gone.set()


def test_a_bare_end_proves_nothing_either(listen: Callable[[Serve], tuple[str, int]]) -> None:
    address = listen(lambda connection: connection.recv(1) and None)
    assert asked(address, None).verdict is Verdict.NOT_TESTED


def test_the_greeting_is_neo4js_own() -> None:
    assert magic_frame().hex() == "00000015344f454e0000000d" + b"NEO4J_CLUSTER".hex()


@pytest.mark.parametrize(
    ("first", "expected"),
    [(b"\x15\x03\x03", True), (b"\x16", True), (b"\x16\x16", False), (b"HTTP", False)],
)
def test_tls_is_told_by_its_record(first: bytes, expected: bool) -> None:  # noqa: FBT001
    assert looks_like_tls(first) is expected


@pytest.mark.parametrize(
    ("kind", "verdict", "leaf", "expected"),
    [
        (ProbeKind.OURS, Verdict.ACCEPTED, "aa", True),
        (ProbeKind.OURS, Verdict.ACCEPTED, "bb", False),
        (ProbeKind.OURS, Verdict.REFUSED, "aa", False),
        (ProbeKind.OURS, Verdict.PLAINTEXT, None, False),
        (ProbeKind.NONE, Verdict.REFUSED, "bb", True),
        (ProbeKind.NONE, Verdict.ACCEPTED, "aa", False),
        (ProbeKind.PLAINTEXT, Verdict.PLAINTEXT, None, False),
        (ProbeKind.NONE, Verdict.FILTERED, None, None),
        (ProbeKind.OURS, Verdict.TIMEOUT, None, None),
        (ProbeKind.OLD_TLS, Verdict.NOT_TESTED, None, None),
    ],
)
def test_what_is_as_it_must_be(
    kind: ProbeKind,
    verdict: Verdict,
    leaf: str | None,
    expected: bool | None,  # noqa: FBT001
) -> None:
    assert judge(kind, verdict, leaf, "aa") is expected


class Direct:
    """A connection whose server reaches everything on loopback."""

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> socket.socket:
        return socket.create_connection((host, port), timeout_s)


class Refusing:
    """A connection whose server reaches nothing, for a given reason."""

    def __init__(self, code: str) -> None:
        self._code = code

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> socket.socket:
        raise RemoteError("server1", f"{host}:{port} after {timeout_s}", code=self._code)


def target(server: str, address: tuple[str, int], leaf: str | None = None) -> Target:
    host, port = address
    raft = ClusterPort(
        channel=Channel.RAFT,
        host=host,
        port=port,
        listen_host="127.0.0.1",
        listen_port=port,
    )
    return Target(server=server, port=raft, leaf=leaf)


def shown(identities: ProbeIdentities) -> dict[ProbeKind, ProbeIdentity]:
    assert identities.ours is not None
    assert identities.expired is not None
    return {
        ProbeKind.OURS: identities.ours,
        ProbeKind.FOREIGN_CA: identities.foreign_ca,
        ProbeKind.SELF_MADE: identities.self_made,
        ProbeKind.EXPIRED: identities.expired,
    }


def test_the_matrix_covers_each_pair_and_each_stranger_once(
    listen: Callable[[Serve], tuple[str, int]], authority: Authority, identities: ProbeIdentities
) -> None:
    assert identities.ours is not None
    address = listen(tls_server(authority, identities.ours, require=True))
    names = ("server1", "server2", "server3")
    targets = [target(name, address, identities.ours.fingerprint) for name in names]
    laboratory = Laboratory(openers=dict.fromkeys(names, Direct()), identities=shown(identities))
    own = [test.probe for test in probe_own(laboratory, targets)]
    pairs = {(probe.origin, probe.server) for probe in own}
    assert pairs == {(one, other) for one in names for other in names if one != other}
    strangers = [test.probe for test in probe_strangers(laboratory, targets)]
    assert {(p.server, p.kind) for p in strangers} == {
        (name, kind) for name in names for kind in ProbeKind if kind is not ProbeKind.OURS
    }
    assert all(probe.ok for probe in (*own, *strangers))
    assert all(probe.origin != probe.server for probe in strangers)


@pytest.mark.parametrize(
    ("code", "ours", "stranger"),
    [
        ("tcp-refused", (Verdict.REFUSED, False), (Verdict.NOT_TESTED, None)),
        ("tcp-timeout", (Verdict.FILTERED, None), (Verdict.FILTERED, None)),
    ],
)
def test_a_port_that_is_not_reached_is_told_as_that(
    identities: ProbeIdentities,
    code: str,
    ours: tuple[Verdict, bool | None],
    stranger: tuple[Verdict, bool | None],
) -> None:
    targets = [target(name, ("127.0.0.1", 1)) for name in ("server1", "server2")]
    openers = {name: Refusing(code) for name in ("server1", "server2")}
    laboratory = Laboratory(openers=openers, identities=shown(identities))

    def verdicts(tests: Iterator[Probed]) -> set[tuple[Verdict, bool | None]]:
        found = [*tests]
        assert not any(test.reached for test in found)
        return {(test.probe.verdict, test.probe.ok) for test in found}

    assert verdicts(probe_own(laboratory, targets)) == {ours}
    assert verdicts(probe_strangers(laboratory, targets)) == {stranger}


def test_where_forwarding_is_forbidden_the_workstation_asks(
    listen: Callable[[Serve], tuple[str, int]], authority: Authority, identities: ProbeIdentities
) -> None:
    assert identities.ours is not None
    address = listen(tls_server(authority, identities.ours, require=True))
    targets = [target(name, address) for name in ("server1", "server2")]
    openers = {name: Refusing("tcp-forbidden") for name in ("server1", "server2")}
    laboratory = Laboratory(openers=openers, identities=shown(identities))
    assert {t.probe.origin for t in probe_own(laboratory, targets)} == {"workstation"}


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [(socket.gaierror, Verdict.NOT_TESTED), (TimeoutError, Verdict.FILTERED)],
)
def test_what_the_workstation_waits_for_in_vain_is_neutral_and_not_waited_for_every_time(
    identities: ProbeIdentities,
    monkeypatch: pytest.MonkeyPatch,
    failure: type[OSError],
    verdict: Verdict,
) -> None:
    tried: list[tuple[str, int]] = []

    def in_vain(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address)
        raise failure(f"after {timeout}")

    monkeypatch.setattr(socket, "create_connection", in_vain)
    names = [f"server{number}" for number in range(1, 10)]
    targets = [target(name, (f"{name}.example", 7000)) for name in names]
    openers = {name: Refusing("tcp-forbidden") for name in names}
    laboratory = Laboratory(openers=openers, identities=shown(identities))
    tests = [*probe_own(laboratory, targets), *probe_strangers(laboratory, targets)]
    assert {(t.probe.verdict, t.probe.ok, t.probe.origin) for t in tests} == {
        (verdict, None, "workstation")
    }
    assert not any(test.reached or test.closed for test in tests)
    # Two rounds, each port twice; threads that were under way already may add a few.
    assert len(tried) <= 2 * (2 * len(names) + THREADS)
    assert len(tried) < len(tests)


def test_waits_of_the_workstation_spare_no_server_its_own_question(
    listen: Callable[[Serve], tuple[str, int]],
    authority: Authority,
    identities: ProbeIdentities,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert identities.ours is not None
    address = listen(tls_server(authority, identities.ours, require=True))

    def in_vain(address: tuple[str, int], timeout: float) -> socket.socket:
        raise TimeoutError(f"{address} after {timeout}")

    openers = {
        "server1": Refusing("tcp-forbidden"),
        "server2": Refusing("tcp-forbidden"),
        "server3": Direct(),
    }
    direct = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", in_vain)
    monkeypatch.setattr(
        Direct, "open_tcp", lambda _, host, port, limit: direct((host, port), limit)
    )
    laboratory = Laboratory(openers=openers, identities=shown(identities))
    tests = [test.probe for test in probe_own(laboratory, [target(n, address) for n in openers])]
    assert {(p.server, p.verdict) for p in tests if p.origin == "server3"} == {
        ("server1", Verdict.ACCEPTED),
        ("server2", Verdict.ACCEPTED),
    }


def test_without_our_identity_ours_is_not_tested(identities: ProbeIdentities) -> None:
    targets = [target(name, ("127.0.0.1", 1)) for name in ("server1", "server2")]
    strangers = {ProbeKind.FOREIGN_CA: identities.foreign_ca}
    laboratory = Laboratory(openers={}, identities=strangers)
    verdicts = {(t.probe.verdict, t.probe.ok) for t in probe_own(laboratory, targets)}
    assert verdicts == {(Verdict.NOT_TESTED, None)}
