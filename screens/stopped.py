"""The screen after a command without boards: an undo, or one that was refused, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from screens.earlier import RESUME, UNDO, offer_resume, way_buttons, way_words
from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.progress_words import ENDS
from screens.running import Running
from screens.widgets.flowing import Flowing
from screens.widgets.problem_box import error_content, problem_content
from wizard.engine.events import ProblemFound, Said
from wizard.engine.records.earlier import Waiting


class StoppedScreen(WizardScreen):
    """Lists every problem the command found; Back returns to the review."""

    next_label: ClassVar[str] = "Finish"
    AUTO_FOCUS = "#next"

    def __init__(
        self, place: Place, running: Running, *, command: str, waiting: Waiting | None = None
    ) -> None:
        super().__init__(place)
        self._waiting = waiting
        self._run = running
        finished = running.finished
        self._undone = command == "undo" and finished is not None and finished.exit_code == 0

    def page(self) -> Iterator[Widget]:
        """Yield how it ended, and everything that was wrong."""
        finished = self._run.finished
        head = ENDS[finished.result] if finished else "It ended early; nothing more was done."
        if self._undone:
            head = "✓ Every server is as it was before, and speaks plaintext again."
        tone = "good" if finished and finished.exit_code == 0 else "bad"
        yield Flowing(head, classes=f"headline {tone}")
        problems = [one.problem for one in self._run.events if isinstance(one, ProblemFound)]
        lines = [problem_content(problem) for problem in problems]
        said = [one.message for one in self._run.events if isinstance(one, Said) and not one.server]
        lines += [Content(f"  {message}") for message in said]
        if self._run.error is not None:
            lines.append(error_content(self._run.error))
        yield Flowing(Content("\n").join(lines), identity="stopped-why")
        if self._waiting is not None:
            yield Flowing(way_words(self._waiting), identity="ways")

    def more_buttons(self) -> Iterator[Widget]:
        """Yield the ways out of a run that is not over."""
        if self._waiting is not None:
            yield from way_buttons(self._waiting)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go on with the run, put it back, or what every screen's buttons do."""
        if event.button.id in (RESUME, UNDO):
            event.stop()
            self.leave(Left(forward=True, wish=event.button.id))
        else:
            super().on_button_pressed(event)

    def on_mount(self) -> None:
        """Offer the way back to the answers, and Resume where a run is not over."""
        if self._waiting is not None:
            offer_resume(self)
        self.present("#back", wanted=True).label = "Back to the review"

    def action_back(self) -> None:
        """Return to the review, with every answer as it was."""
        self.leave(Left(forward=False))
