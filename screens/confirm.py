"""Questions in a box over the page: a choice of answers, or a name typed as a deliberate yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static


class AskScreen(ModalScreen[str]):
    """A question with a few answers; the first one has the focus.

    Args:
        question: full sentences.
        answers: the id to return and the words on its button.
        escape: the id that Esc returns.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "Button"

    def __init__(self, question: str, answers: Sequence[tuple[str, str]], *, escape: str) -> None:
        super().__init__()
        self._question = question
        self._answers = tuple(answers)
        self._escape = escape
        self._answered = False

    def compose(self) -> ComposeResult:
        """Lay out the question and its buttons."""
        with Vertical(id="ask-box"):
            yield Static(self._question, id="ask-question", markup=False)
            with Horizontal(id="ask-answers"):
                for at, (name, words) in enumerate(self._answers):
                    yield Button(words, id=name, compact=True, classes="first" if at == 0 else "")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button's id."""
        event.stop()
        self.answer(event.button.id or self._escape)

    def action_leave(self) -> None:
        """Answer what Esc means."""
        self.answer(self._escape)

    def answer(self, name: str) -> None:
        """Give an answer; the first one counts."""
        if not self._answered:
            self._answered = True
            self.dismiss(name)


class TypeNameScreen(ModalScreen[bool]):
    """The deliberate yes: it counts only once the name stands there exactly."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]
    AUTO_FOCUS = "Input"

    def __init__(self, question: str, name: str, *, yes: str) -> None:
        super().__init__()
        self._question = question
        self._name_to_type = name
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Lay out the question, the field and the buttons."""
        with Vertical(id="ask-box"):
            yield Static(self._question, id="ask-question", markup=False)
            yield Input(id="typed-name", compact=True, placeholder="type the name here")
            yield Static("", id="typed-problem", markup=False)
            with Horizontal(id="ask-answers"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._yes, id="yes", variant="warning", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field is the yes, too."""
        event.stop()
        self._accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Cancel, or check the name."""
        event.stop()
        if event.button.id == "yes":
            self._accept()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Return without a yes."""
        self.dismiss(False)  # noqa: FBT003 - the result of the screen is this one truth

    def _accept(self) -> None:
        field = self.query_one("#typed-name", Input)
        if field.value.strip() == self._name_to_type:
            self.dismiss(True)  # noqa: FBT003 - the result of the screen is this one truth
            return
        problem = self.query_one("#typed-problem", Static)
        problem.update(f"✗ Type “{self._name_to_type}” exactly as it stands, or press Esc.")
        field.focus()
