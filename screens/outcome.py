"""The end: how it went and why, the boards, where everything is, and what can be done next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button

from screens.confirm import AskScreen
from screens.earlier import RESUME, UNDO, offer_resume, way_buttons, way_words
from screens.frame import WizardScreen
from screens.outcome_words import PUT_BACK, STANDING, command_of, headline, rest, why
from screens.place import Left, Place
from screens.widgets.boards import BoardView
from screens.widgets.flowing import Flowing
from screens.widgets.key_hints import READING_HINTS, RESULT_HINTS
from screens.widgets.problem_box import ProblemBox
from wizard.engine.papers.outcome import Outcome
from wizard.engine.records.earlier import Waiting
from wizard.errors import WizardError


class OutcomeScreen(WizardScreen):
    """Shows an outcome; `y` copies the command, `s` saves the report."""

    next_label: ClassVar[str] = "Finish"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("y", "copy the command that does the same without questions"),
        ("s", "save the report in the present folder"),
        ("Up, Down, PgUp, PgDn", "scroll"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy"),
        Binding("s", "save", "Save"),
    ]
    AUTO_FOCUS = "#next"

    def __init__(
        self,
        place: Place,
        outcome: Outcome,
        save: Callable[[Outcome], Path],
        *,
        more: tuple[str, ...] = (),
        can_undo: bool = True,
        waiting: Waiting | None = None,
    ) -> None:
        super().__init__(place)
        self._outcome = outcome
        self._save = save
        self._more = more
        self._waiting = waiting
        self._can_undo = can_undo and outcome.result not in PUT_BACK
        self._can_verify = outcome.result in STANDING
        self._can_retry = outcome.result in PUT_BACK and outcome.command_name == "apply"

    @property
    def hints(self) -> tuple[str, ...]:  # type: ignore[override]  # it depends on the result
        """Name Esc only where it leads anywhere."""
        return READING_HINTS if self._can_retry else RESULT_HINTS

    def page(self) -> Iterator[Widget]:
        """Yield the headline, what was wrong, the boards, and the rest in sentences."""
        outcome = self._outcome
        words, tone = headline(outcome)
        yield Flowing(words, identity="outcome-head", classes=f"headline {tone}")
        yield Flowing(why(outcome), identity="outcome-why")
        if self._waiting is not None:
            yield Flowing(self._waiting.state, identity="how-it-stands")
            yield Flowing(way_words(self._waiting), identity="ways")
        if outcome.links.seen or (outcome.links.pairs and outcome.proof.rows):
            yield BoardView(outcome.links, identity="links")
        if outcome.proof.rows:
            yield BoardView(outcome.proof, identity="proof")
            yield Flowing(self.place.explain, classes="quiet")
        yield ProblemBox()
        yield Flowing(rest(outcome, self._more), identity="outcome-rest")

    def more_buttons(self) -> Iterator[Widget]:
        """Yield what else can be done from here."""
        if self._waiting is not None:
            yield from way_buttons(self._waiting)
            return
        if self._can_verify:
            yield Button("Verify again", id="verify", compact=True)
        if self._can_undo:
            yield Button("Undo …", id="undo", compact=True)

    def on_mount(self) -> None:
        """Offer the way back to the answers where it was put back, and Resume where it stopped."""
        if self._waiting is not None:
            offer_resume(self)
        self.present("#back", wanted=self._can_retry).label = "Back to the review"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Verify, undo, or finish."""
        event.stop()
        if event.button.id in ("verify", RESUME):
            self.leave(Left(forward=True, wish=event.button.id))
        elif event.button.id == UNDO:
            self._ask_undo()
        else:
            super().on_button_pressed(event)

    def _ask_undo(self) -> None:
        question = (
            "Undo stops every server, puts back every file as it was before, and starts the "
            "servers in plaintext. Shall it?"
        )
        keep = "Leave it as it is" if self._waiting is not None else "Leave it encrypted"
        answers = (("keep", keep), (UNDO, "Undo"))
        self.app.push_screen(AskScreen(question, answers, escape="keep"), self._undo)

    def _undo(self, answer: str | None) -> None:
        if answer == UNDO:
            self.leave(Left(forward=True, wish=UNDO))

    def action_back(self) -> None:
        """Return to the review to try again; after success there is nothing to go back to."""
        if self._can_retry:
            self.leave(Left(forward=False))
        else:
            self.query_one("#next").focus()

    def action_copy(self) -> None:
        """Copy the command, and say where else it stands."""
        self.app.copy_to_clipboard(command_of(self._outcome))
        self.notify("The command was sent to the clipboard; s saves the report.", markup=False)

    def action_save(self) -> None:
        """Save the report where the person can find it."""
        try:
            path = self._save(self._outcome)
        except WizardError as error:
            self.query_one(ProblemBox).show(error)
            return
        self.notify(f"The report is saved in {path}", markup=False)
