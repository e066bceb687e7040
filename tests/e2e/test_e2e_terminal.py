"""The whole walk by keyboard in a real terminal, accepting every default."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from black_box import mentions
from terminal import Terminal, terminal

COMMAND = (sys.executable, "-m", "wizard")
MOST_SCREENS = 12
STEP = re.compile(r"step (\d+) of \d+")
PROVED = "it is proved"
LINKS = "6 of 6 links"

pytestmark = pytest.mark.tmux


def accept_everything(it: Terminal) -> list[int]:
    """Press Enter whenever the screen has changed, until the boards are there; return the steps."""
    steps: list[int] = []
    shown = it.wait("PRACTICE", 20)
    for _press in range(MOST_SCREENS * 8):
        if PROVED in shown:
            return steps
        step = STEP.search(shown)
        if step and (not steps or steps[-1] != int(step[1])):
            steps.append(int(step[1]))
        it.press("Enter")
        before = shown
        shown = it.wait(lambda text, before=before: text != before, 60)
    pytest.fail(f"no boards after the steps {steps}; the last one is:\n{shown}")


def left_of(folder: Path) -> list[str]:
    """Return the processes and files that are left; tmux itself has the folder in its command."""
    running = [line for line in mentions(str(folder)) if not line.startswith("tmux")]
    return running + [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("size", ["80x24", "120x40"])
def test_enter_alone_leads_from_welcome_to_green_boards(size: str, tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    folder.mkdir()
    with terminal(*COMMAND, "practice", size=size, TMPDIR=str(folder)) as it:
        steps = accept_everything(it)
        assert steps == sorted(set(steps)), "Enter must never lead back"
        assert len(steps) <= MOST_SCREENS
        it.wait(LINKS)
        it.press("C-q")
        it.wait(lambda _text: not left_of(folder), 30)
