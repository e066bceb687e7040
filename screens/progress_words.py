"""The words for a command while it runs: phases, what a server is doing, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content

from screens.widgets.tones import MUTED
from wizard.engine.events import (
    ChangeFailed,
    ChangeFinished,
    ChangeSkipped,
    ChangeStarted,
    Event,
    Probe,
    Result,
    Said,
)

PHASES = {
    "stage": "Writing the files beside the running cluster",
    "validate": "Checking the files as Neo4j will",
    "stop": "Stopping every server",
    "commit": "Switching neo4j.conf",
    "start": "Starting every server",
    "restore": "Putting every server back",
    "finalise": "Finishing",
}
DOING = {
    "stage": ("writing its files", "files written"),
    "validate": ("checking its files", "files checked"),
    "stop": ("stopping", "stopped"),
    "commit": ("switching neo4j.conf", "neo4j.conf switched"),
    "start": ("starting; its logs are below", "started"),
    "restore": ("putting back", "put back"),
}
BACK = ("starting as it was before", "started, as it was before")
PROVING = "Proving it: knocking on every cluster port"
FORMING = "Waiting for the servers to connect to each other"
ENDS = {
    Result.OK: "✓ Done: every step succeeded.",
    Result.PROBLEMS: "! Done, with problems to look at.",
    Result.REFUSED: "✗ Refused; nothing was changed.",
    Result.REVERTED: "✗ It did not work; every server was put back.",
    Result.STOPPED: "✗ It stopped half-way.",
    Result.UNREACHABLE: "✗ A server could not be reached.",
    Result.INTERRUPTED: "! Interrupted; nothing is half-done.",
}
STEPS = ("stage", "validate", "stop", "commit", "start", "prove")
"""What an apply goes through, in its order."""
_COLOURS = {"✓": "$text-success", "✗": "$text-error", "▸": "$text-primary"}


@dataclass(frozen=True, slots=True)
class _Row:
    """What a server is doing, since when by the monotonic clock, and how long it took at last."""

    sign: str
    what: str
    since: float
    took: float | None = None
    step: str = ""


class Doings:
    """What every server is doing, read from the events, and for how long.

    Attributes:
        phase: what the whole cluster is going through.
        going_back: whether the servers are being put back.
    """

    def __init__(
        self,
        servers: Sequence[str],
        *,
        going_back: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.phase = "Preparing"
        self.going_back = going_back
        self._clock = clock
        self._step = ""
        self._down_since: float | None = None
        self._down_s: float | None = None
        self._rows = dict.fromkeys(servers, _Row("·", "waits for its turn", clock()))

    def note(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, Probe):
            self.phase, self._step = PROVING, "prove"
        elif isinstance(event, Said) and event.downtime_s is not None:
            self._down_s = event.downtime_s
        elif isinstance(event, ChangeFailed):
            self._ended(event, "✗", event.message)
        elif isinstance(event, ChangeStarted):
            self._begun(event)
        elif isinstance(event, (ChangeFinished, ChangeSkipped)):
            before = self._rows.get(event.server)
            kind = event.change.partition(":")[0]
            self._ended(event, "✓", self._words(kind, before.what if before else "done")[1])
            if kind == "start" and not self.going_back and self._done == len(self._rows):
                self.phase = FORMING

    def _begun(self, event: ChangeStarted) -> None:
        kind, now = event.change.partition(":")[0], self._clock()
        self.going_back = self.going_back or kind == "restore"
        self.phase = PHASES.get(kind, event.what)
        self._step = kind
        if kind == "stop" and self._down_since is None:
            self._down_since = now
        self._rows[event.server] = _Row("▸", self._words(kind, event.what)[0], now)

    def _ended(
        self, event: ChangeFinished | ChangeSkipped | ChangeFailed, sign: str, what: str
    ) -> None:
        now = self._clock()
        before = self._rows.get(event.server)
        took = now - before.since if before is not None and before.sign == "▸" else None
        step = event.change.partition(":")[0]
        self._rows[event.server] = _Row(sign, what, now, took, step)

    @property
    def _done(self) -> int:
        """How many servers are through with the present step."""
        return sum(row.sign == "✓" and row.step == self._step for row in self._rows.values())

    def how_far(self, expected: tuple[int, int] | None, *, outage: bool = True) -> str:
        """Say which step it is, how many servers are through with it, and how long it is down.

        Args:
            expected: what was expected of the outage, in seconds, where that is known.
            outage: whether its length is told.
        """
        parts = []
        if self._step in STEPS and not self.going_back:
            of_servers = f", {self._done} of {len(self._rows)} servers" * (self._step in DOING)
            parts.append(f"Step {STEPS.index(self._step) + 1} of {len(STEPS)}{of_servers}.")
        if outage and self._down_since is not None:
            over = self._down_s is not None
            seconds = self._down_s if self._down_s is not None else self._clock() - self._down_since
            low, high = map(clock_words, expected or (0, 0))
            foretold = f"; {low} to {high} expected" if expected else ""
            parts.append(f"{'Was down' if over else 'Down'} for {clock_words(seconds)}{foretold}.")
        return "  ".join(parts)

    def _words(self, kind: str, otherwise: str) -> tuple[str, str]:
        if kind == "start" and self.going_back:
            return BACK
        return DOING.get(kind, (otherwise, otherwise))

    def content(self) -> Content:
        """Draw a row a server: sign, name, what it does."""
        width = max((len(name) for name in self._rows), default=0)
        return Content("\n").join(
            Content.assemble(
                (f"{row.sign} ", _COLOURS.get(row.sign, MUTED)),
                (f"{name:<{width}}  ", "bold"),
                row.what,
                (self._time_of(row), MUTED),
            )
            for name, row in self._rows.items()
        )

    def _time_of(self, row: _Row) -> str:
        seconds = self._clock() - row.since if row.sign == "▸" else row.took
        return "" if seconds is None else f"  {clock_words(seconds)}"


def clock_words(seconds: float) -> str:
    """Return a length of time as a clock shows it: minutes and seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
