"""The whole walk by keyboard in a real terminal, accepting every default."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from black_box import mentions
from terminal import Terminal, terminal

COMMAND = (sys.executable, "-m", "wizard")
MOST_SCREENS = 12
PROVED = "6 of 6 links"

pytestmark = pytest.mark.tmux


def accept_everything(it: Terminal) -> list[str]:
    """Press Enter whenever the screen has come to rest, until the boards are there."""
    titles: list[str] = []
    shown = it.wait("PRACTICE", 20)
    for _press in range(MOST_SCREENS * 8):
        if PROVED in shown:
            return titles
        title = shown.splitlines()[0].strip()
        if not titles or titles[-1] != title:
            titles.append(title)
        it.press("Enter")
        before = shown
        shown = it.wait(lambda text, before=before: text != before, 60)
    pytest.fail(f"no boards after {len(titles)} screens; the last one is:\n{shown}")


@pytest.mark.parametrize("size", ["80x24", "120x40"])
def test_enter_alone_leads_from_welcome_to_green_boards(size: str, tmp_path: Path) -> None:
    with terminal(*COMMAND, "practice", size=size, TMPDIR=str(tmp_path)) as it:
        titles = accept_everything(it)
        assert len(titles) <= MOST_SCREENS
        it.press("C-q")
        it.wait(lambda _text: not mentions(str(tmp_path)) and not list(tmp_path.iterdir()), 30)
