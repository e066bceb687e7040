"""Whose lock is taken over without asking: that of a process known to be gone, nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from wizard.engine.changes.server_locks import _is_outlived
from wizard.remote.lock import Holder


def holder(*, station: str = "station", process: int = 0, host: str = "host") -> Holder:
    return Holder(
        run="20261122-090000-abcd",
        station=station,
        process=process,
        since="2026-11-22T09:00:00Z",
        host=host,
    )


def a_process_that_is_gone() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(timeout=60)
    return ended.pid


@pytest.mark.parametrize("process", [os.getpid(), 0], ids=["ours", "untold"])
def test_our_own_lock_is_ours_on_this_host_alone(process: int) -> None:
    own = holder(process=os.getpid())
    assert _is_outlived(holder(process=process), own)
    assert not _is_outlived(holder(process=process, host="another"), own)
    assert not _is_outlived(holder(process=process, station="another"), own)


def test_the_lock_of_a_process_that_is_gone_counts_on_this_host_alone() -> None:
    own, gone = holder(process=os.getpid()), a_process_that_is_gone()
    assert _is_outlived(holder(process=gone), own)
    assert not _is_outlived(holder(process=gone, host="another"), own)
    assert not _is_outlived(holder(process=os.getppid()), own)
