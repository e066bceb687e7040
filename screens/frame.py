"""The frame every screen of the walk shares: heading, rail, page, explanation, buttons, keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static
from textual.worker import Worker, WorkerState

from screens.help import HelpScreen
from screens.place import Left, Place
from screens.widgets.heading import Heading
from screens.widgets.key_hints import USUAL_HINTS, KeyHints
from screens.widgets.rail import Rail


def raise_fault(event: Worker.StateChanged) -> None:
    """Raise here what a thread has died of."""
    event.stop()
    if event.state is WorkerState.ERROR and event.worker.error is not None:
        raise event.worker.error


class WizardScreen(Screen[Left]):
    """A page of the walk; subclasses fill `page` and say what Next means.

    Attributes:
        next_label: the words on the button that goes on.
        keys: what F1 lists for this screen, key and meaning.
        hints: the keys named in the last line, the least needed first.
    """

    next_label: ClassVar[str] = "Next"
    keys: ClassVar[tuple[tuple[str, str], ...]] = ()

    hints: ClassVar[tuple[str, ...]] = USUAL_HINTS

    AUTO_FOCUS = ""
    """A screen says itself what Enter means; while it works, Enter means nothing."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own attribute, declared there
        (0, "-narrow"),
        (78, "-usual"),
        (100, "-wide"),
        (116, "-broad"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012 - as above
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "next", "Next", priority=True),
        Binding("escape", "back", "Back"),
        Binding("f1", "lesson", "Help"),
        Binding("pageup", "scroll_page(-1)", show=False),
        Binding("pagedown", "scroll_page(1)", show=False),
        Binding("up", "scroll_line(-1)", show=False),
        Binding("down", "scroll_line(1)", show=False),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self._left: Left | None = None
        self._gone = False

    def compose(self) -> ComposeResult:
        """Lay out the frame and let the subclass fill the page."""
        yield Heading(self.place)
        with Horizontal(id="middle"):
            yield Rail(self.place)
            with Container(id="page"):
                with VerticalScroll(id="body", can_focus=False):
                    yield from self.page()
                with VerticalScroll(id="explain", can_focus=False):
                    yield Static(self.place.explain, markup=False)
        with Horizontal(id="foot"):
            back = Button("Back", id="back", compact=True)
            back.display = self.place.can_go_back
            yield back
            yield from self.more_buttons()
            yield Button(self.next_label, id="next", variant="primary", compact=True)
            yield KeyHints(self.hints)

    def present(self, selector: str, *, wanted: bool) -> Button:
        """Show or hide a button; the focus of a hidden one goes nowhere, never on to Back."""
        button = self.query_one(selector, Button)
        if not wanted and button.has_focus:
            self.set_focus(None)
        button.display = wanted
        return button

    def page(self) -> Iterator[Widget]:
        """Yield the widgets of the page."""
        yield from ()

    def more_buttons(self) -> Iterator[Widget]:
        """Yield buttons that stand between Back and Next."""
        yield from ()

    @property
    def busy(self) -> bool:
        """Whether leaving now would interrupt something."""
        return False

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Next and Back also work by mouse and by Enter on the button."""
        event.stop()
        if event.button.id == "next":
            self.action_next()
        elif event.button.id == "back":
            self.action_back()

    def leave(self, left: Left) -> None:
        """Leave the screen, once; while something lies over it, as soon as that is gone."""
        if self._left is None:
            self._left = left
            self._go()

    def on_screen_resume(self) -> None:
        """Leave now, if that had to wait for an overlay."""
        self._go()

    def _go(self) -> None:
        if self._left is not None and self.is_current and not self._gone:
            self._gone = True
            self.dismiss(self._left)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault in a thread is a fault: it must not pass in silence."""
        raise_fault(event)

    def action_next(self) -> None:
        """Accept the page."""
        self.leave(Left(forward=True))

    def action_back(self) -> None:
        """Return to the page before, with nothing lost."""
        if self.place.can_go_back:
            self.leave(Left(forward=False))

    def action_lesson(self) -> None:
        """Open the lesson of this step."""
        self.app.push_screen(HelpScreen(self.place, self.keys))

    def action_scroll_page(self, direction: int) -> None:
        """Scroll the page by a screenful, whatever has the focus."""
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=direction * max(1, body.size.height - 2), animate=False)

    def action_scroll_line(self, direction: int) -> None:
        """Scroll the page by a line."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=direction, animate=False)
