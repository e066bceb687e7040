"""The practice cluster before the judge: the simulated Neo4j on the files Neo4j was asked about.

What it says is read where a person would read it: in its log, and on its sockets.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from judge_bench import ADDRESSES, Bench, Server
from judge_links import Link, messages_of
from judge_verdicts import Start
from waiting import end, killing

NURSERY = Path(__file__).with_name("judge_nursery.py")
CHANNELS = ("discovery", "cluster", "raft", "routing", "bolt")

_ANSWER_S = 60
_END_S = 10
_DECIDED_S = 15.0
_LATE_WORDS_S = 2.0
_PAUSE_S = 0.01
_FIRST_PORT, _LAST_PORT = 20000, 32000  # below those that systems hand out by themselves
_ENTRY = re.compile(r"\d{4}-\d\d-\d\d \S+ +[A-Z]+ +\[[^\]]*\] (?P<message>.*)")
_LIFECYCLE = "Caused by: org.neo4j.kernel.lifecycle.LifecycleException: "
_CAUSED = "Caused by: "
_LOADED = "Loaded SSL policy 'CLUSTER'"


class BrokenPracticeError(Exception):
    """The simulation gave no verdict; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of debug.log.

    Attributes:
        trace: the lines of the stack trace below it.
    """

    message: str
    trace: tuple[str, ...] = ()


class Practice:
    """A process that turns a case's servers into simulated Neo4j processes, until it is closed."""

    def __init__(self) -> None:
        self.ports = _free_ports()
        self._process = subprocess.Popen(
            [sys.executable, str(NURSERY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        finally:
            end(self._process)

    def play(self, bench: Bench) -> dict[str, Played]:
        """Start the servers of a case, instead of those of the last one."""
        outcomes = self._ask([_order(server, bench) for server in bench.servers])
        played = {
            server.name: Played(server, outcome)
            for server, outcome in zip(bench.servers, outcomes, strict=True)
        }
        for server in played.values():
            server.note()
        return played

    def rest(self) -> None:
        """End the servers of the last case."""
        self._ask([])

    def _ask(self, orders: Sequence[Mapping[str, Any]]) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with killing(self._process, _ANSWER_S):
            self._process.stdin.write(json.dumps(orders).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise BrokenPracticeError("the process that bears the simulated servers has gone")
        answer: list[str] = json.loads(line)
        return answer


class Played:
    """One simulated server, up or refused."""

    def __init__(self, server: Server, outcome: str) -> None:
        self.server, self.outcome = server, outcome
        self._failures_before: dict[str, int] = {}

    def note(self) -> None:
        """Remember the failed attempts up to now: some peers may not have listened yet."""
        self._failures_before = self._failures()

    def start(self) -> Start:
        """Return what became of its start, by its log.

        Raises:
            BrokenPracticeError: it neither listens nor says why not, or has a defect.
        """
        complaints = (self.server.home / "complaints").read_text()
        if complaints or self.outcome == "silent":
            raise BrokenPracticeError(f"{self.server.name} is {self.outcome}: {complaints}")
        entries = [*self._entries()]
        if self.outcome == "listening":
            loaded = any(entry.message.startswith(_LOADED) for entry in entries)
            return Start(outcome="yes" if loaded else "off")
        for entry in entries:
            for number, line in enumerate(entry.trace):
                if line.startswith(_LIFECYCLE):
                    causes = [one for one in entry.trace[number + 1 :] if one.startswith(_CAUSED)]
                    words = tuple(one.removeprefix(_CAUSED) for one in causes)
                    return Start(outcome="refused", words=words)
        raise BrokenPracticeError(f"{self.server.name} has ended without a word")

    def link_to(self, other: Played, *, only_peer: bool) -> Link:
        """Wait until it has reached another server or been refused, and say which.

        Args:
            other: a server that listens.
            only_peer: nobody else dials that one, so that all it says is about this link.

        Raises:
            BrokenPracticeError: neither came to pass in time.
        """
        gets_in = _until(lambda: self._verdict_on(other), _DECIDED_S)
        if gets_in is None:
            raise BrokenPracticeError(f"{self.server.name} did not decide on {other.server.name}")
        client = tuple(messages_of(self._outbound(other.server)))
        if gets_in or not only_peer:
            return Link(gets_in=gets_in, client=client)
        seen: list[str] = []
        _until(lambda: bool(seen.extend(other.inbound()) or seen) or None, _LATE_WORDS_S)
        return Link(gets_in=False, client=client, server=tuple(other.inbound()))

    def inbound(self) -> list[str]:
        """Return the messages of what it refused, or was refused, as one who accepts."""
        found = [e.trace for e in self._entries() if e.message.startswith("Exception in inbound")]
        return [*messages_of(_chains(found))]

    def _verdict_on(self, other: Played) -> bool | None:
        shown = f"{_shown(other.server)} ["
        if any(e.message.startswith(f"Connected to {shown}") for e in self._entries()):
            return True
        failed = self._failures().get(other.server.name, 0)
        since = failed - self._failures_before.get(other.server.name, 0)
        # The first of them may have begun before the other one listened.
        return False if since > 1 or (since and self._outbound(other.server)) else None

    def _failures(self) -> dict[str, int]:
        said = [e.message for e in self._entries() if e.message.startswith("Failed to connect to")]
        return {
            peer.name: sum(f" {peer.advertised}/" in one or f" /{peer.ip}:" in one for one in said)
            for peer in self.server.peers
        }

    def _outbound(self, other: Server) -> list[list[str]]:
        there = f"R:{_shown(other).rpartition(':')[0]}:"
        found = [
            entry.trace
            for entry in self._entries()
            if entry.message.startswith("Exception in outbound") and there in entry.message
        ]
        return _chains(found)

    def _entries(self) -> Iterator[Entry]:
        log = self.server.home / "logs" / "debug.log"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        message, trace = "", list[str]()
        for line in text[: text.rfind("\n") + 1].splitlines():
            if line.startswith("{"):
                told = json.loads(line)
                yield Entry(
                    message=told["message"], trace=tuple(told.get("stacktrace", "").splitlines())
                )
            elif (found := _ENTRY.fullmatch(line)) is not None:
                yield Entry(message=message, trace=tuple(trace))
                message, trace = found["message"], []
            elif trace and not line.startswith(("\tat ", _CAUSED)):
                trace[-1] += f"\n{line}"  # a message with a line break in it
            else:
                trace.append(line)
        yield Entry(message=message, trace=tuple(trace))


def _chains(traces: Sequence[Sequence[str]]) -> list[list[str]]:
    return [
        [line.removeprefix(_CAUSED) for line in trace if not line.startswith("\tat ")]
        for trace in traces
    ]


def _shown(server: Server) -> str:
    """The raft address as Java shows it."""
    name = "" if server.advertised == server.ip else server.advertised
    return f"{name}/{server.ip}:{server.ports['raft']}"


def _order(server: Server, bench: Bench) -> dict[str, Any]:
    (server.home / "data").mkdir(exist_ok=True)
    return {
        "home": str(server.home),
        "ip": server.ip,
        "address": server.advertised,
        "version": str(bench.version),
        "hosts": ADDRESSES,
        "faults": [],
        "overlay": {},
    }


def _until(ask: Callable[[], bool | None], seconds: float) -> bool | None:
    deadline, between_looks = time.monotonic() + seconds, threading.Event()
    while (answer := ask()) is None and time.monotonic() < deadline:
        between_looks.wait(_PAUSE_S)
    return answer


def _free_ports() -> dict[str, int]:
    """Return ports that nothing has on any of our addresses."""
    addresses = {*ADDRESSES.values(), "127.0.0.21"}
    found: list[int] = []
    for port in range(_FIRST_PORT + time.monotonic_ns() // 1000 % 10000, _LAST_PORT):
        if all(_is_free(address, port) for address in addresses):
            found.append(port)
        if len(found) == len(CHANNELS):
            return dict(zip(CHANNELS, found, strict=True))
    raise BrokenPracticeError("there are no free ports for the simulated servers")


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
