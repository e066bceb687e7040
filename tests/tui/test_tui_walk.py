"""The walk from the first screen to the last, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from screens.frame import WizardScreen
from screens.outcome import OutcomeScreen
from screens.progress import ProgressScreen
from screens.welcome import WelcomeScreen
from wizard.app import WizardApp

SIZES = [(80, 24), (120, 40)]
MOST_SCREENS = 12


def settled(app: Any) -> bool:
    """Whether the screen waits for a person."""
    screen = app.screen
    return screen.is_mounted and app.focused is not None and not getattr(screen, "busy", False)


async def press_enter(pilot: Any, until: Any) -> None:
    """Press Enter once the screen waits for it; a second one, too early, must do no harm."""
    await until(pilot, lambda: settled(pilot.app) or isinstance(pilot.app.screen, OutcomeScreen))
    if not isinstance(pilot.app.screen, OutcomeScreen):
        await pilot.press("enter")
        await pilot.pause()


async def test_enter_while_a_page_works_leads_neither_back_nor_into_a_question(
    application: WizardApp, world: Any, until: Any
) -> None:
    world.wait_in_apply = True
    steps: list[int] = []
    async with application.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        for _press in range(400):
            await pilot.press("enter")
            screen = application.screen
            assert isinstance(screen, WizardScreen), "a question was opened"
            if not steps or steps[-1] != screen.place.number:
                steps.append(screen.place.number)
            if steps[-1] == len(screen.place.steps) - 1:
                break
        for _press in range(5):
            await pilot.press("enter")
        assert isinstance(application.screen, ProgressScreen)
        application.running.stop()  # type: ignore[union-attr]  # it runs
    assert steps == sorted(set(steps))


async def enter_until(pilot: Any, until: Any, wanted: type) -> list[str]:
    """Press Enter, and only Enter, until a screen of that kind is up; return those passed."""
    passed: list[Any] = []
    await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
    for _ in range(60):
        here = pilot.app.screen
        if here not in passed and isinstance(here, WizardScreen):
            passed.append(here)
        if isinstance(here, wanted):
            break
        await press_enter(pilot, until)
    return [type(screen).__name__ for screen in passed]


@pytest.mark.parametrize("size", SIZES)
async def test_enter_alone_leads_from_welcome_to_green_boards(
    application: WizardApp, until: Any, shown: Callable[[Any], str], size: tuple[int, int]
) -> None:
    async with application.run_test(size=size) as pilot:
        passed = await enter_until(pilot, until, OutcomeScreen)
        assert passed[-1] == "OutcomeScreen"
        assert len(passed) <= MOST_SCREENS
        await until(pilot, lambda: "6 of 6 links" in shown(application))
        await pilot.press("enter")
        await until(pilot, lambda: application._exit)
    assert application.return_value == 0
