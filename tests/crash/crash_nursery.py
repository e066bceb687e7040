"""Runs commands in forks of a process that has everything loaded, and kills them on order.

One order a line on standard input, as JSON; one answer a line on standard output. A fork of a
process without threads costs next to nothing, and it is a process of its own: what SIGKILL leaves
of it is what a power cut would leave.

An order: `line` (of the command), `environ`, `output` (a file), and where to kill: `record` with
`before` (the journal record of that number, as it is about to be written or right when it is on
the disk), `after_s`, or neither.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from threading import Lock
from typing import Any

from wizard import cli, headless
from wizard.engine.proving import proof
from wizard.engine.records.journal import Journal, Kind

LONGEST_S = 100
assert headless  # loaded once, here


def main() -> None:
    """Carry out orders until there are none."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(carried_out(json.loads(line))) + "\n")
        sys.stdout.flush()


def carried_out(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait for the end or bring it about, and tell the exit code (negative: the signal)."""
    child = os.fork()
    if not child:
        run(order)
    watched = os.pidfd_open(child)
    try:
        wait_s = float(order.get("after_s", LONGEST_S))
        ended = bool(select.select([watched], [], [], wait_s)[0])
        if not ended:
            os.kill(child, signal.SIGKILL)
            select.select([watched], [], [], LONGEST_S)
        _pid, status = os.waitpid(child, 0)
    finally:
        os.close(watched)
    in_time = ended or "after_s" in order
    return {"exit": os.waitstatus_to_exitcode(status) if in_time else None}


def run(order: dict[str, Any]) -> None:
    """Be the command; never returns."""
    exit_code = 99
    try:
        os.environ.clear()
        os.environ.update(order["environ"])
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for number, end in ((0, nothing), (1, output), (2, output)):
            os.dup2(end, number)
        make_quick()
        if "record" in order:
            kill_at(order["record"], before=order["before"])
        exit_code = cli.main(order["line"])
        sys.stdout.flush()
    finally:
        os._exit(exit_code)


def kill_at(record: int, *, before: bool) -> None:
    """Let this process die at the n-th record that it writes."""
    write, lock, written = Journal.write, Lock(), 0

    def counted(journal: Journal, kind: Kind, **values: object) -> None:
        nonlocal written
        with lock:
            written += 1
            at_it = written == record
            if at_it and before:
                os.kill(os.getpid(), signal.SIGKILL)
            write(journal, kind, **values)
            if at_it:
                os.kill(os.getpid(), signal.SIGKILL)

    Journal.write = counted  # type: ignore[method-assign]


def make_quick() -> None:
    """Leave out what is no matter here and takes longest: the strangers that knock."""

    def nobody(*_given: object) -> Iterator[Any]:
        return iter(())

    proof.probe_strangers = nobody


if __name__ == "__main__":
    main()
