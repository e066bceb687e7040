"""The one line at the top: what this is, which step, and PRACTICE where it is practice."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from screens.place import Place

PRODUCT = "Neo4j cluster encryption"


class Heading(Horizontal):
    """The heading of a screen."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """Lay out product, title, practice mark and place."""
        place = self._place
        yield Label(PRODUCT, id="product", markup=False)
        yield Label(place.title, id="title", markup=False)
        if place.practice:
            yield Label(" PRACTICE ", id="practice", markup=False)
        if place.number:
            where = f"step {place.number} of {len(place.steps)}"
            yield Label(where, id="where", markup=False)
