"""While servers are waited for, what they log is told at once, whatever else is being looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import cast

import pytest

from wizard.engine.cancel import Cancel
from wizard.engine.events import Event, Said
from wizard.engine.probing.matrix import Probed
from wizard.engine.proving import forming
from wizard.engine.proving.forming import Waiting, wait_until_formed
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

    waiting = Waiting(
        servers=("server1",),
        silent=frozenset(),
        running=running,
        probe=probe,
        watch=cast("Watch", lines),
        book=LogBook(Peers(names={})),
        cancel=Cancel(),
        timeout_s=LIMIT_S,
    )
    heard: list[Event] = []
    for event in wait_until_formed(waiting):
        heard.append(event)
        told.set()
    assert looked.is_set()
    assert next(event.message for event in heard if isinstance(event, Said)) == "a line"
