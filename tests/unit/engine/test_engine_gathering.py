"""One thread for many logs, also where one is closed behind its back and its number used again."""

from __future__ import annotations

import contextlib
import os
from queue import SimpleQueue

import pytest
from waiting import until

from wizard.engine.watching.gathering import Gathering


class Log:
    """A log that comes through a descriptor of a given number, or of any."""

    def __init__(self, number: int | None = None) -> None:
        self._reader, self._writer = os.pipe()
        if number not in {None, self._reader}:
            os.dup2(self._reader, number)  # type: ignore[arg-type]
            os.close(self._reader)
            self._reader = number  # type: ignore[assignment]
        os.set_blocking(self._reader, False)

    def fileno(self) -> int:
        return self._reader

    def write(self, line: bytes) -> None:
        os.write(self._writer, line)

    def ready(self) -> list[bytes] | None:
        try:
            return [os.read(self._reader, 100)]
        except BlockingIOError:
            return []

    def close(self) -> None:
        for number in (self._reader, self._writer):
            os.close(number)


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "open"])
def test_a_log_may_get_the_number_of_one_that_was_closed(*, closed: bool) -> None:
    heard: SimpleQueue[bytes] = SimpleQueue()
    defects: list[Exception] = []

    def take(log: Log) -> bool:
        for line in log.ready() or ():
            heard.put(line)
        return True

    gathering, former = Gathering(defects.append), Log()
    with contextlib.ExitStack() as stack:
        stack.callback(gathering.close)
        gathering.add(former, take)  # type: ignore[arg-type]
        former.write(b"before")
        assert heard.get(timeout=20) == b"before"
        number = former.fileno()
        if closed:
            former.close()
        latter = Log(number if closed else None)
        stack.callback(latter.close)
        gathering.add(latter, take)  # type: ignore[arg-type]
        latter.write(b"after")
        until(lambda: defects or not heard.empty(), "a line, or a defect")
        assert not defects
        assert heard.get(timeout=20) == b"after"
