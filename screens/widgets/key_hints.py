"""The keys named in the last line: as many as there is room for, the most needed ones last."""

from __future__ import annotations

from textual import events
from textual.widgets import Static

USUAL_HINTS = ("Enter go on", "Esc back", "Ctrl+P menu", "F1 help", "Ctrl+Q quit")
READING_HINTS = ("Ctrl+P menu", "Esc back", "↑↓ PgDn scroll", "F1 help", "Ctrl+Q quit")
RUNNING_HINTS = ("Ctrl+P menu", "PgUp PgDn scroll", "Esc stop", "F1 help", "Ctrl+Q quit")
RESULT_HINTS = ("Ctrl+P menu", "↑↓ PgDn scroll", "F1 help", "Ctrl+Q quit")
APART = "  "


def fitting(hints: tuple[str, ...], width: int) -> str:
    """Return the hints that fit, leaving out the first ones where they don't."""
    for first in range(len(hints)):
        line = APART.join(hints[first:])
        if len(line) <= width:
            return line
    return ""


class KeyHints(Static):
    """One line of keys, never cut in the middle of a word."""

    def __init__(self, hints: tuple[str, ...]) -> None:
        super().__init__("", id="keys", markup=False)
        self._hints = hints

    def show(self, hints: tuple[str, ...]) -> None:
        """Name other keys from now on."""
        self._hints = hints
        self.update(fitting(hints, self.size.width))

    def on_resize(self, event: events.Resize) -> None:
        """Choose the hints for the width there is now."""
        self.update(fitting(self._hints, event.size.width))
