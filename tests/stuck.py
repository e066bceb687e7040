"""Ends a worker whose test has hung for good, and says where: a hang must not become a silent CI.

pytest-timeout raises in the main thread. Where that thread waits again while it clears up, nobody
would ever hear of it.
"""

from __future__ import annotations

import faulthandler
import os
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
    subprocess.run(["ps", "-eo", "pid,ppid,stat,etimes,args"], stdout=errors, check=False)
    faulthandler.dump_traceback(file=errors, all_threads=True)
    os._exit(70)
