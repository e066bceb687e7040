"""Ends a worker whose test has hung for good, and says where: a hang must not become a silent CI.

pytest-timeout raises in the main thread. Where that thread waits again while it clears up, nobody
would ever hear of it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import subprocess
import threading
from collections.abc import Iterator

import pytest

GRACE_S = 90
"""How long a test may take to clear up after its own time is over."""

_ERRORS = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the real standard error: while a test runs, pytest holds what is written to it."""
    config.stash[_ERRORS] = os.dup(2)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Watch one test from its first fixture to its last."""
    watch = threading.Timer(_allowed_s(item) + GRACE_S, _end, (item,))
    watch.daemon = True
    watch.start()
    try:
        return (yield)
    finally:
        watch.cancel()


def _allowed_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] if marker else item.config.getini("timeout"))


def _end(item: pytest.Item) -> None:
    errors = item.config.stash[_ERRORS]
    os.write(errors, f"\n{item.nodeid} hangs. What runs, and where each thread is:\n".encode())
    faulthandler.dump_traceback(file=errors, all_threads=True)
    try:
        _run_ps("pid,ppid,stat,etimes,args", stdout=errors)
        for pid in _below(os.getpid()):  # what is left would keep our standard output open
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    finally:
        os._exit(70)


def _below(pid: int) -> list[int]:
    """Every process that descends from one."""
    rows = [row.split() for row in _run_ps("ppid=,pid=", stdout=subprocess.PIPE).splitlines()]
    found = [pid]
    for above in found:
        found += [int(child) for parent, child in rows if int(parent) == above]
    return found[1:]


def _run_ps(columns: str, stdout: int) -> bytes:
    done = subprocess.run(["ps", "-eo", columns], stdout=stdout, check=False, timeout=20)
    return done.stdout or b""
