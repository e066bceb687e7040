"""A choice on one row that opens into a short list while it has the focus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.field_row import FieldRow
from screens.widgets.tones import MUTED
from wizard.interview.fields import Choice, Default, Option, Raw


class Choices(Widget, can_focus=True):
    """Options as a radio list: every one while focused, only the chosen one otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "go_on", show=False),
    ]
    index: reactive[int] = reactive(0, layout=True)

    @dataclass
    class Moved(Message):
        """Another option is chosen now."""

    @dataclass
    class GoOn(Message):
        """Enter was pressed."""

    def __init__(self, options: tuple[Option, ...], value: str, *, identity: str) -> None:
        super().__init__(id=identity, classes="value")
        self.options = options
        self._opened_by_click = False
        values = [option.value for option in options]
        self.set_reactive(Choices.index, values.index(value) if value in values else 0)

    @property
    def chosen(self) -> Option:
        """The option that is marked."""
        return self.options[min(self.index, len(self.options) - 1)]

    def offer(self, options: tuple[Option, ...]) -> None:
        """Replace the options, keeping the chosen one where it is still there."""
        if options == self.options or not options:
            return
        value = self.chosen.value
        self.options = options
        values = [option.value for option in options]
        self.index = values.index(value) if value in values else 0
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the list, or only what is chosen."""
        if not self.has_focus:
            return Content.assemble(("● ", "$text-primary"), self.chosen.label, (" ▾", MUTED))
        lines = [self._line(at, option) for at, option in enumerate(self.options)]
        return Content("\n").join(lines)

    def _line(self, at: int, option: Option) -> Content:
        if at == self.index:
            return Content.assemble(("● ", "$text-primary"), (option.label, "bold"))
        return Content.assemble(("○ ", MUTED), option.label)

    def action_move(self, step: int) -> None:
        """Choose the next or previous option."""
        self.index = max(0, min(len(self.options) - 1, self.index + step))

    def action_go_on(self) -> None:
        """Go on with what is chosen."""
        self.post_message(self.GoOn())

    def watch_index(self) -> None:
        """Tell the row."""
        self.post_message(self.Moved())

    def on_focus(self) -> None:
        """Open the list."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """Close the list."""
        self._opened_by_click = False
        self.refresh(layout=True)

    def on_mouse_down(self) -> None:
        """Remember that this click only opens the list: nothing has been read yet."""
        self._opened_by_click = not self.has_focus

    def on_click(self, event: events.Click) -> None:
        """Choose the option under the pointer."""
        if not self._opened_by_click and 0 <= event.y < len(self.options):
            self.index = event.y


class ChoiceRow(FieldRow):
    """A choice with the meaning of the marked option underneath."""

    field: Choice

    def __init__(self, field: Choice, given: Default, options: tuple[Option, ...]) -> None:
        super().__init__(field, given)
        self.choices = Choices(options, _value(given.value), identity=f"{self.id}-value")

    def control(self) -> Iterator[Widget]:
        """Yield the list."""
        yield self.choices

    @property
    def raw(self) -> Raw:
        """The value of the chosen option."""
        return self.choices.chosen.value

    def problem(self) -> str | None:
        """Options are right by construction; a field may still refuse one."""
        return self.field.check(str(self.raw))

    def hint(self) -> str:
        """Return why it is asked and what the marked option means."""
        meaning = self.choices.chosen.meaning
        return f"{self.field.why}\n→ {meaning}" if meaning else self.field.why

    def on_choices_moved(self, event: Choices.Moved) -> None:
        """Show the meaning of the option that is marked now."""
        event.stop()
        self.show_problem(None)
        self.post_message(self.Altered(self))

    def on_choices_go_on(self, event: Choices.GoOn) -> None:
        """Enter goes on."""
        event.stop()
        self.post_message(self.GoOn(self))


def _value(raw: Raw) -> str:
    """Return how an option spells a raw answer: truths as TOML writes them."""
    return str(raw).lower() if isinstance(raw, bool) else str(raw)
