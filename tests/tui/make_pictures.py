"""Draws README's pictures: the real walk on a practice cluster, without a terminal.

Run it from the repository: `python tests/tui/make_pictures.py [FOLDER]`. The practice cluster
stands in a folder whose name says nothing about the computer the pictures are made on.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from screens.journey import Journey
from screens.outcome import OutcomeScreen
from screens.progress import ProgressScreen
from screens.real_engine import real_engine
from screens.review import ReviewScreen
from wizard.app import WizardApp
from wizard.practice.cluster import PracticeCluster

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "assets" / "pictures"
SIZE = (120, 34)
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.1
DIRECTORY = Path("/tmp/practice")  # noqa: S108 - a path that says nothing about this computer


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the walk did not get on")
        await asyncio.sleep(LOOK_EVERY_S)


async def press_to(pilot: Pilot[int], wanted: type) -> None:
    """Accept one page after the other until a screen of that kind is up."""
    app = pilot.app
    while not isinstance(app.screen, wanted):
        await until(lambda: bool(app.focused) and not getattr(app.screen, "busy", False))
        await pilot.press("ctrl+n")
        await pilot.pause()


async def draw(practice: PracticeCluster, folder: Path) -> None:
    """Walk with every default, and keep a picture of four screens."""
    app = WizardApp(Journey(engine=real_engine(), practice=practice))

    async def keep(name: str) -> None:
        await pilot.pause()
        picture = app.export_screenshot(title="neo4j-tls", simplify=True)
        (folder / f"{name}.svg").write_text(picture)

    def next_is_there() -> bool:
        return any(button.display for button in app.screen.query("#next"))

    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: bool(app.focused))
        await keep("welcome")
        await press_to(pilot, ReviewScreen)
        await until(next_is_there)
        await keep("review")
        await pilot.press("ctrl+n")
        await until(lambda: isinstance(app.screen, ProgressScreen) and half_way(app))
        await keep("progress")
        await until(next_is_there)
        await pilot.press("ctrl+n")
        await until(lambda: isinstance(app.screen, OutcomeScreen))
        await keep("outcome")


def half_way(app: WizardApp) -> bool:
    """Whether some links are there, or all is over already."""
    running = app.running
    return running is None or running.ended or any(e.name == "link" for e in running.events)


def main() -> None:
    """Draw into the folder that was named, else into the repository's."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with PracticeCluster(directory=DIRECTORY) as practice:
        asyncio.run(draw(practice, folder))


if __name__ == "__main__":
    main()
