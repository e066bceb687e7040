"""The words for a command while it runs: phases, what a server is doing, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

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
_COLOURS = {"✓": "$text-success", "✗": "$text-error", "▸": "$text-primary"}


class Doings:
    """What every server is doing, read from the events.

    Attributes:
        phase: what the whole cluster is going through.
        going_back: whether the servers are being put back.
    """

    def __init__(self, servers: Sequence[str], *, going_back: bool) -> None:
        self.phase = "Preparing"
        self.going_back = going_back
        self._rows = dict.fromkeys(servers, ("·", "waits for its turn"))

    def note(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, Probe):
            self.phase = PROVING
        elif isinstance(event, ChangeFailed):
            self._rows[event.server] = ("✗", event.message)
        elif isinstance(event, ChangeStarted):
            kind = event.change.partition(":")[0]
            self.going_back = self.going_back or kind == "restore"
            self.phase = PHASES.get(kind, event.what)
            self._rows[event.server] = ("▸", self._words(kind, event.what)[0])
        elif isinstance(event, (ChangeFinished, ChangeSkipped)):
            before = self._rows.get(event.server, ("", "done"))[1]
            kind = event.change.partition(":")[0]
            self._rows[event.server] = ("✓", self._words(kind, before)[1])
            if kind == "start" and not self.going_back and self._all_done:
                self.phase = FORMING

    @property
    def _all_done(self) -> bool:
        return all(sign == "✓" for sign, _what in self._rows.values())

    def _words(self, kind: str, otherwise: str) -> tuple[str, str]:
        if kind == "start" and self.going_back:
            return BACK
        return DOING.get(kind, (otherwise, otherwise))

    def content(self) -> Content:
        """Draw a row a server: sign, name, what it does."""
        width = max((len(name) for name in self._rows), default=0)
        return Content("\n").join(
            Content.assemble(
                (f"{sign} ", _COLOURS.get(sign, MUTED)), (f"{name:<{width}}  ", "bold"), what
            )
            for name, (sign, what) in self._rows.items()
        )
