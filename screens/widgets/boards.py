"""The boards of the engine with colour added to their words; they follow the width they get."""

from __future__ import annotations

import re
from typing import Protocol

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

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


class BoardView(Widget):
    """A board drawn for the width there is; `draw` shows what has changed."""

    def __init__(self, board: Board, *, identity: str) -> None:
        super().__init__(id=identity, classes="board")
        self._board = board

    def draw(self) -> None:
        """Draw the board as it stands."""
        self.refresh(layout=True)

    def render(self) -> Content:
        """Return the board's lines with their colours."""
        width = self.content_size.width
        return Content("\n").join(coloured(line) for line in self._board.lines(width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return how many lines the board takes."""
        return len(self._board.lines(width))
