"""neo4j.log and debug.log as the version writes them: user messages stand in both."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path


class Logs:
    """The two log files of one server, opened for appending.

    Args:
        folder: the log folder.
        json_debug: debug.log is JSON, as in fresh installations from 2025.01 on (Operations
            Manual, Logging); otherwise it is text.
        padded: levels of debug.log are filled up to five letters.
        mirrored: what is said by others than the cluster stands in debug.log, too.
    """

    def __init__(
        self, folder: Path, *, json_debug: bool, padded: bool = True, mirrored: bool = True
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._user = (folder / "neo4j.log").open("a", encoding="utf-8")
        self._debug = (folder / "debug.log").open("a", encoding="utf-8")
        self._json, self._width = json_debug, 5 if padded else 0
        self._mirrored = mirrored
        self._lock = threading.Lock()

    def say(self, message: str, category: str, level: str = "INFO", trace: str = "") -> None:
        """Write a message for the administrator; a stack trace stands below it."""
        at = _now()
        with self._lock:
            self._user.write(f"{at} {level:<5} {message}\n{trace}")
            self._user.flush()
            if self._mirrored or ".n.c." in category:
                self._write_debug(at, level, category, message, trace)

    def detail(self, message: str, category: str, level: str = "INFO", trace: str = "") -> None:
        """Write a message for debug.log alone."""
        with self._lock:
            self._write_debug(_now(), level, category, message, trace)

    def _write_debug(self, at: str, level: str, category: str, message: str, trace: str) -> None:
        if self._json:
            line = {"time": at, "level": level, "category": category, "message": message}
            if trace:
                line["stacktrace"] = trace
            self._debug.write(json.dumps(line) + "\n")
        else:
            self._debug.write(f"{at} {level:<{self._width}} [{category}] {message}\n{trace}")
        self._debug.flush()


def _now() -> str:
    """The time in Neo4j's shape: `2024-06-27 15:16:31.949+0000`."""
    now = datetime.now(UTC)
    return f"{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03d}+0000"


def stack_trace(*causes: str) -> str:
    """Return a Java stack trace; each cause is `CLASS: MESSAGE`, the root cause last."""
    frame = "\tat org.neo4j.practice.Simulation.start(Simulation.java)\n"
    first, *rest = causes
    return f"{first}\n{frame}" + "".join(f"Caused by: {cause}\n{frame}" for cause in rest)
