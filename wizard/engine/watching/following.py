"""The logs of all servers followed at once, and what their lines say about the cluster."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import dropwhile
from queue import Empty, SimpleQueue
from typing import Protocol

from wizard.engine.events import Event, Link, LinkState, Said
from wizard.engine.watching.gathering import Gathering, Lines
from wizard.engine.watching.hiding import hidden
from wizard.engine.watching.log_places import source_of
from wizard.errors import RemoteError
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.text import shown
from wizard.neo4j.logs.lines import (
    ConnectedTo,
    Failed,
    LoaderError,
    LogLine,
    LogReader,
    LostConnection,
    Started,
    StartFailed,
    Starting,
    TlsFailure,
)
from wizard.secret import Secret


class Followable(Protocol):
    """A server's connection, seen as a way to its logs."""

    def follow(self, path: str, offset: int = 0, /) -> Lines:
        """Follow a file from a byte offset on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One line of one log: as it may be shown, and what it means, if anything."""

    server: str
    source: str
    text: str
    meaning: LogLine | None


class Watch:
    """Follows logs, all in one thread, until it is closed; lines wait in one queue.

    Args:
        secrets: what no line may show.
    """

    def __init__(self, secrets: Sequence[Secret] = ()) -> None:
        self._secrets = secrets
        self._queue: SimpleQueue[Seen | Exception] = SimpleQueue()
        self._followers: list[Lines] = []
        self._gathering = Gathering(self._queue.put)
        self._closed = False

    def follow(self, server: str, connection: Followable, marks: Mapping[str, int]) -> None:
        """Follow a server's logs, each from its byte offset on.

        Raises:
            RemoteError: the connection is lost.
        """
        for place, offset in marks.items():
            follower = connection.follow(place, offset)
            self._followers.append(follower)
            self._gathering.add(follower, partial(self._take, server, place, LogReader()))

    def take(self, timeout_s: float) -> Iterator[Seen]:
        """Yield what came, waiting at most that many seconds for the first line.

        A defect that ended the thread is raised here: nothing more would come from it.
        """
        with suppress(Empty):
            found = self._queue.get(timeout=timeout_s)
            while True:
                if isinstance(found, Exception):
                    raise found
                yield found
                found = self._queue.get_nowait()

    def close(self) -> None:
        """End every follower."""
        self._closed = True
        self._gathering.close()
        for follower in self._followers:
            follower.close()

    def _take(self, server: str, place: str, reader: LogReader, follower: Lines) -> bool:
        try:
            lines = follower.ready()
        except RemoteError as error:
            if not self._closed:
                self._queue.put(Seen(server=server, source="", text=error.message, meaning=None))
            return False
        for line in lines or ():
            self._queue.put(seen_line(server, source_of(place), line, reader, self._secrets))
        return lines is not None


def seen_line(
    server: str, source: str, line: bytes, reader: LogReader, secrets: Sequence[Secret] = ()
) -> Seen:
    """Read one raw line of a server's log; secrets that stand in it are masked."""
    text = line.decode("utf-8", errors="replace")
    meaning = reader.read(text)
    if isinstance(meaning, Failed):
        meaning = replace(meaning, text=hidden(meaning.text, secrets))
    return Seen(server=server, source=source, text=hidden(shown(line), secrets), meaning=meaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Which server an address in a log means, by the raft ports the servers advertise."""

    names: Mapping[tuple[str, int], str]

    @classmethod
    def of(
        cls,
        ports: Mapping[str, tuple[ClusterPort, ...]],
        resolved: Mapping[str, tuple[str, ...]],
    ) -> Peers:
        """Build it from every server's ports and what its names resolve to."""
        names: dict[tuple[str, int], str] = {}
        for server, every in ports.items():
            for port in every:
                if port.channel is Channel.RAFT:
                    for host in (port.host, *resolved.get(port.host, ())):
                        names.setdefault((host.lower(), port.port), server)
        return cls(names=names)

    def addresses_of(self, server: str) -> frozenset[str]:
        """Return the names and addresses by which a server is dialled."""
        return frozenset(host for (host, _), name in self.names.items() if name == server)

    def find(self, host: str, ip: str, port: int) -> str | None:
        """Return the server's name, or None when the address is nobody's we know."""
        by_name = self.names.get((host.lower(), port)) if host else None
        return by_name or self.names.get((ip.lower(), port))


_SHOWN = frozenset({"neo4j.log", "journal", ""})
"""Sources whose lines are for people; without a source it is the wizard that speaks."""


class LogBook:
    """What the lines said so far: who started, who failed and why, who is linked to whom."""

    def __init__(self, peers: Peers) -> None:
        self.strangers_knock = False
        """Set while our own probes provoke refusals, which then say nothing about the servers."""
        self._peers = peers
        self._links: dict[tuple[str, str], LinkState] = {}
        self.started: dict[str, float] = {}
        self.failures: dict[str, list[Failed]] = {}
        self.history: dict[str, list[LogLine]] = {}

    def read(self, seen: Seen) -> Iterator[Event]:
        """Take in a line; yield it for people, and the link it tells of."""
        if self.strangers_knock and isinstance(seen.meaning, TlsFailure):
            return
        # A line of a stack trace has no time; the line above it was shown already.
        told = isinstance(seen.meaning, Failed) and seen.meaning.at is not None
        if seen.text and (seen.source in _SHOWN or told):
            yield Said(message=seen.text, server=seen.server, source=seen.source or None)
        yield from self._note(seen.server, seen.meaning)

    def _note(self, server: str, meaning: LogLine | None) -> Iterator[Event]:
        if meaning is not None:
            self.history.setdefault(server, []).append(meaning)
        match meaning:
            case Starting():
                self.started.pop(server, None)
            case Started():
                self.started.setdefault(server, time.monotonic())
            case Failed():
                self.failures.setdefault(server, []).append(meaning)
            case ConnectedTo():
                yield from self._link(server, meaning, LinkState.SEEN)
            case LostConnection():
                yield from self._link(server, meaning, LinkState.LOST)
            case _:
                pass

    def _link(
        self, server: str, line: ConnectedTo | LostConnection, state: LinkState
    ) -> Iterator[Link]:
        peer = self._peers.find(line.host, line.ip, line.port)
        if peer is None or peer == server or self._links.get((server, peer)) is state:
            return
        self._links[server, peer] = state
        host = shown(line.host or line.ip)
        address = f"[{host}]:{line.port}" if ":" in host else f"{host}:{line.port}"
        at = None if line.at is None else line.at.astimezone(UTC)
        yield Link(server=server, peer=peer, address=address, state=state, at=at)

    def links_seen(self) -> int:
        """Return how many ordered pairs are linked by the logs."""
        return sum(state is LinkState.SEEN for state in self._links.values())

    def links_to_come(self) -> int:
        """Return how many ordered pairs there are of servers that have such links at all."""
        members = len(set(self._peers.names.values()))
        return members * (members - 1)

    def logged(self) -> AbstractSet[tuple[str, str]]:
        """Return the ordered pairs of whose link a log has told anything."""
        return self._links.keys()

    def gave_up(self) -> dict[str, list[Failed]]:
        """Return the servers whose log says that Neo4j refused to start, with the lines."""
        fatal: dict[str, list[Failed]] = {
            server: [line for line in lines if isinstance(line, (LoaderError, StartFailed))]
            for server, lines in self.failures.items()
        }
        return {server: lines for server, lines in fatal.items() if lines}


def unlogged(
    ports: Mapping[str, tuple[ClusterPort, ...]], logged: AbstractSet[tuple[str, str]]
) -> Iterator[Link]:
    """Yield the links that no log tells of; that alone is no fault.

    Only servers with a raft port have such links: a read replica or a single server has none.
    """
    raft = {
        server: port for server, every in ports.items() for port in every
        if port.channel is Channel.RAFT
    }  # fmt: skip
    for server in raft:
        for peer, port in raft.items():
            if peer != server and (server, peer) not in logged:
                yield Link(
                    server=server,
                    peer=peer,
                    address=f"{port.host}:{port.port}",
                    state=LinkState.NOT_LOGGED,
                )


def from_one_start(logs: Sequence[list[Seen]]) -> list[Seen]:
    """Join the logs of one server, each from the last start that any of them tells of.

    The debug.log of 3.5 does not tell of a start itself.
    """
    starts = [
        seen.meaning.at
        for log in logs
        for seen in log
        if isinstance(seen.meaning, Starting) and seen.meaning.at is not None
    ]
    if not starts:
        return [seen for log in logs for seen in log]
    return [seen for log in logs for seen in dropwhile(partial(_is_before, max(starts)), log)]


def _is_before(start: datetime, seen: Seen) -> bool:
    """Whether a line is from before a moment, or does not tell."""
    at = None if seen.meaning is None else seen.meaning.at
    return at is None or at < start


def since_last_start(
    server: str, source: str, tail: bytes, secrets: Sequence[Secret] = ()
) -> list[Seen]:
    """Read the end of a log and keep the lines from its last `Starting...` on.

    A first line that was cut by the reading is dropped; without any start every line is kept.
    """
    reader = LogReader()
    lines = [seen_line(server, source, line, reader, secrets) for line in tail.split(b"\n") if line]
    starts = [at for at, seen in enumerate(lines) if isinstance(seen.meaning, Starting)]
    return lines[starts[-1] :] if starts else lines
