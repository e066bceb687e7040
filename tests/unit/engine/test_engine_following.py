"""Log lines become links and failures; strangers' noise and strange peers become neither."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable

import pytest
from waiting import until

from wizard.engine.events import Event, Link, LinkState, Said
from wizard.engine.watching.following import (
    LogBook,
    Peers,
    Seen,
    Watch,
    seen_line,
    since_last_start,
)
from wizard.errors import RemoteError
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
    follow, write = logs_of_servers()
    watch = Watch()
    watch.follow("server1", follow("server1"), {"/logs/neo4j.log": 7})
    write("server1", b"one")
    (seen,) = watch.take(5)
    assert (seen.server, seen.source, seen.text) == ("server1", "neo4j.log", "one")
    watch.close()


def test_two_hundred_logs_of_a_hundred_servers_are_followed_in_one_thread() -> None:
    follow, write = logs_of_servers()
    watch, before = Watch(), {*threading.enumerate()}
    names = [f"server{number}" for number in range(100)]
    for name in names:
        watch.follow(name, follow(name), {"journal:neo4j": 7, "/logs/debug.log": 7})
    for name in names:
        write(name, b"here")
    heard: list[tuple[str, str]] = []
    until(lambda: not heard.extend((s.server, s.source) for s in watch.take(0.1)) and
          len(heard) >= 200, "every log")  # fmt: skip
    assert sorted(heard) == sorted((n, s) for n in names for s in ("journal", "debug.log"))
    assert len({*threading.enumerate()} - before) == 1
    watch.close()
    until(lambda: {*threading.enumerate()} <= before, "the thread ends")


def test_a_log_that_is_lost_or_may_not_be_read_is_told_and_ends_no_other() -> None:
    follow, write = logs_of_servers()
    watch, book = Watch(), LogBook(PEERS)
    for name in ("server1", "server2"):
        watch.follow(name, follow(name), {"/logs/neo4j.log": 7})
    write("server1", None)
    write("server2", b"still here")
    seen: list[Seen] = []
    until(lambda: not seen.extend(watch.take(0.1)) and len(seen) >= 2, "both")
    told = [event for one in seen for event in book.read(one)]
    assert {(e.server, e.source, e.message) for e in told if isinstance(e, Said)} == {
        ("server1", None, "it may not be read"),
        ("server2", "neo4j.log", "still here"),
    }
    watch.close()


def test_a_defect_comes_to_light_where_lines_are_taken() -> None:
    follow, write = logs_of_servers()
    watch = Watch()
    watch.follow("server1", follow("server1"), {"/logs/neo4j.log": 7})
    write("server1", "a text")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        until(lambda: any(watch.take(0.1)), "a line")
    watch.close()


class Log:
    """A log whose lines come through a socket, which wakes whoever waits for it."""

    def __init__(self) -> None:
        self.lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.here, self.there = socket.socketpair()

    def write(self, line: bytes | None) -> None:
        self.lines.put(line)
        self.there.send(b".")

    def fileno(self) -> int:
        return self.here.fileno()

    def ready(self) -> list[bytes] | None:
        found = []
        while not self.lines.empty():
            self.here.recv(1)
            line = self.lines.get()
            if line is None:
                raise RemoteError("server1", "it may not be read")
            found.append(line)
        return found

    def close(self) -> None:
        self.here.close()
        self.there.close()


class Connection:
    def __init__(self) -> None:
        self.logs: list[Log] = []

    def follow(self, path: str, offset: int = 0, /) -> Log:
        assert path
        assert offset == 7
        self.logs.append(Log())
        return self.logs[-1]


def logs_of_servers() -> tuple[Callable[[str], Connection], Callable[[str, bytes | None], None]]:
    """Return how to get at a server's connection, and how to write into all of its logs."""
    servers: dict[str, Connection] = {}

    def write(server: str, line: bytes | None) -> None:
        for log in servers[server].logs:
            log.write(line)

    return lambda name: servers.setdefault(name, Connection()), write
