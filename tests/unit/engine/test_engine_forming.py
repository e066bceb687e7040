"""While servers are waited for, what they log is told at once, whatever else is being looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from queue import Empty, SimpleQueue
from typing import cast

import pytest

from wizard.engine.cancel import Cancel
from wizard.engine.events import Event, Said
from wizard.engine.probing.matrix import Probed
from wizard.engine.proving import forming
from wizard.engine.proving.forming import Formation, Waiting, wait_until_formed
from wizard.engine.watching.following import LogBook, Peers, Seen, Watch
from wizard.neo4j.logs.lines import LogLine, Started

LIMIT_S = 20


class Lines:
    """Log lines that somebody else puts there."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Seen] = SimpleQueue()

    def put(self, text: str, meaning: LogLine | None = None) -> None:
        self._queue.put(Seen(server="server1", source="neo4j.log", text=text, meaning=meaning))

    def take(self, timeout_s: float) -> Iterator[Seen]:
        try:
            yield self._queue.get(timeout=timeout_s)
        except Empty:
            return


def waiting_for(
    lines: Lines,
    running: Callable[[], dict[str, bool]],
    probe: Callable[[], tuple[Probed, ...]],
    timeout_s: float,
) -> Waiting:
    return Waiting(
        servers=("server1",),
        silent=frozenset(),
        running=running,
        probe=probe,
        watch=cast("Watch", lines),
        book=LogBook(Peers(names={})),
        cancel=Cancel(),
        timeout_s=timeout_s,
    )


@pytest.mark.parametrize("slow", ["status", "probes"])
def test_a_line_is_told_while_a_server_is_still_being_looked_at(
    slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forming, "LOOK_S", 0.01)
    monkeypatch.setattr(forming, "PROBE_AFTER_S", 0.02)
    lines, told, looked = Lines(), threading.Event(), threading.Event()

    def look() -> None:
        lines.put("a line")
        if told.wait(LIMIT_S):
            looked.set()
        lines.put("Started.", Started())

    def running() -> dict[str, bool]:
        if slow == "status":
            look()
        return {"server1": True}

    def probe() -> tuple[Probed, ...]:
        if slow == "probes":
            look()
        return ()

    waiting = waiting_for(lines, running, probe, LIMIT_S)
    heard: list[Event] = []
    for event in wait_until_formed(waiting):
        heard.append(event)
        told.set()
    assert looked.is_set()
    assert next(event.message for event in heard if isinstance(event, Said)) == "a line"


class LateLines(Lines):
    """Lines that come once somebody has looked in vain: the connection is made anew by then."""

    def __init__(self, *late: LogLine) -> None:
        super().__init__()
        self._late = [*late]
        self._looks = 0

    def take(self, timeout_s: float) -> Iterator[Seen]:
        self._looks += 1
        if self._looks > 1 and self._late:
            self.put("late", self._late.pop())
        return super().take(timeout_s)


@pytest.mark.parametrize(
    ("late", "ends"), [((Started(),), Formation.FORMED), ((), Formation.SLOW)], ids=["up", "slow"]
)
def test_what_was_logged_while_the_workstation_slept_counts(
    late: tuple[LogLine, ...], ends: Formation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forming, "LAST_LOOK_S", 1.0)
    waiting = waiting_for(LateLines(*late), lambda: {"server1": True}, tuple, timeout_s=-1)
    formation = None

    def walk() -> Generator[Event, None, None]:
        nonlocal formation
        formation = yield from wait_until_formed(waiting)

    list(walk())
    assert formation is ends
