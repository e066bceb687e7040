"""Passes signals on to a thread, because a handler must never wait for a lock.

A handler runs between two steps of the main thread. Were it to take a lock that this thread holds
just then, such as the one inside an Event, neither would ever go on.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""By which a person, a system that shuts down or a terminal that closes asks a process to end."""

_LAST_CALL_S = 5.0


@contextmanager
def calling(act: Callable[[], None], numbers: Sequence[signal.Signals]) -> Iterator[None]:
    """While the block runs, let each of these signals call `act` in a thread of its own.

    A signal that was ignored from outside, as by nohup, stays ignored.
    """
    # Of all queues only this one's put() may be called by a handler.
    came: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def note(_number: int, _frame: FrameType | None) -> None:
        came.put(act)

    def pass_on() -> None:
        while (wanted := came.get()) is not None:
            wanted()

    thread = Thread(target=pass_on, daemon=True)
    thread.start()
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        came.put(None)
        thread.join(_LAST_CALL_S)
