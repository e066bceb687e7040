"""The process that owns a practice cluster: directory, SSH servers and simulated Neo4j processes.

Standard input brings one line of JSON, then orders, and is the lifeline: at its end, and on
SIGTERM, SIGINT or SIGHUP, everything is ended and removed. Standard output answers each line.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from wizard.errors import WizardError
from wizard.practice.guard import Guard
from wizard.practice.hosting import Hosting
from wizard.practice.removal import lock

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _StopRequested(Exception):  # noqa: N818 - not an error
    """Somebody asked this process to end."""


def main() -> int:
    """Host one practice cluster from the first line of standard input to its end."""
    for number in _SIGNALS:
        signal.signal(number, _stop)
    line = sys.stdin.readline()
    if not line:
        return 0
    order: dict[str, Any] = json.loads(line)
    directory = Path(order["directory"])
    with ExitStack() as cleanup:
        try:
            cleanup.enter_context(lock(directory))
            guard = Guard(directory, keep=order["keep"])
            cleanup.callback(guard.close)
            hosting = Hosting(directory, order, guard)
            cleanup.callback(hosting.close)
            _say({"ready": hosting.open()})
            _obey(hosting)
        except _StopRequested:
            pass
        except WizardError as error:
            _say({"error": error.message, "hint": error.hint})
        finally:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
    return 0


def _obey(hosting: Hosting) -> None:
    for line in sys.stdin:
        order = json.loads(line)
        try:
            hosting.obey(order)
        except WizardError as error:
            _say({"error": error.message, "hint": error.hint})
        else:
            _say({"done": order["do"]})


def _say(message: Mapping[str, object]) -> None:
    try:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
    except OSError:
        raise _StopRequested from None


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _StopRequested


if __name__ == "__main__":
    sys.exit(main())
