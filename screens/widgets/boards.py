"""The boards of the engine with colour added to their words; they follow the width they get."""

from __future__ import annotations

import re
from typing import Protocol

from textual import events
from textual.content import Content
from textual.widgets import Static

from screens.widgets.tones import MUTED

_CELL = re.compile(r"[✓✗·] \S+(?: (?:leaf|yet|tested))?")
_COLOURS = {"✓": "$text-success", "✗": "$text-error", "·": MUTED}


class Board(Protocol):
    """What draws itself as plain lines."""

    def lines(self, width: int = 78) -> list[str]:
        """Return the board's lines."""


def coloured(line: str) -> Content:
    """Add colour to the cells of a line; every word stays."""
    parts: list[str | tuple[str, str]] = []
    end = 0
    for match in _CELL.finditer(line):
        parts += [line[end : match.start()], (match.group(), _COLOURS[match.group()[0]])]
        end = match.end()
    return Content.assemble(*parts, line[end:])


class BoardView(Static):
    """A board that is drawn again when it has changed or the terminal has."""

    def __init__(self, board: Board, *, identity: str) -> None:
        super().__init__("", id=identity, classes="board")
        self._board = board

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the width there is now."""
        self.draw(event.size.width)

    def draw(self, width: int | None = None) -> None:
        """Draw the board as it stands."""
        room = width or self.size.width or 76
        self.update(Content("\n").join(coloured(line) for line in self._board.lines(room)))
