"""The end: the boards, what expires when, where everything is, and what can be done next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from screens.confirm import AskScreen
from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.widgets.boards import BoardView
from screens.widgets.key_hints import READING_HINTS
from screens.widgets.problem_box import ProblemBox, problem_content
from wizard.engine.events import Result
from wizard.engine.outcome import Outcome
from wizard.errors import WizardError

HEADS = {
    ("apply", Result.OK): ("✓ The cluster is encrypted, and it is proved.", "good"),
    ("apply", Result.PROBLEMS): ("! The cluster is encrypted; something is open below.", "warned"),
    ("apply", Result.REVERTED): ("✗ It did not work; every server was put back.", "bad"),
    ("apply", Result.STOPPED): ("✗ It stopped half-way: undo puts every server back.", "bad"),
    ("apply", Result.INTERRUPTED): ("! You stopped it; nothing is left half-done.", "warned"),
    ("verify", Result.OK): ("✓ The cluster is encrypted, and it is proved.", "good"),
    ("verify", Result.PROBLEMS): ("✗ The proof found something.", "bad"),
    ("undo", Result.OK): ("✓ Every server is as it was before.", "good"),
}


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
    hints = READING_HINTS
    AUTO_FOCUS = "#next"

    def __init__(
        self,
        place: Place,
        outcome: Outcome,
        save: Callable[[Outcome], Path],
        *,
        more: tuple[str, ...] = (),
        can_undo: bool = True,
    ) -> None:
        super().__init__(place)
        self._outcome = outcome
        self._save = save
        self._more = more
        self._can_undo = can_undo

    def page(self) -> Iterator[Widget]:
        """Yield the headline, the boards, and the rest in sentences."""
        outcome = self._outcome
        key = (outcome.command_name, outcome.result)
        words, tone = HEADS.get(key, (f"Ended: {outcome.result}.", "warned"))
        yield Static(words, id="outcome-head", classes=f"headline {tone}", markup=False)
        if outcome.links.pairs:
            yield BoardView(outcome.links, identity="links")
        if outcome.proof.rows:
            yield BoardView(outcome.proof, identity="proof")
            yield Static(self.place.explain, classes="quiet", markup=False)
        yield ProblemBox()
        yield Static(self._rest(), id="outcome-rest")

    def more_buttons(self) -> Iterator[Widget]:
        """Yield what else can be done from here."""
        yield Button("Verify again", id="verify", compact=True)
        if self._can_undo:
            yield Button("Undo …", id="undo", compact=True)

    def _rest(self) -> Content:
        outcome = self._outcome
        lines = [problem_content(problem) for problem in outcome.problems]
        expiries = sorted(outcome.expiries.items(), key=lambda one: one[1])
        lines += _part("What expires when", [f"{at:%Y-%m-%d}  {what}" for what, at in expiries])
        lines += _part("Where things are", [*_places(outcome), *self._more])
        lines += _part("What stays unencrypted", list(outcome.stays_unencrypted))
        commands = [outcome.command, outcome.undo_command]
        lines += _part("The same without questions, and back", [one for one in commands if one])
        return Content("\n").join(lines)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Verify, undo, or finish."""
        event.stop()
        if event.button.id == "verify":
            self.leave(Left(forward=True, wish="verify"))
        elif event.button.id == "undo":
            self._ask_undo()
        else:
            super().on_button_pressed(event)

    def _ask_undo(self) -> None:
        question = (
            "Undo stops every server, puts back every file as it was before, and starts the "
            "servers in plaintext. Shall it?"
        )
        answers = (("keep", "Leave it encrypted"), ("undo", "Undo"))
        self.app.push_screen(AskScreen(question, answers, escape="keep"), self._undo)

    def _undo(self, answer: str | None) -> None:
        if answer == "undo":
            self.leave(Left(forward=True, wish="undo"))

    def action_back(self) -> None:
        """There is nothing to go back to: the work is done."""
        self.query_one("#next").focus()

    def action_copy(self) -> None:
        """Copy the command, and say where else it stands."""
        self.app.copy_to_clipboard(self._outcome.command)
        self.notify("The command was sent to the clipboard; s saves the report.", markup=False)

    def action_save(self) -> None:
        """Save the report where the person can find it."""
        try:
            path = self._save(self._outcome)
        except WizardError as error:
            self.query_one(ProblemBox).show(error)
            return
        self.notify(f"The report is saved in {path}", markup=False)


def _places(outcome: Outcome) -> list[str]:
    """Name the folder of the run once, and what is in it."""
    run = outcome.run_folder
    kept = dict(outcome.files)
    if outcome.authority_folder is not None:
        kept["certificate authority (copy it to a safe place)"] = outcome.authority_folder
    inside = {what: path for what, path in kept.items() if run is not None and run in path.parents}
    lines = [f"in {run}"] if inside else []
    lines += [f"  {path.relative_to(run)}  {what}" for what, path in inside.items() if run]
    return lines + [f"{path}  {what}" for what, path in kept.items() if what not in inside]


def _part(title: str, lines: list[str]) -> list[Content]:
    if not lines:
        return []
    head = Content.styled(f"\n{title}", "bold $text-primary")
    return [head, *(Content(f"  {line}") for line in lines)]
