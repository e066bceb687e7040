"""Apply as it happens: a row a server, the phase, the links as they come, the servers' own logs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, RichLog, Static

from screens.confirm import AskScreen
from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.running import Running
from screens.widgets.boards import BoardView
from screens.widgets.key_hints import READING_HINTS
from screens.widgets.problem_box import problem_content
from screens.widgets.tones import MUTED
from wizard.engine.boards import LinkBoard, ProofBoard
from wizard.engine.events import (
    ChangeFailed,
    ChangeFinished,
    ChangeSkipped,
    ChangeStarted,
    Event,
    Probe,
    ProblemFound,
    Result,
    Said,
)
from wizard.engine.sentences import sentence
from wizard.model.problems import Severity

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
ENDS = {
    Result.OK: "✓ Done: every step succeeded.",
    Result.PROBLEMS: "Done, with problems to look at.",
    Result.REFUSED: "Refused; nothing was changed.",
    Result.REVERTED: "It did not work; every server was put back.",
    Result.STOPPED: "It stopped half-way.",
    Result.UNREACHABLE: "A server could not be reached.",
    Result.INTERRUPTED: "Interrupted; nothing is half-done.",
}
DRAW_S = 0.1


class ProgressScreen(WizardScreen):
    """Reads the stream of events; Esc asks whether to stop."""

    next_label: ClassVar[str] = "See the result"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "asks: stop after this change and put back, or keep going"),
        ("PgUp, PgDn", "scroll"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "ask_to_stop", "Stop")]
    hints = READING_HINTS
    AUTO_FOCUS = None

    def __init__(
        self, place: Place, running: Running, servers: Sequence[str], *, command: str = "apply"
    ) -> None:
        super().__init__(place)
        self._command = command
        self._run = running
        self._links = LinkBoard(servers)
        self._proof = ProofBoard()
        changed = servers if command != "verify" else ()
        self._rows = dict.fromkeys(changed, ("·", "waits for its turn"))
        self._phase = "Preparing"
        self._began = time.monotonic()
        self._changed = True
        self._asking: AskScreen | None = None

    def page(self) -> Iterator[Widget]:
        """Yield phase, rows, board, problems and log."""
        yield Static("", id="phase", classes="headline")
        yield Static("", id="server-rows")
        yield BoardView(self._links, identity="links")
        yield Static("", id="proof-line", classes="quiet", markup=False)
        yield Static("", id="found")
        log = RichLog(id="log", wrap=True, markup=False, max_lines=2000, min_width=20)
        log.can_focus = False
        yield log

    def on_mount(self) -> None:
        """Listen, and draw a few times a second however much happens."""
        self.query_one("#next").display = False
        back = self.query_one("#back", Button)
        back.label, back.display = "Stop …", True
        back.focus()
        self.query_one("#links").display = self._command != "undo"
        self.query_one("#server-rows").display = bool(self._rows)
        self._run.listen(self)
        self.set_interval(DRAW_S, self._draw)

    @property
    def busy(self) -> bool:
        """Whether servers are being changed."""
        return not self._run.ended

    def on_running_happened(self, message: Running.Happened) -> None:
        """Take in one event."""
        message.stop()
        event = message.event
        self._links.feed(event)
        self._proof.feed(event)
        self._note(event)
        if not isinstance(event, Probe):
            self._log(event)
        self._changed = True

    def _note(self, event: Event) -> None:
        if isinstance(event, ChangeStarted):
            self._phase = PHASES.get(_kind(event), event.what)
            self._rows[event.server] = ("▸", DOING.get(_kind(event), (event.what, ""))[0])
        elif isinstance(event, (ChangeFinished, ChangeSkipped)):
            before = self._rows.get(event.server, ("", "done"))[1]
            done = DOING.get(_kind(event), ("", before))[1]
            self._rows[event.server] = ("✓", done)
        elif isinstance(event, ChangeFailed):
            self._rows[event.server] = ("✗", event.message)
        elif isinstance(event, Probe):
            self._phase = "Proving it: knocking on every cluster port"

    def _log(self, event: Event) -> None:
        if isinstance(event, ProblemFound):
            if event.problem.severity is not Severity.NOTE:
                found = self.query_one("#found", Static)
                found.update(problem_content(event.problem))
            return
        said = (
            f"{event.server}  {event.message}" if isinstance(event, Said) and event.server else ""
        )
        self.query_one("#log", RichLog).write(Text(said or sentence(event)))

    def on_running_ended(self, message: Running.Ended) -> None:
        """Offer the result."""
        message.stop()
        finished = self._run.finished
        self._phase = ENDS[finished.result] if finished else "It ended early."
        if self._asking is not None and self._asking.is_current:
            self._asking.answer("keep")
        self._draw()
        self.query_one("#back").display = False
        following = self.query_one("#next")
        following.display = True
        following.focus()

    def _draw(self) -> None:
        if not self._changed and self._run.ended:
            return
        self._changed = False
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        self.query_one("#phase", Static).update(
            Content.assemble(self._phase, (f"   {minutes}:{seconds:02d}", f"not bold {MUTED}"))
        )
        width = max((len(name) for name in self._rows), default=0)
        lines = [
            Content.assemble((f"{sign} ", _colour(sign)), (f"{name:<{width}}  ", "bold"), what)
            for name, (sign, what) in self._rows.items()
        ]
        self.query_one("#server-rows", Static).update(Content("\n").join(lines))
        self.query_one("#links", BoardView).draw()
        proof = self.query_one("#proof-line", Static)
        proof.update(self._proof.summary if self._proof.rows else "")

    def action_next(self) -> None:
        """Go on to the result, once there is one."""
        if self._run.ended:
            self.leave(Left(forward=True))

    def action_back(self) -> None:
        """There is no way back from here but to stop."""
        self.action_ask_to_stop()

    def action_ask_to_stop(self) -> None:
        """Ask; by default it goes on."""
        if self._run.ended:
            return
        self._asking = AskScreen(
            "Shall the wizard stop? It finishes the change it is making, and then puts every "
            "server back as it was. Leaving it half-way would be the one state Neo4j can't run in.",
            (("keep", "Keep going"), ("stop", "Stop and put back")),
            escape="keep",
        )
        self.app.push_screen(self._asking, self._answer)

    def _answer(self, answer: str | None) -> None:
        if answer == "stop":
            self._phase = "Stopping after the present change"
            self._changed = True
            self._run.stop()


def _kind(event: ChangeStarted | ChangeFinished | ChangeSkipped) -> str:
    return event.change.partition(":")[0]


def _colour(sign: str) -> str:
    colours = {"✓": "$text-success", "✗": "$text-error", "▸": "$text-primary"}
    return colours.get(sign, MUTED)
