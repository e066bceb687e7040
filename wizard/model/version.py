"""A Neo4j version as a value that can be read, compared and shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"(\d{1,4})\.(\d{1,3})(?:\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """MAJOR.MINOR.PATCH; the calendar versions (2025.01 and later) sort after 5.26."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """Read `5.26`, `5.26.1` or `2025.01.0`; None when the text is no version."""
        match = _SHAPE.fullmatch(text.strip())
        if match is None:
            return None
        return cls(*(int(part or 0) for part in match.groups()))

    @property
    def is_calendar(self) -> bool:
        """True for the versions named by year and month."""
        return self.major >= 2025  # noqa: PLR2004 - the year the naming began

    def __str__(self) -> str:
        if self.is_calendar:
            return f"{self.major}.{self.minor:02d}.{self.patch}"
        return f"{self.major}.{self.minor}.{self.patch}"
