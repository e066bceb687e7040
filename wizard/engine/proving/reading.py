"""Tells what the servers' logs say at once, also while something slow is being found out."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from wizard.engine.events import Event
from wizard.engine.watching.following import LogBook, Watch

_STEP_S = 0.05

Found = TypeVar("Found")


def read_logs(watch: Watch, book: LogBook, timeout_s: float) -> Generator[Event, None, None]:
    """Yield what the logs say, waiting at most that long for a first line."""
    for seen in watch.take(timeout_s):
        yield from book.read(seen)


def meanwhile(
    watch: Watch, book: LogBook, work: Callable[[], Found]
) -> Generator[Event, None, Found]:
    """Do something slow in a thread, and yield what the logs say until it is done."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        while not future.done():
            yield from read_logs(watch, book, _STEP_S)
        return future.result()
