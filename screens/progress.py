"""Apply as it happens: a row a server, the phase, the links as they come, the servers' own logs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.confirm import AskScreen
from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.progress_words import ENDS, Doings, clock_words
from screens.running import Running
from screens.widgets.boards import BoardView
from screens.widgets.flowing import Flowing
from screens.widgets.key_hints import RESULT_HINTS, RUNNING_HINTS, KeyHints
from screens.widgets.log_view import LogView
from screens.widgets.problem_box import problem_content
from screens.widgets.tones import MUTED
from wizard.engine.events import (
    ChangeStarted,
    Event,
    Finished,
    Link,
    Probe,
    ProblemFound,
    Said,
    Started,
)
from wizard.engine.sentences import sentence
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.model.problems import Severity

DRAW_S = 0.1
TOLD_ELSEWHERE = (ChangeStarted, Finished, Link, Probe, ProblemFound, Started)
"""What the rows, the boards and the headline tell already; the log leaves it out."""


class ProgressScreen(WizardScreen):
    """Reads the stream of events; Esc asks whether to stop, and Enter does nothing meanwhile."""

    next_label: ClassVar[str] = "See the result"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "asks: stop after this change and put back, or keep going"),
        ("PgUp, PgDn", "scroll the log"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "ask_to_stop", "Stop")]
    hints = RUNNING_HINTS

    def __init__(
        self, place: Place, running: Running, servers: Sequence[str], *, command: str = "apply"
    ) -> None:
        super().__init__(place)
        self._command = command
        self._run = running
        self._links = LinkBoard(servers)
        self._proof = ProofBoard()
        changed = servers if command != "verify" else ()
        self._goes_ahead = command in ("apply", "resume")
        self._doings = Doings(changed, going_back=command == "undo")
        self._end = ""
        self._began = time.monotonic()
        self._changed = True
        self._drawn_at = 0.0

    def page(self) -> Iterator[Widget]:
        """Yield phase, problem, rows, board and log."""
        yield Static("", id="phase", classes="headline")
        yield Static("", id="how-far", classes="quiet", markup=False)
        yield Flowing(identity="found")
        yield Static("", id="server-rows")
        yield BoardView(self._links, identity="links")
        yield Static("", id="proof-line", classes="quiet", markup=False)
        yield LogView()

    def on_mount(self) -> None:
        """Listen, and draw a few times a second however much happens; after a pause at once."""
        self.present("#next", wanted=False)
        self.present("#back", wanted=True).label = "Stop …"
        self.query_one("#found").display = False
        self.query_one("#server-rows").display = self._command != "verify"
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
        self._doings.note(event)
        self._tell(event)
        self._changed = True
        if time.monotonic() - self._drawn_at >= DRAW_S:
            self._draw()

    def _tell(self, event: Event) -> None:
        if isinstance(event, ProblemFound) and event.problem.severity is not Severity.NOTE:
            found = self.query_one("#found", Flowing)
            found.display = True
            found.update(problem_content(event.problem))
        if not isinstance(event, TOLD_ELSEWHERE):
            self.query_one(LogView).write(_words(event))

    def on_running_planned(self, message: Running.Planned) -> None:
        """A run that is resumed may have to be agreed on once more: that is asked by the review."""
        message.stop()
        if not self._run.decided:
            self.leave(Left(forward=True, wish="review"))

    def on_running_ended(self, message: Running.Ended) -> None:
        """Offer the result."""
        message.stop()
        finished = self._run.finished
        self._end = ENDS[finished.result] if finished else "It ended early."
        if isinstance(self.app.screen, AskScreen):  # there is nothing to stop any more
            self.app.screen.action_leave()
        self._changed = True
        self._draw()
        self.query_one(KeyHints).show(RESULT_HINTS)
        self.present("#back", wanted=False)
        self.present("#next", wanted=True).focus()

    def _draw(self) -> None:
        if not self._changed and self._run.ended:
            return
        self._changed, self._drawn_at = False, time.monotonic()
        elapsed = clock_words(time.monotonic() - self._began)
        words = self._end or self._doings.phase
        self.query_one("#phase", Static).update(
            Content.assemble(words, (f"   {elapsed}", f"not bold {MUTED}"))
        )
        plan = self._run.plan
        expected = plan.downtime_s if plan is not None else None
        # Of a run that is resumed nobody here saw when its outage began.
        outage = self._command == "apply"
        far = self._doings.how_far(expected, outage=outage) if self._goes_ahead else ""
        how_far = self.query_one("#how-far", Static)
        how_far.set_class(bool(far), "-told")
        how_far.update(far)
        self.query_one("#server-rows", Static).update(self._doings.content())
        links = self.query_one("#links", BoardView)
        links.display = not self._doings.going_back
        links.draw()
        proof = self.query_one("#proof-line", Static)
        proof.display = bool(self._proof.rows) and not self._doings.going_back
        proof.update(self._proof.summary)
        self.query_one(LogView).draw()

    def action_next(self) -> None:
        """Go on to the result, once there is one."""
        if self._run.ended:
            self.leave(Left(forward=True))

    def action_back(self) -> None:
        """There is no way back from here but to stop."""
        self.action_ask_to_stop()

    def action_scroll_page(self, direction: int) -> None:
        """Scroll the log, which is what is long here; the page where it is longer than the room."""
        log, body = self.query_one(LogView), self.query_one("#body", VerticalScroll)
        long = body if body.max_scroll_y else log
        long.scroll_relative(y=direction * max(1, long.size.height - 1), animate=False)

    def action_ask_to_stop(self) -> None:
        """Ask; by default it goes on."""
        if self._run.ended:
            return
        asking = AskScreen(self._question(), self._answers(), escape="keep")
        self.app.push_screen(asking, self._answer)

    def _question(self) -> str:
        if self._command == "verify":
            return "Shall the wizard stop? It only looks; nothing is changed either way."
        if self._command == "undo":
            return (
                "Shall the wizard stop? That counts only before the first server is touched; from "
                "then on undo goes on to its end, because servers half put back can't talk."
            )
        return (
            "Shall the wizard stop? It finishes the change it is making, and then puts every "
            "server back as it was. Leaving it half-way would be the one state Neo4j can't run in."
        )

    def _answers(self) -> tuple[tuple[str, str], ...]:
        stop = "Stop and put back" if self._goes_ahead else "Stop"
        return (("keep", "Keep going"), ("stop", stop))

    def _answer(self, answer: str | None) -> None:
        if answer == "stop" and not self._run.ended:
            self._doings.phase = "Stopping after the present change"
            self._changed = True
            self._run.stop()


def _words(event: Event) -> str:
    if isinstance(event, Said) and event.server:
        return f"{event.server}  {event.message}"
    return sentence(event)
