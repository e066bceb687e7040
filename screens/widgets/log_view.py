"""The log at the foot of a running command: the last lines, wrapped anew for every width."""

from __future__ import annotations

from collections import deque

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from screens.widgets.flowing import Flowing

KEPT = 400


class LogView(VerticalScroll, can_focus=False):
    """Follows what is written to it, unless somebody has scrolled up to read."""

    def __init__(self) -> None:
        super().__init__(id="log")
        self._lines: deque[Content] = deque(maxlen=KEPT)
        self._text = Flowing(least=2)
        self._changed = False

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield self._text

    def on_mount(self) -> None:
        """Stay at the end."""
        self.anchor()

    def write(self, line: str) -> None:
        """Add a line; it is drawn with the next `draw`."""
        self._lines.append(Content(line))
        self._changed = True

    def draw(self) -> None:
        """Show what was added."""
        if self._changed:
            self._changed = False
            self._text.update(Content("\n").join(self._lines))
