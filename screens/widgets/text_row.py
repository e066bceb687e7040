"""A line of text or a number, with answers to pick from where the field offers some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from screens.widgets.field_row import FieldRow
from wizard.interview.fields import Default, Number, Raw, Text

SHOWN = 5


def example(field: Text | Number) -> str:
    """Return what stands in an empty field: an example that says it is one."""
    given = field.placeholder if isinstance(field, Text) else ""
    return f"e.g. {given}" if given else ""


class TextRow(FieldRow):
    """An input; what fits the text stands under it, and Enter takes the marked one."""

    field: Text | Number
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
    ]

    def __init__(self, field: Text | Number, given: Default) -> None:
        super().__init__(field, given)
        self._offered: tuple[str, ...] = ()
        self._marked = 0
        self._matches = Static("", classes="matches")
        self._matches.display = False

    def compose(self) -> ComposeResult:
        """Lay out the row, and under it the answers to pick from."""
        yield from super().compose()
        yield self._matches

    def control(self) -> Iterator[Widget]:
        """Yield the input, and the unit of a number."""
        field = self.field
        yield Input(
            str(self.given.value),
            id=f"{self.id}-value",
            classes="value",
            compact=True,
            placeholder=example(field),
            max_length=1024,
        )
        if isinstance(field, Number) and field.unit:
            yield Label(field.unit, classes="unit", markup=False)

    @property
    def text(self) -> str:
        """The answer as text: what was typed, made tidy."""
        found = self.query(f"#{self.id}-value").results(Input)
        typed = next((one.value for one in found), str(self.given.value))
        return self.field.tidy(typed) if isinstance(self.field, Text) else typed.strip()

    @property
    def raw(self) -> Raw:
        """The text, or the number it stands for."""
        text = self.text
        is_number = isinstance(self.field, Number) and text.isascii() and text.isdigit()
        return int(text) if is_number else text

    def problem(self) -> str | None:
        """Return what is wrong with the text, as a sentence."""
        return self.field.check(self.text)

    def action_mark(self, step: int) -> None:
        """Mark another of the offered answers; without any, the page scrolls."""
        if not self._offered:
            self.screen.query_one("#body").scroll_relative(y=step, animate=False)
            return
        self._marked = max(0, min(len(self._offered) - 1, self._marked + step))
        self._draw_matches()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Quiet while typing: an error goes away, and what fits is offered."""
        event.stop()
        self.show_problem(None)
        self._marked = 0
        self._offered = self._fitting(event.value) if event.input.has_focus else ()
        self._draw_matches()
        self.post_message(self.Altered(self))

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """Make the text tidy and say what is wrong with it, once the field is left."""
        event.stop()
        self._take(self.text)
        self.show_problem(self.problem())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the marked answer, if there is one, and go on."""
        event.stop()
        if self._offered and (self._marked or self.problem() is not None):
            self._take(self._offered[self._marked])
        self._take(self.text)
        self.post_message(self.GoOn(self))

    def _fitting(self, typed: str) -> tuple[str, ...]:
        if not isinstance(self.field, Text) or not typed.strip():
            return ()
        return self.field.suggestions(typed)

    def _take(self, text: str) -> None:
        """Put the answer into the input, without offering anything for it again."""
        field = self.query_one(f"#{self.id}-value", Input)
        with field.prevent(Input.Changed):
            field.value = self.field.tidy(text) if isinstance(self.field, Text) else text
        self._offered = ()
        self._draw_matches()

    def _draw_matches(self) -> None:
        first = max(0, self._marked - SHOWN + 1)
        shown = list(enumerate(self._offered))[first : first + SHOWN]
        lines = [
            Content.styled(f"▸ {text}", "bold") if at == self._marked else Content(f"  {text}")
            for at, text in shown
        ]
        self._matches.update(Content("\n").join(lines))
        self._matches.display = bool(lines)
