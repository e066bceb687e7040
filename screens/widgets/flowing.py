"""Text that wraps with a hanging indent: what belongs to a line stands under its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

_LEAD = re.compile(r" *(?:(?:[✓✗!·→▸?+@-]|\d+\.) )?")
_DEEPER = 2
"""How much further in a path goes on that had to be cut."""
_LEAST = 8


def _fitting(text: str, start: int, room: int) -> int:
    """Return the offset up to which the text fits into so many cells."""
    end = start
    while end < len(text) and room >= 0:
        room -= cell_len(text[end])
        end += 1
    return end if room >= 0 else end - 1


@lru_cache(maxsize=4096)
def places(text: str, width: int, least: int = 0) -> tuple[tuple[int, int], ...]:
    """Return what `cuts` yields; a log is drawn again and again, and most of it has not changed."""
    return tuple(cuts(text, width, least))


def cuts(text: str, width: int, least: int = 0) -> Iterator[tuple[int, int]]:
    """Yield where a line is cut, and the indent of what follows, which is `least` or more.

    It is cut after a blank; a path that is too long for a line of its own after a slash.
    """
    lead = _LEAD.match(text)
    first = lead.end() if lead else 0
    indent = min(max(first, least), max(0, width - _LEAST))
    start, room = 0, width
    while (end := _fitting(text, start, room)) < len(text):
        blank = text.rfind(" ", start + first, end + 1)
        slash = text.rfind("/", start + first + 1, end)
        hang = indent
        if blank > start:
            start = blank + 1
        else:
            start = slash + 1 if slash > start else max(end, start + 1)
            hang = min(indent + _DEEPER, max(0, width - _LEAST))
        yield start, hang
        room, first = width - hang, 0


def hung(line: Content, width: int, least: int = 0) -> list[Content]:
    """Return one line as the lines it takes in so many columns."""
    found = places(line.plain, width, least)
    pieces = line.divide([at for at, _hang in found])
    indents = [0, *(hang for _at, hang in found)]
    return [
        Content.assemble(" " * hang, piece.rstrip())
        for hang, piece in zip(indents, pieces, strict=True)
    ]


def flowed(content: Content, width: int, least: int = 0) -> list[Content]:
    """Return every line of a content, wrapped with its own indent."""
    if width <= 0:
        return [content]
    lines = content.split("\n", allow_blank=True)
    return [piece for line in lines for piece in hung(line, width, least)]


class Flowing(Static):
    """A static text that is wrapped anew for every width it gets."""

    def __init__(
        self,
        content: Content | str = "",
        *,
        identity: str | None = None,
        classes: str = "",
        least: int = 0,
    ) -> None:
        super().__init__("", id=identity, classes=classes, markup=False)
        self._source = Content("")
        self._hang = least
        self.update(content)

    def update(self, content: object = "", *, layout: bool = True) -> None:
        """Show another text."""
        self._source = content if isinstance(content, Content) else Content(str(content))
        super().update(self._source, layout=layout)

    def render(self) -> Content:
        """Draw it for the width there is."""
        return Content("\n").join(flowed(self._source, self.content_size.width, self._hang))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return how many lines it takes."""
        if width <= 0 or not self._source.plain:
            return 1
        lines = self._source.plain.split("\n")
        return sum(1 + len(places(line, width, self._hang)) for line in lines)
