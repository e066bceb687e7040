"""The help overlay: the keys of this screen first, then the lesson of the step."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Markdown, Static

from screens.place import Place

USUAL_KEYS = (
    ("Enter", "go on: next field, and on the last one the next page"),
    ("Ctrl+N", "accept the whole page at once"),
    ("Esc", "back; nothing you typed is lost"),
    ("Tab, Shift+Tab", "next and previous field or button"),
    ("Ctrl+P", "menu: explain, copy, save, theme, quit"),
    ("Ctrl+Q", "quit; it asks first while something is running"),
)


class HelpScreen(ModalScreen[None]):
    """Keys and lesson, to be scrolled and closed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "close", "Close")]

    def __init__(self, place: Place, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._place = place
        self._keys = (*keys, *USUAL_KEYS)

    def compose(self) -> ComposeResult:
        """Lay out the overlay."""
        width = max(len(key) for key, _ in self._keys)
        keys = "\n".join(f"{key:<{width}}  {meaning}" for key, meaning in self._keys)
        with Vertical(id="help-box"):
            with VerticalScroll(id="help-scroll"):
                yield Static("Keys on this screen", classes="help-title", markup=False)
                yield Static(keys, classes="help-keys", markup=False)
                yield Markdown(self._place.lesson or self._place.explain, open_links=False)
            yield Button("Close", id="help-close", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Let the arrow keys scroll at once."""
        self.query_one("#help-scroll").focus()

    def on_button_pressed(self) -> None:
        """Close by the button."""
        self.action_close()

    def action_close(self) -> None:
        """Return to the page."""
        self.dismiss(None)
