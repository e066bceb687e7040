"""Waits that have a bound: for a condition, and for processes that tests start."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

LOOK_EVERY_S = 0.02
GONE_S = 20
"""How long a killed process may take until it is gone, on a busy machine."""


def until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Look again and again until the condition holds; fail when the time is over."""
    ends, between_looks = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < ends, what
        between_looks.wait(LOOK_EVERY_S)


@contextmanager
def started(
    command: Sequence[str | Path], *, seconds: float = 120, **how: Any
) -> Iterator[subprocess.Popen[Any]]:
    """Start a process that ends with the block, and is killed when the block takes longer.

    So neither a read from it nor the waiting for its end lasts for ever, as in Popen's own block.
    """
    process = subprocess.Popen([*command], **how)
    try:
        with killing(process, seconds):
            yield process
    finally:
        end(process)


@contextmanager
def killing(process: subprocess.Popen[Any], seconds: float) -> Iterator[None]:
    """Kill a process when the block takes longer than that: what reads from it gets an end."""
    over = threading.Timer(seconds, process.kill)
    over.daemon = True
    over.start()
    try:
        yield
    finally:
        over.cancel()


def end(process: subprocess.Popen[Any]) -> None:
    """Kill a process, unless it has ended, and let go of everything that belongs to it."""
    process.kill()
    process.wait(GONE_S)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
