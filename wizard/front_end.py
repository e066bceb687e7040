"""Who asks the questions: the screens where a terminal can draw them, else line by line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum

from wizard.errors import UsageError

LEAST_COLUMNS, LEAST_LINES = 50, 12
"""A terminal smaller than this shows no whole question on a screen."""


class FrontEnd(StrEnum):
    """Who asks the questions."""

    SCREENS = "screens"
    PROMPTS = "prompts"


def front_end(*, plain: bool, environ: Mapping[str, str]) -> FrontEnd:
    """Choose who asks: the screens where the terminal can draw them, else line by line.

    Raises:
        UsageError: nobody is there to be asked.
    """
    terminals = (sys.stdin.isatty(), sys.stdout.isatty())
    if not plain and not any(terminals):
        raise UsageError(
            "There is no terminal to ask the questions in.",
            hint="Give the answers in a file: neo4j-tls apply --answers FILE --yes",
        )
    simple = environ.get("TERM", "dumb") == "dumb" or environ.get("ACCESSIBLE", "0") != "0"
    size = shutil.get_terminal_size()
    too_small = size.columns < LEAST_COLUMNS or size.lines < LEAST_LINES
    if plain or simple or too_small or not all(terminals):
        return FrontEnd.PROMPTS
    return FrontEnd.SCREENS
