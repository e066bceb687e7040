"""One question on one row: label left, value right, one line of help or error underneath.

The row knows its field and nothing of its neighbours; it tells the page when to go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label

from screens.widgets.flowing import Flowing
from wizard.interview.fields import Default, Field, Raw

YOURS = "your answer"
"""The source that need not be told: whoever answered knows."""


def widget_id(key: str) -> str:
    """Return the id of a field's row: its key, in the letters an id may have."""
    return key.replace(".", "-").replace("_", "-")


class FieldRow(Widget):
    """A field with its label, its control and its note."""

    @dataclass
    class GoOn(Message):
        """Enter was pressed: go on from this row."""

        row: FieldRow

    @dataclass
    class Altered(Message):
        """The value is another one now."""

        row: FieldRow

    def __init__(self, field: Field, given: Default) -> None:
        super().__init__(id=widget_id(field.key))
        self.field = field
        self.given = given
        self._note = Flowing(classes="note")

    def compose(self) -> ComposeResult:
        """Lay out label, control and note."""
        with Horizontal(classes="line"):
            yield Label(self.field.label, classes="label", markup=False)
            yield from self.control()
        yield self._note

    def control(self) -> Iterator[Widget]:
        """Yield the widgets the value is typed or chosen in."""
        yield from ()

    @property
    def raw(self) -> Raw:
        """The value as it stands."""
        return self.given.value

    def problem(self) -> str | None:
        """Return what is wrong with the value, as a sentence."""
        return self.field.check(str(self.raw))

    def on_mount(self) -> None:
        """Show why it is asked."""
        self.show_problem(None)

    def on_descendant_focus(self) -> None:
        """Show the note under this row."""
        self.add_class("-active")

    def on_descendant_blur(self) -> None:
        """Hide the note, unless it tells an error."""
        self.remove_class("-active")

    def show_problem(self, problem: str | None) -> None:
        """Show a sentence of error, or without one the reason for asking."""
        self.set_class(problem is not None, "-wrong")
        self._note.update(f"✗ {problem}" if problem else self.hint())

    def hint(self) -> str:
        """Return the help under the row while it has the focus."""
        source = self.given.source
        if source in ("", YOURS) or self.given.value == "" or self.raw != self.given.value:
            return self.field.why
        return f"{self.field.why} ({source[:1].upper()}{source[1:]}.)"

    def enter(self) -> None:
        """Take the focus."""
        found = self.query(".value")
        if found:
            found.first().focus()
        else:  # the page was accepted faster than it was drawn
            self.call_after_refresh(self.enter)
