"""Log lines become links and failures; strangers' noise and strange peers become neither."""

from __future__ import annotations

import queue
from collections.abc import Iterator

from wizard.engine.events import Event, Link, LinkState, Said
from wizard.engine.following import LogBook, Peers, Watch, seen_line, since_last_start
from wizard.model.cluster import Channel, ClusterPort
from wizard.neo4j.logs.lines import LogReader

AT = "2026-11-22 02:29:25.100+0000"


def raft(host: str) -> tuple[ClusterPort, ...]:
    port = ClusterPort(
        channel=Channel.RAFT,
        host=host,
        port=7000,
        listen_host="127.0.0.1",
        listen_port=7000,
    )
    return (port,)


PEERS = Peers.of(
    {"server1": raft("One.example"), "server2": raft("two.example"), "server3": raft("10.0.0.3")},
    {"two.example": ("10.0.0.2",)},
)


def read(book: LogBook, *lines: str, source: str = "neo4j.log") -> list[Event]:
    reader = LogReader()
    return [
        event
        for line in lines
        for event in book.read(seen_line("server1", source, line.encode(), reader))
    ]


def links(events: list[Event]) -> list[tuple[str, LinkState]]:
    return [(event.peer, event.state) for event in events if isinstance(event, Link)]


def test_a_connection_is_a_link_by_name_by_address_and_by_ip_alone() -> None:
    book = LogBook(PEERS)
    lines = (
        f"{AT} INFO  Connected to two.example/10.9.9.9:7000 [RAFT version:1.0]",
        f"{AT} INFO  Connected to /10.0.0.3:7000 [RAFT version:1.0]",
    )
    assert links(read(book, *lines)) == [
        ("server2", LinkState.SEEN),
        ("server3", LinkState.SEEN),
    ]
    assert book.links_seen() == 2


def test_the_same_link_is_told_once_until_it_is_lost() -> None:
    book = LogBook(PEERS)
    connected = f"{AT} INFO  Connected to x/10.0.0.2:7000 [RAFT version:1.0]"
    lost = f"{AT} WARN  Lost connection to: x/10.0.0.2:7000 (gone)"
    states = [state for _peer, state in links(read(book, connected, connected, lost, connected))]
    assert states == [LinkState.SEEN, LinkState.LOST, LinkState.SEEN]


def test_a_peer_of_another_cluster_or_port_is_no_link() -> None:
    book = LogBook(PEERS)
    lines = (
        f"{AT} INFO  Connected to four.example/10.0.0.4:7000 [RAFT version:1.0]",
        f"{AT} INFO  Connected to two.example/10.0.0.2:7001 [RAFT version:1.0]",
    )
    assert links(read(book, *lines)) == []


def test_what_a_server_says_is_shown_without_being_obeyed() -> None:
    (said,) = read(LogBook(PEERS), f"{AT} INFO  \x1b[2J\u202egone")
    assert isinstance(said, Said)
    assert "\x1b" not in said.message
    assert "\u202e" not in said.message


def test_a_refusal_to_start_is_kept_and_a_strangers_refusal_is_not() -> None:
    book = LogBook(PEERS)
    read(book, "Caused by: java.lang.RuntimeException: Unable to decrypt private key.")
    assert {line.code for line in book.gave_up()["server1"]} == {"key-password-wrong"}
    noise = (
        f"{AT} WARN  [o.n.c.Acceptor] failed io.netty.handler.codec.DecoderException:"
        " javax.net.ssl.SSLHandshakeException: Empty client certificate chain"
    )
    assert read(LogBook(PEERS), noise, source="debug.log")
    quiet = LogBook(PEERS)
    quiet.strangers_knock = True
    assert read(quiet, noise, source="debug.log") == []
    assert quiet.failures == {}


def test_only_the_last_start_counts() -> None:
    tail = f"{AT} INFO  Starting...\n{AT} INFO  Started.\n{AT} INFO  Starting...\n".encode()
    assert len(since_last_start("server1", "neo4j.log", tail)) == 1


def test_the_watch_reads_until_it_is_closed() -> None:
    class Log:
        def __init__(self) -> None:
            self.lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

        def __iter__(self) -> Iterator[bytes]:
            return iter(self.lines.get, None)

        def close(self) -> None:
            self.lines.put(None)

    class Connection:
        def follow(self, path: str, offset: int = 0, /) -> Log:
            assert (path, offset) == ("/logs/neo4j.log", 7)
            return log

    log, watch = Log(), Watch()
    watch.follow("server1", Connection(), {"/logs/neo4j.log": 7})
    log.lines.put(b"one")
    (seen,) = watch.take(5)
    assert (seen.server, seen.source, seen.text) == ("server1", "neo4j.log", "one")
    watch.close()
