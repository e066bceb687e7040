"""The simulated Neo4j is honest: it starts, refuses, accepts and logs as Neo4j and Java would."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import SSL
from waiting import until

from wizard.model.settings import KeyAlgorithm, Subject
from wizard.neo4j.logs.failures import Failed
from wizard.neo4j.logs.lines import LogReader
from wizard.pki.authority import Authority, load_authority, make_authority
from wizard.pki.keys import make_key
from wizard.pki.leaf import issue_leaf
from wizard.practice.cluster import PracticeCluster
from wizard.practice.faults import FAULTS, Fault
from wizard.practice.layout import PracticeServer
from wizard.secret import Secret

DEADLINE_S = 15.0
CLUSTER_PORTS = ("discovery", "cluster", "raft", "routing")

Identity = tuple[Any, Any]


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(encrypted=True) as running:
        yield running


def log(server: PracticeServer, name: str = "debug.log") -> str:
    return (Path(server.logs) / name).read_text()


def failures(server: PracticeServer) -> set[str]:
    """The problem codes that the wizard's own reader finds in a server's logs."""
    reader = LogReader()
    found = [reader.read(line) for line in log(server).splitlines()]
    return {line.code for line in found if isinstance(line, Failed)}


def ours(cluster: PracticeCluster) -> Authority:
    text = (cluster.directory / "secrets.toml").read_text()
    password = Secret(text.split('ca_password = "')[1].split('"')[0])
    folder = cluster.directory / "ca"
    return load_authority(
        (folder / "ca.crt").read_bytes(), (folder / "ca.key").read_bytes(), password
    )


def identity(authority: Authority) -> Identity:
    key = make_key(KeyAlgorithm.EC_P256)
    leaf = issue_leaf(
        authority,
        key=key,
        subject=Subject(common_name="probe"),
        dns_names=("probe.practice.internal",),
        ip_addresses=(),
        now=datetime.now(UTC),
        lifetime_days=1,
    )
    return leaf, key


def probe(server: PracticeServer, port: str, shown: Identity | None, version: int) -> str:
    """Shake hands, and read on to what the server says last: accepted, or the alert."""
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    if shown is not None:
        context.use_certificate(shown[0])
        context.use_privatekey(shown[1])
    with socket.create_connection((server.ip, server.ports[port]), DEADLINE_S) as raw:
        raw.settimeout(None)
        tls = SSL.Connection(context, raw)
        tls.set_connect_state()
        try:
            tls.do_handshake()
            tls.shutdown()
            tls.recv(1)
        except SSL.ZeroReturnError:
            return "accepted"
        except SSL.Error as error:
            return str(error)
    return "data"


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
@pytest.mark.parametrize("port", CLUSTER_PORTS)
def test_only_a_leaf_of_our_authority_is_let_in(
    cluster: PracticeCluster, port: str, version: int
) -> None:
    server = cluster.servers[0]
    stranger = identity(make_authority("elsewhere", datetime.now(UTC)))
    assert probe(server, port, identity(ours(cluster)), version) == "accepted"
    assert "alert" in probe(server, port, None, version)
    assert "alert" in probe(server, port, stranger, version)


def test_old_tls_is_refused(cluster: PracticeCluster) -> None:
    hello = (
        bytes.fromhex("16030100330100002f0301")
        + bytes(32)
        + bytes.fromhex("000008c013c014002f00350100")
    )
    server = cluster.servers[0]
    with socket.create_connection((server.ip, server.ports["raft"]), DEADLINE_S) as raw:
        raw.sendall(hello)
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(100)
    assert answer[:1] == b"\x15"


def test_plaintext_at_a_tls_port_gets_nothing_and_is_logged_as_neo4j_does(
    cluster: PracticeCluster,
) -> None:
    server = cluster.servers[0]
    with socket.create_connection((server.ip, server.ports["cluster"]), DEADLINE_S) as raw:
        raw.sendall(b"NEO4J_CLUSTER{}\n")
        assert raw.recv(100) == b""
    shown = "NotSslRecordException: not an SSL/TLS record: 4e454f344a"
    until(lambda: shown in log(server), shown)


def test_the_policy_and_the_links_are_logged(cluster: PracticeCluster) -> None:
    for server in cluster.servers:
        assert "Loaded SSL policy 'CLUSTER' = SslPolicy{keyCertChain=Subject: CN=" in log(server)
        until(
            lambda server=server: log(server, "neo4j.log").count("Connected to ") == 2,  # type: ignore[misc]
            "both links",
        )


@pytest.mark.parametrize("version", ["4.4", "2025.06", "2026.04"])
def test_other_versions_form_encrypted_clusters_with_their_own_lines(version: str) -> None:
    with PracticeCluster(version=version, encrypted=True) as cluster:
        server = cluster.servers[0]
        line = "[raft version:4.0]" if version == "4.4" else "[RAFT version:1.0]"
        until(lambda: log(server, "neo4j.log").count(line) == 2, line)
        assert log(server).startswith("{") == (version != "4.4")
        assert ("discovery" in server.ports) == (version == "4.4")


@pytest.mark.parametrize("port", CLUSTER_PORTS)
def test_a_plaintext_cluster_answers_frames_and_hangs_up_on_tls(port: str) -> None:
    with PracticeCluster(servers=1) as cluster:
        server = cluster.servers[0]
        with socket.create_connection((server.ip, server.ports[port]), DEADLINE_S) as raw:
            raw.sendall(b'NEO4J_CLUSTER{"protocol": "raft"}\n')
            assert raw.recv(4096).startswith(b"NEO4J_CLUSTER{")
        with socket.create_connection((server.ip, server.ports[port]), DEADLINE_S) as raw:
            raw.sendall(b"\x16\x03\x01\x00\x05hello")
            assert raw.recv(100) == b""


# What the wizard's reader must find: on which server, in whose log.
SEEN_AT = {
    "certificate-in-revoked": ("server2", "certificate-in-revoked"),
    "expired-leaf": ("server1", "leaf-expired"),
    "missing-trusted-directory": ("server2", "trusted-missing"),
    "missing-trusted-file": ("server2", "trusted-empty"),
    "password-on-plain-key": ("server2", "password-on-plain-key"),
    "plaintext": ("server1", "plaintext-server"),
    "stray-file": ("server2", "trusted-stray-file"),
    "swapped-certificate": ("server1", "trusted-lacks-peer"),
    "swapped-key": ("server1", None),
    "wrong-password": ("server2", "key-password-wrong"),
}


LOOKED_AT = {*SEEN_AT, "dies-after-start", "client-auth-none"}
"""Faults whose lines are compared here; that each one is told is proved with the diagnosis."""


@pytest.mark.parametrize(
    "fault", [one for one in FAULTS if one.name in LOOKED_AT], ids=lambda fault: fault.name
)
def test_a_fault_shows_in_the_logs_as_neo4j_would_show_it(fault: Fault) -> None:
    with PracticeCluster(encrypted=True, faults=[f"{fault.name}@server2"]) as cluster:
        if fault.name in SEEN_AT:
            where, code = SEEN_AT[fault.name]
            server = next(one for one in cluster.servers if one.name == where)
            if code is None:
                until(
                    lambda: "Invalid CertificateVerify signature" in log(server),
                    "a signature that fails",
                )
            else:
                until(lambda: code in failures(server), code)
        elif fault.name == "dies-after-start":
            pid = Path(cluster.servers[1].home) / "run" / "neo4j.pid"
            until(lambda: not pid.exists(), "the process ends")
            assert failures(cluster.servers[1]) == set()
        else:
            assert fault.name == "client-auth-none"
            for version in (SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION):
                assert probe(cluster.servers[1], "raft", None, version) == "accepted"
        # The two others agree with each other, whatever the third does.
        for server in (cluster.servers[0], cluster.servers[2]):
            until(lambda server=server: "Started." in log(server, "neo4j.log"), "started")  # type: ignore[misc]


def test_faults_wait_for_the_policy() -> None:
    with PracticeCluster(faults=[fault.name for fault in FAULTS]) as cluster:
        assert all("Started." in log(server, "neo4j.log") for server in cluster.servers)


def test_a_fault_changes_nothing_on_disk_and_can_come_and_go() -> None:
    with PracticeCluster(encrypted=True) as cluster:
        server = cluster.servers[1]
        before = contents(server)
        cluster.set_faults(["wrong-password@server2"])
        cluster.restart("server2")
        until(lambda: "key-password-wrong" in failures(server), "the fault")
        assert contents(server) == before
        cluster.set_faults([])
        shutil.rmtree(server.logs)
        cluster.restart("server2")
        until(lambda: log_exists(server) and "Started." in log(server, "neo4j.log"), "mended")


def log_exists(server: PracticeServer, name: str = "neo4j.log") -> bool:
    return (Path(server.logs) / name).exists()


def contents(server: PracticeServer) -> dict[str, bytes]:
    folders = (Path(server.conf), Path(server.home) / "certificates")
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


REFUSED = (
    ("dbms.ssl.policy.cluster.client_auth=REQUIRED\n", "not one of [NONE, OPTIONAL, REQUIRE]"),
    (
        "server.jvm.additional=x\nserver.bolt.enabled=true\n",
        "server.bolt.enabled declared multiple",
    ),
    ("dbms.ssl.policy.default.enabled=true\n", "Unrecognized setting. No declared setting"),
    (
        "dbms.ssl.policy.cluster.enabled=true\n",
        "Base directory '{home}/certificates/cluster' for SSL policy with name",
    ),
)


@pytest.mark.parametrize(("lines", "said"), REFUSED)
def test_it_refuses_what_neo4j_refuses_with_neo4js_words(lines: str, said: str) -> None:
    with PracticeCluster(servers=1) as cluster:
        server = cluster.servers[0]
        with (Path(server.conf) / "neo4j.conf").open("a") as conf:
            conf.write(lines)
        cluster.restart("server1")
        until(lambda: said.format(home=server.home) in log(server, "neo4j.log"), said)
        pid = Path(server.home) / "run" / "neo4j.pid"
        until(lambda: not pid.exists(), "the process has ended")
        assert "Failed to start Neo4j on " in log(server, "neo4j.log")
        assert failures(server)


def test_4_4_does_not_mind_what_only_5_is_strict_about() -> None:
    with PracticeCluster(servers=1, version="4.4") as cluster:
        server = cluster.servers[0]
        with (Path(server.conf) / "neo4j.conf").open("a") as conf:
            conf.write("dbms.connector.bolt.enabled=true\ndbms.ssl.policy.default.enabled=true\n")
        shutil.rmtree(server.logs)
        cluster.restart("server1")
        until(lambda: log_exists(server) and "Started." in log(server, "neo4j.log"), "started")


def borrow_identity(borrower: PracticeServer, owner: PracticeServer) -> None:
    """Give a server another one's key and certificate, and the password they need."""
    folder = Path(owner.home) / "certificates" / "cluster-practice"
    shutil.rmtree(Path(borrower.home) / "certificates" / "cluster-practice")
    shutil.copytree(folder, Path(borrower.home) / "certificates" / "cluster-practice")
    conf = Path(borrower.conf) / "neo4j.conf"
    password = re.compile(r"(?<=private_key_password=).*")
    found = password.search((Path(owner.conf) / "neo4j.conf").read_text())
    assert found is not None
    conf.write_text(password.sub(found[0], conf.read_text()))


def test_only_the_one_who_dials_checks_the_name_and_only_with_verify_hostname() -> None:
    with PracticeCluster(servers=2, encrypted=True) as cluster:
        one, two = cluster.servers
        until(lambda: "Connected to " in log(one, "neo4j.log"), "the link before")
        shutil.rmtree(one.logs)
        cluster.stop("server1")
        borrow_identity(two, one)
        cluster.restart("server2")
        cluster.restart("server1")
        said = f"No subject alternative DNS name matching {two.address} found."
        until(lambda: log_exists(one, "debug.log") and said in log(one), said)
        assert f"Connected to {two.address}" not in log(one, "neo4j.log")
        # server2 dials server1 by the name that the certificate of both holds.
        until(lambda: f"Connected to {one.address}" in log(two, "neo4j.log"), "the other way")

        conf = Path(one.conf) / "neo4j.conf"
        conf.write_text(conf.read_text().replace("verify_hostname=true", "verify_hostname=false"))
        cluster.restart("server1")
        until(lambda: f"Connected to {two.address}" in log(one, "neo4j.log"), "unchecked")
