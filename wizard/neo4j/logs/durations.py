"""How long a server's last stop and its last start took, by its own user log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d{4})\s.*?"
    r"(Starting\.\.\.|Started\.|Stopping\.\.\.|Stopped\.|shutdown initiated by request)"
)
_STOP, _START = "stop", "start"
_BEGINS = {
    "Starting...": _START,
    "Stopping...": _STOP,
    "shutdown initiated by request": _STOP,
}
_ENDS = {"Started.": _START, "Stopped.": _STOP}
_LONGEST_S = 24 * 3600.0


def last_durations(lines: Iterable[str]) -> tuple[float | None, float | None]:
    """Return the seconds of the last whole stop and of the last whole start; None where unknown.

    A stop that is announced twice, as a request and as the stopping itself, counts from the first.
    """
    began: dict[str, datetime] = {}
    took: dict[str, float] = {}
    for line in lines:
        match = _MOMENT.match(line)
        moment = _read(match[1]) if match else None
        if match is None or moment is None:
            continue
        if (kind := _BEGINS.get(match[2])) is not None:
            began.setdefault(kind, moment)
            began.pop(_START if kind == _STOP else _STOP, None)
        elif (first := began.pop(_ENDS[match[2]], None)) is not None:
            seconds = (moment - first).total_seconds()
            if 0 <= seconds < _LONGEST_S:
                took[_ENDS[match[2]]] = seconds
    return took.get(_STOP), took.get(_START)


def _read(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f%z")
    except ValueError:
        return None
