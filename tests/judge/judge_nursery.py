"""The process in which simulated Neo4j processes are born: it has loaded everything they need.

Each child is the real thing, `wizard.practice.neo4j` with its order on standard input, forked where
the practice host would start a Python anew. One line of orders in, one line of what came of it out.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any

import wizard.practice.neo4j.encryption  # noqa: F401 - loaded before the fork, not in each child
from wizard.practice.neo4j.__main__ import main as play

START_S = 20.0


class Child:
    """One simulated server."""

    def __init__(self, order: dict[str, Any]) -> None:
        told, self._lifeline = os.pipe()
        self.states, reports = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _be(order, told, reports)
        os.close(told)
        os.close(reports)
        os.write(self._lifeline, json.dumps(order).encode() + b"\n")

    def outcome(self, deadline: float) -> str:
        """Return `listening`, or `ended` when it has refused to start, or `silent`."""
        said = b""
        while b"listening\n" not in said:
            left = deadline - time.monotonic()
            if not select.select([self.states], [], [], max(0.0, left))[0]:
                return "silent"
            block = os.read(self.states, 4096)
            if not block:
                return "ended"
            said += block
        return "listening"

    def end(self) -> None:
        """End it without further ado, and reap it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._lifeline)
        os.close(self.states)


def _be(order: dict[str, Any], told: int, reports: int) -> None:
    """Become a simulated server; what it complains of beside its logs is kept in its home."""
    complaints = os.open(f"{order['home']}/complaints", os.O_WRONLY | os.O_CREAT, 0o600)
    for here, there in ((told, 0), (reports, 1), (complaints, 2)):
        os.dup2(here, there)
    os.closerange(3, 256)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for a process's life
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same
    try:
        code = play()
    except BaseException as defect:  # noqa: BLE001 - nothing may return into the parent's frames
        sys.excepthook(type(defect), defect, defect.__traceback__)
        code = 2
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Bear what each line orders; the children of a line end when the next one comes."""
    children: list[Child] = []
    for line in sys.stdin.buffer:
        for child in children:
            child.end()
        children = [Child(order) for order in json.loads(line)]
        deadline = time.monotonic() + START_S
        answer = json.dumps([child.outcome(deadline) for child in children])
        os.write(1, answer.encode() + b"\n")
    for child in children:
        child.end()


if __name__ == "__main__":
    main()
