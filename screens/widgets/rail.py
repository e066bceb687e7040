"""The rail of steps on the left, from 100 columns on."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from screens.place import Place
from screens.widgets.tones import MUTED

FIRST_AFTER = 2
"""How far the position of the step before, counted from 0, is behind the present one's."""


def _line(title: str, position: int, present: int) -> tuple[str, str]:
    if position < present:
        return f"✓ {title}", "$text-success"
    if position == present:
        return f"▸ {title}", "bold"
    return f"· {title}", MUTED


class Rail(Static):
    """One line a step: done, present, or still to come."""

    def __init__(self, place: Place) -> None:
        present = place.number or len(place.steps) + 1
        lines = [_line(title, at, present) for at, title in enumerate(place.steps, start=1)]
        if place.failed and present >= FIRST_AFTER:
            at = present - FIRST_AFTER
            lines[at] = (f"✗ {place.steps[at]}", "$text-error")
        super().__init__(Content("\n").join(Content.styled(*line) for line in lines))
