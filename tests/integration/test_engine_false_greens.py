"""No verdict is wrong, whoever speaks TLS on the port: OpenSSL, Java or Python.

What each of them asks of a client is set here; so what a probe has to come to is known beforehand.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from waiting import end, killing

from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.probing.matrix import Laboratory, Target, probe_own, probe_strangers
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.settings import KeyAlgorithm, Subject
from wizard.pki.authority import Authority, authority_certificate_pem, make_authority
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.leaf import issue_leaf, leaf_pem
from wizard.pki.probe_identities import ProbeIdentity, make_probe_identities

NOW = datetime.now(UTC)
JAVA = Path(__file__).with_name("JsseServers.java")
VERSIONS = ("TLSv1.2", "TLSv1.3")
ASKS = ("REQUIRE", "OPTIONAL", "NONE")

Setting = tuple[str, str]
"""TLS version and client_auth."""

Servers = Callable[[Path], AbstractContextManager[Mapping[Setting, int]]]

SETTINGS: tuple[Setting, ...] = tuple((version, asks) for version in VERSIONS for asks in ASKS)


def expected(asks: str, kind: ProbeKind) -> Verdict:
    """What a server with this client_auth does with each probe, by what the setting means."""
    if kind in {ProbeKind.PLAINTEXT, ProbeKind.OLD_TLS}:
        return Verdict.REFUSED
    if kind is ProbeKind.OURS or asks == "NONE":
        return Verdict.ACCEPTED
    if kind is ProbeKind.NONE:
        return Verdict.REFUSED if asks == "REQUIRE" else Verdict.ACCEPTED
    return Verdict.REFUSED


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority("payments", NOW)


@pytest.fixture(scope="module")
def files(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the server's private.key and public.crt, and the authority's ca.crt."""
    folder = tmp_path_factory.mktemp("server")
    key = make_key(KeyAlgorithm.EC_P256)
    leaf = issue_leaf(
        authority,
        key=key,
        subject=Subject(common_name="localhost"),
        dns_names=("localhost",),
        ip_addresses=(),
        now=NOW,
        lifetime_days=2,
    )
    (folder / "private.key").write_bytes(private_key_pem(key, None))
    (folder / "public.crt").write_bytes(leaf_pem(leaf))
    (folder / "ca.crt").write_bytes(authority_certificate_pem(authority))
    return folder


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing, and its servers were not probed")
        pytest.skip(f"{name} is not installed: its servers are not probed")
    return found


@contextmanager
def of_java(files: Path) -> Iterator[Mapping[Setting, int]]:
    command = [tool("java"), "-XX:TieredStopAtLevel=1", str(JAVA), str(files)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        with killing(process, 60):
            told = [process.stdout.readline().split() for _ in SETTINGS]
        yield {(version, asks): int(port) for version, asks, port in told}
    finally:
        end(process)


@contextmanager
def of_openssl(files: Path) -> Iterator[Mapping[Setting, int]]:
    modes = {
        "REQUIRE": ["-Verify", "2", "-verify_return_error"],
        "OPTIONAL": ["-verify", "2", "-verify_return_error"],
        "NONE": [],
    }
    with ExitStack() as stack:
        ports = {}
        for version, asks in SETTINGS:
            command = [tool("openssl"), "s_server", "-accept", "127.0.0.1:0"]
            command += ["-cert", str(files / "public.crt"), "-key", str(files / "private.key")]
            command += ["-CAfile", str(files / "ca.crt"), f"-tls1_{version[-1]}", *modes[asks]]
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            stack.callback(end, process)
            ports[version, asks] = accepting_port(process)
        yield ports


def accepting_port(process: subprocess.Popen[str]) -> int:
    """Read on which port s_server listens, and go on reading what it says of its clients."""
    assert process.stdout is not None
    with killing(process, 30):
        line = next(line for line in process.stdout if line.startswith("ACCEPT"))
    threading.Thread(target=drain, args=(process,), daemon=True).start()
    return int(line.rpartition(":")[2])


def drain(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    with suppress(ValueError, OSError):
        for _ in process.stdout:
            pass


@contextmanager
def of_python(files: Path) -> Iterator[Mapping[Setting, int]]:
    modes = {
        "REQUIRE": ssl.CERT_REQUIRED,
        "OPTIONAL": ssl.CERT_OPTIONAL,
        "NONE": ssl.CERT_NONE,
    }
    with ExitStack() as stack:
        ports = {}
        for version, asks in SETTINGS:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = context.maximum_version = ssl.TLSVersion[
                version.replace(".", "_")
            ]
            context.load_cert_chain(files / "public.crt", files / "private.key")
            context.load_verify_locations(files / "ca.crt")
            context.verify_mode = modes[asks]
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
            threading.Thread(target=accept, args=(listener, context), daemon=True).start()
            ports[version, asks] = listener.getsockname()[1]
        yield ports


def accept(listener: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, context), daemon=True).start()


def serve(connection: socket.socket, context: ssl.SSLContext) -> None:
    connection.settimeout(20)
    with suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
        tls.recv(1)
        tls.unwrap()


class Direct:
    """A server's connection that reaches everything on loopback."""

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> socket.socket:
        return socket.create_connection((host, port), timeout_s)


def laboratory(authority: Authority, servers: list[str]) -> Laboratory:
    made = make_probe_identities(authority, NOW)
    identities: dict[ProbeKind, ProbeIdentity | None] = {
        ProbeKind.OURS: made.ours,
        ProbeKind.FOREIGN_CA: made.foreign_ca,
        ProbeKind.SELF_MADE: made.self_made,
        ProbeKind.EXPIRED: made.expired,
    }
    return Laboratory(
        openers=dict.fromkeys(servers, Direct()),
        identities={kind: one for kind, one in identities.items() if one is not None},
    )


def target(setting: Setting, number: int) -> Target:
    port = ClusterPort(
        channel=Channel.RAFT,
        host="127.0.0.1",
        port=number,
        listen_host="127.0.0.1",
        listen_port=number,
    )
    return Target(server=" ".join(setting), port=port)


@pytest.mark.parametrize("servers", [of_openssl, of_java, of_python], ids=lambda one: one.__name__)
def test_no_verdict_is_wrong(servers: Servers, files: Path, authority: Authority) -> None:
    with servers(files) as ports:
        targets = [target(setting, number) for setting, number in ports.items()]
        asked = laboratory(authority, [one.server for one in targets])
        tests = [*probe_own(asked, targets, patient=True), *probe_strangers(asked, targets)]
    found = {(t.probe.server, t.probe.kind): set[Verdict]() for t in tests}
    for test in tests:
        found[test.probe.server, test.probe.kind].add(test.probe.verdict)
    wanted = {
        (" ".join(setting), kind): {expected(setting[1], kind)}
        for setting in SETTINGS
        for kind in ProbeKind
    }
    assert found == wanted


def test_what_a_server_trusts_is_read_from_its_request(files: Path, authority: Authority) -> None:
    named = authority.certificate.subject.public_bytes()
    with of_java(files) as ports:
        targets = [target(setting, number) for setting, number in ports.items()]
        asked = laboratory(authority, [one.server for one in targets])
        tests = [t for t in probe_own(asked, targets, patient=True) if t.probe.ok is not None]
    told = {(t.probe.server.split()[1], t.issuers) for t in tests}
    assert told == {("REQUIRE", (named,)), ("OPTIONAL", (named,)), ("NONE", ())}
