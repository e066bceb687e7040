"""What the simulated Neo4j reads in a client's greeting."""

from __future__ import annotations

import socket

import pytest
from OpenSSL import SSL

from wizard.engine.probing.raw import old_hello
from wizard.practice.neo4j.client_hello import PLAYS_JAVA, ClientHello


def greeting(*, newest: int, java: bool = False) -> bytes:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(newest)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    if java:
        context.set_alpn_protos([PLAYS_JAVA])
    made = SSL.Connection(context, None)
    made.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        made.do_handshake()
    return made.bio_read(65536)


def test_the_versions_a_client_lists_are_read_in_its_order() -> None:
    hello = ClientHello.parse(greeting(newest=SSL.TLS1_3_VERSION, java=True)[5:])
    assert hello is not None
    assert hello.supported_versions == ("TLSv1.3", "TLSv1.2")
    assert hello.plays_java


@pytest.mark.parametrize(
    ("raw", "version"),
    [(old_hello(), "TLSv1.1"), (greeting(newest=SSL.TLS1_2_VERSION), "TLSv1.2")],
    ids=["old", "1.2"],  # a greeting is random, and every test process has to name it alike
)
def test_an_older_client_lists_none(raw: bytes, version: str) -> None:
    hello = ClientHello.parse(raw[5:])
    assert hello == ClientHello(legacy_version=version, supported_versions=None, plays_java=False)


def test_a_greeting_stays_in_the_socket() -> None:
    raw = greeting(newest=SSL.TLS1_3_VERSION)
    here, there = socket.socketpair()
    with here, there:
        there.sendall(raw)
        assert ClientHello.peeked(here) == ClientHello.parse(raw[5:])
        assert here.recv(65536) == raw


def test_what_is_cut_off_is_no_greeting() -> None:
    raw = greeting(newest=SSL.TLS1_3_VERSION)[5:]
    assert [ClientHello.parse(raw[:size]) for size in range(39)] == [None] * 39
