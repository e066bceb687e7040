"""Neo4j's log lines: real excerpts, and each failure message with the problem it stands for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from wizard.neo4j.logs.lines import (
    Bootstrapped,
    ConnectedTo,
    FailedToConnect,
    LoaderError,
    LogLine,
    LogReader,
    LostConnection,
    PolicyLoaded,
    RemoteInterface,
    Started,
    StartFailed,
    Starting,
    Stopped,
    Stopping,
    ThisServer,
    TlsFailure,
    WaitingForPeers,
    problem_of,
    read_line,
)
from wizard.neo4j.logs.problems import most_telling

REAL = Path(__file__).parents[4] / "shared" / "real-logs"
USER = "2026-03-01 10:00:00.000+0000 INFO  "
DEBUG = "2026-03-01 10:00:00.000+0000 ERROR [o.n.c.c.p.h.HandshakeClientInitializer] "


def real(name: str) -> list[LogLine]:
    if not REAL.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the real log excerpts are missing")
        pytest.skip("needs the real log excerpts beside the repository")
    reader = LogReader()
    text = (REAL / name).read_text(encoding="utf-8", errors="replace")
    return [line for raw in text.splitlines() if (line := reader.read(raw)) is not None]


def kinds(lines: list[LogLine]) -> list[type[LogLine]]:
    return [type(line) for line in lines]


def test_a_real_start_and_stop_of_5_20() -> None:
    lines = real("5.20-enterprise_neo4j.log")
    first_stop = kinds(lines).index(Stopped) + 1
    assert kinds(lines)[:first_stop] == [
        Starting,
        ThisServer,
        RemoteInterface,
        Started,
        Stopping,
        Stopping,
        Stopped,
    ]
    assert not [line for line in lines if problem_of(line)]


def test_a_real_debug_log_of_a_clean_start_has_no_problem() -> None:
    assert not [line for line in real("5.20-enterprise_debug_first-start.log") if problem_of(line)]


def test_real_waiting_and_bootstrap_lines() -> None:
    lines = real("kb_3.5_debug_core-formation.log")
    waiting = [line for line in lines if isinstance(line, WaitingForPeers)]
    assert {line.expected for line in waiting} == {3}
    assert isinstance(lines[-1], Bootstrapped)
    assert WaitingForPeers in kinds(real("neo4j-issue12530_4.0.5_neo4j.log"))


def test_a_real_missing_base_directory() -> None:
    (line,) = real("kb_3.5_ssl_base_directory_missing.log")
    assert isinstance(line, LoaderError)
    assert line.code == "base-directory-missing"


def test_a_real_line_of_a_bolt_client_is_no_failure_of_the_cluster() -> None:
    assert real("docker-neo4j-issue272_4.1.1-enterprise_tls.log") == []


def test_a_real_failure_to_dial() -> None:
    lines = real("neo4j-issue12006_3.4.1_debug_handshake_timeout.log")
    assert [(x.host, x.ip, x.port) for x in lines if isinstance(x, FailedToConnect)] == [
        ("", "192.168.1.139", 7000)
    ]


@pytest.mark.parametrize(
    ("message", "host", "ip", "port", "protocol"),
    [
        (
            "Connected to core-2.default.svc.cluster.local/10.48.1.4:7000 [raft version:4.0]",
            "core-2.default.svc.cluster.local",
            "10.48.1.4",
            7000,
            "raft version:4.0",
        ),
        ("Connected to s3/10.24.0.131:17000 [RAFT version:1.0]", "s3", "10.24.0.131", 17000, ""),
        ("Connected to /10.0.0.1:7000 [RAFT version:1.0]", "", "10.0.0.1", 7000, ""),
        (
            "Connected to s/[0:0:0:0:0:0:0:1]:7 [raft version:2 (Gzip)]",
            "s",
            "0:0:0:0:0:0:0:1",
            7,
            "",
        ),
        ("Connected to s/1.2.3.4:6000 [catchup version:1]", "s", "1.2.3.4", 6000, ""),
    ],
)
def test_connected_to(message: str, host: str, ip: str, port: int, protocol: str) -> None:
    for text in (USER + message, as_json(message), f"Nov 1 10:00:00 s1 neo4j[28]: {USER}{message}"):
        line = read_line(text)
        assert isinstance(line, ConnectedTo)
        assert (line.host, line.ip, line.port) == (host, ip, port)
        assert line.protocol.endswith(protocol)
        assert line.at is not None


def as_json(message: str, *, level: str = "INFO", category: str = "c.n.X", trace: str = "") -> str:
    fields = {"time": "2026-03-01 10:00:00.000+0000", "level": level, "category": category}
    return json.dumps({**fields, "message": message, "stacktrace": trace or None})


def test_a_line_that_only_looks_like_a_connection_is_none() -> None:
    for message in ("Connected to s1", "I was Connected to s/1.2.3.4:7000 [raft version:1]", "x"):
        assert read_line(USER + message) is None


def test_both_shapes_of_a_lost_connection() -> None:
    for message in ("Lost connection to: s/1.2.3.4:7000 (x)", "Lost connection to s/1.2.3.4:7000"):
        line = read_line(USER + message)
        assert isinstance(line, LostConnection)
        assert (line.host, line.port) == ("s", 7000)


def test_the_policy_is_loaded_in_text_and_json() -> None:
    message = "Loaded SSL policy 'CLUSTER' = SslPolicy{clientAuth=REQUIRE}"
    text = f"2026-03-01 10:00:00.000+0000 INFO  [o.n.s.c.SslPolicyLoader] {message}"
    for line in (read_line(text), read_line(as_json(message))):
        assert isinstance(line, PolicyLoaded)
        assert line.scope == "cluster"


LOADER = [
    (
        "Base directory '/x' for SSL policy with name 'cluster' does not exist.",
        "base-directory-missing",
    ),
    ("Client auth is required but no trust anchors found in: /x", "trusted-empty"),
    ("Could not find or list files in trusted directory: /x", "trusted-missing"),
    ("Error loading certificate file: /x/trusted/README", "trusted-stray-file"),
    ("Could not load CRL: /x/revoked/a.crt", "certificate-in-revoked"),
    ("Found encrypted private key but no passphrase was provided.", "key-password-missing"),
    ("Passphrase was provided but found un-encrypted private key.", "password-on-plain-key"),
    ("Unable to decrypt private key.", "key-password-wrong"),
    ("Provided PEM does not contain a private key, found 'CERTIFICATE'.", "key-unreadable"),
    ("Unrecognized private key format.", "key-unreadable"),
    ("Failed to load private key: /x/private.key", "key-unreadable"),
    ("Failed to load public certificate chain: /x/public.crt", "certificate-unreadable"),
    ("signed overrun, bytes = 918", "trusted-stray-file"),
    ("Param 'keyCertChain' must not be empty", "certificate-unreadable"),
    ("Unsupported protocol: TLSv1.4", "setting-refused"),
    ("a.b declared multiple times.", "setting-refused"),
    ("Unrecognized setting. No declared setting with name: a.b. Cleanup", "setting-refused"),
    ("Error evaluating value for setting 'a.b'. 'REQUIRED' not one of [NONE]", "setting-refused"),
    ("java.lang.RuntimeException: Expired certificate", "leaf-expired"),
]


@pytest.mark.parametrize(("message", "code"), LOADER)
def test_what_stops_a_start_is_named(message: str, code: str) -> None:
    wrapped = (
        f"{DEBUG}Failed to start Neo4j: Starting Neo4j failed: Component 'x@1' was successfully "
        f'initialized, but failed to start. Please see the attached cause exception "{message}".'
    )
    trace = f"java.lang.RuntimeException: Error starting\n\tat a.b\nCaused by: a.b.C: {message}"
    for text in (
        f"Caused by: java.lang.IllegalArgumentException: {message}",
        wrapped,
        as_json("Failed to start Neo4j on 127.0.0.1:7474.", level="ERROR", trace=trace),
    ):
        line = read_line(text)
        assert isinstance(line, LoaderError)
        assert line.code == code
        assert problem_of(line)


TLS = [
    ("Empty client certificate chain", "trusted-lacks-peer"),
    ("null cert chain", "trusted-lacks-peer"),
    ("Received fatal alert: bad_certificate", "trusted-lacks-peer"),
    (
        "PKIX path building failed: unable to find valid certification path to requested target",
        "trusted-lacks-peer",
    ),
    ("Received fatal alert: certificate_unknown", "handshake-refused"),
    ("No subject alternative DNS name matching s1 found.", "name-not-covered"),
    ("No subject alternative names matching IP address 10.0.0.1 found", "name-not-covered"),
    ("No subject alternative names present", "name-not-covered"),
    ("No name matching s1 found", "name-not-covered"),
    ("Extended key usage does not permit use for TLS client authentication", "no-client-auth-eku"),
    (
        "PKIX path validation failed: a.b.CertPathValidatorException: validity check failed",
        "leaf-expired",
    ),
    ("Received fatal alert: certificate_expired", "leaf-expired"),
    ("PKIX path validation failed: Could not determine revocation status", "crl-stale"),
    ("Certificate has been revoked, reason: KEY_COMPROMISE, authority: CN=x", "leaf-revoked"),
    ("the trustAnchors parameter must be non-empty", "trusted-missing"),
    ("Received fatal alert: protocol_version", "tls-version-mismatch"),
    (
        "The client supported protocol versions [TLSv1.2] are not accepted by server preferences",
        "tls-version-mismatch",
    ),
    ("General SSLEngine problem", "handshake-refused"),
]


@pytest.mark.parametrize(("message", "code"), TLS)
def test_each_way_a_handshake_fails(message: str, code: str) -> None:
    thrown = (
        f"io.netty.handler.codec.DecoderException: javax.net.ssl.SSLHandshakeException: {message}"
    )
    header = "Exception in inbound for channel: [id: 0x1, L:/10.0.0.1:4711 - R:s2/10.0.0.2:7000]"
    for text in (thrown, as_json(header, level="ERROR", trace=thrown), f"{DEBUG}{header} {thrown}"):
        line = read_line(text)
        assert isinstance(line, TlsFailure)
        assert line.code == code


def test_a_plaintext_peer_shows_on_both_sides() -> None:
    for thrown in (
        "io.netty.handler.ssl.NotSslRecordException: not an SSL/TLS record: 0000",
        "io.netty.handler.ssl.SslHandshakeTimeoutException: handshake timed out after 10000ms",
    ):
        line = read_line(thrown)
        assert isinstance(line, TlsFailure)
        assert line.code == "plaintext-server"


def test_the_trace_below_a_strangers_line_is_a_strangers_too() -> None:
    thrown = "Caused by: javax.net.ssl.SSLHandshakeException: Received fatal alert: bad_certificate"
    bolt = DEBUG.replace(
        "o.n.c.c.p.h.HandshakeClientInitializer", "o.n.b.t.TransportSelectionHandler"
    )
    reader = LogReader()
    assert (
        reader.read(f"{bolt}Fatal error occurred: [id: 0x1, L:/10.0.0.1:7687 ! R:/1.2.3.4:9]")
        is None
    )
    assert reader.read(thrown) is None
    assert reader.read(f"{DEBUG}Exception in inbound for channel: [id: 0x1]") is None
    assert isinstance(reader.read(thrown), TlsFailure)


def test_the_routing_port_belongs_to_the_cluster_though_bolt_serves_it() -> None:
    text = (
        "2026-03-01 10:00:00.000+0000 ERROR [o.n.b.t.TransportSelectionHandler] Fatal error "
        "[id: 0x1, L:/10.0.0.1:7688 ! R:/10.0.0.2:9] javax.net.ssl.SSLHandshakeException: "
        "Empty client certificate chain"
    )
    assert isinstance(read_line(text), TlsFailure)


def test_a_setting_that_is_only_warned_of_stops_nothing() -> None:
    message = "Unrecognized setting. No declared setting with name: a.b"
    assert read_line(f"2026-03-01 10:00:00.000+0000 WARN  {message}") is None


def test_the_deepest_cause_tells_most() -> None:
    trace = [
        f"{DEBUG}Failed to start Neo4j on 127.0.0.1:7474.",
        "java.lang.RuntimeException: Error starting Neo4j database server at /data/databases",
        "\tat org.neo4j.x(Y.java:1)",
        "Caused by: java.lang.RuntimeException: Failed to load private key: /x/private.key",
        "Caused by: java.io.IOException: Unable to decrypt private key.",
    ]
    reader = LogReader()
    lines = [line for text in trace if (line := reader.read(text)) is not None]
    assert isinstance(lines[0], StartFailed)
    cause = most_telling(lines)
    assert cause is not None
    assert cause.code == "key-password-wrong"


def test_junk_is_none_and_never_an_error() -> None:
    for text in ("", "{", '{"message": 1}', "[" * 5000, '{"a":' * 5000, "\x1b[2J", "x" * 10**6):
        assert read_line(text) is None
