"""A run that was cut off is taken up from the first screen, and from the last one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from screens.earlier import EarlierScreen
from screens.host_keys import HostKeysScreen
from screens.outcome import OutcomeScreen
from screens.outcome_words import rest
from screens.review import ReviewScreen
from screens.step import StepScreen
from screens.stopped import StoppedScreen
from screens.welcome import WelcomeScreen
from wizard.app import WizardApp
from wizard.engine.events import Result
from wizard.engine.papers.outcome import Outcome
from wizard.engine.records.earlier import earlier_run, waiting_run
from wizard.engine.records.journal import Kind
from wizard.engine.records.runs import make_run_folder, only_wizard, record_start
from wizard.errors import UnreachableError

RUN = "20261122-090000-abcd"
ANSWERS = """format = 1
[cluster]
name = "payments"
[[servers]]
name = "server1"
ssh = "admin@server1"
[[servers]]
name = "server2"
ssh = "admin@server2"
[[servers]]
name = "server3"
ssh = "admin@server3"
"""
PASSWORD = """[access]
password = "ask"
"""


def keep_run(application: WizardApp, *kinds: Kind, more: str = "") -> dict[str, str]:
    environ = dict(application.journey.environ)
    clock = lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # noqa: E731 - a clock that stands
    with record_start(
        make_run_folder(environ, RUN),
        cluster="payments",
        answers_toml=ANSWERS + more,
        plan={},
        clock=clock,
    ) as journal:
        for kind in kinds:
            journal.write(kind)
    return environ


async def up(pilot: Any, until: Any, wanted: type) -> None:
    """Wait for a screen that takes keys."""
    app = pilot.app
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, wanted) and app.screen.is_mounted and app.focused is not None
        ),
    )


async def log_in_and_agree(pilot: Any, until: Any, world: Any, shown: Callable[[Any], str]) -> None:
    """Accept the host keys, and then say yes to what is done next, which is told first."""
    app = pilot.app
    await up(pilot, until, HostKeysScreen)
    await until(pilot, lambda: app.focused is not None and app.focused.id == "next")
    await pilot.press("enter")
    await until(pilot, lambda: "Every server is logged in to. Resume " in shown(app))
    assert world.requests == []
    assert str(app.focused.label) == "Resume"
    await until(pilot, lambda: not app.focused.has_class("-active"))  # a key held down counts once
    await pilot.press("enter")


def first_outcome(application: WizardApp) -> Outcome:
    assert application.running is not None
    assert application.running.outcome is not None
    return application.running.outcome


async def test_it_is_resumed_with_what_it_kept_and_once_more_from_the_end(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    keep_run(application, Kind.INTENT, more=PASSWORD)
    world.result, world.begins_anew = Result.STOPPED, True
    async with application.run_test(size=(80, 24)) as pilot:
        await up(pilot, until, EarlierScreen)
        assert "payments of 2026-11-22 stopped half-way" in shown(application)
        await pilot.press("enter")
        await up(pilot, until, StepScreen)
        await pilot.press(*"secret", "enter")
        await log_in_and_agree(pilot, until, world, shown)
        await up(pilot, until, ReviewScreen)
        await pilot.press("enter")
        await pilot.press(*"payments", "enter")
        for _ in range(2):
            await until(pilot, lambda: getattr(application.focused, "id", "") in ("next", "resume"))
            if isinstance(application.screen, OutcomeScreen):
                break
            await pilot.press("enter")
            await up(pilot, until, OutcomeScreen)
        first = world.requests[-1]
        assert (first.run, first.settings, first.answers_toml) == (RUN, None, "")
        assert first.secrets.of("ssh_password").reveal() == "secret"
        assert first.session is world.sessions[-1]
        assert "Resume   Put back   Later" in shown(application)
        assert "Resume looks at every server" in shown(application)
        assert "--answers" not in rest(first_outcome(application), ()).plain
        world.result = Result.OK
        await pilot.press("enter")
        await until(pilot, lambda: len(world.requests) == 2)
        second = world.requests[-1]
        assert second.run == RUN
        assert second.session is None


async def test_a_run_put_off_comes_before_the_walk_and_changes_nothing(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    keep_run(application, Kind.INTENT, Kind.STAGED)
    world.login_errors["server2"] = UnreachableError("server2", "server2 can not be reached.")
    async with application.run_test(size=(80, 24)) as pilot:
        await up(pilot, until, EarlierScreen)
        assert "is staged, and waits for its window" in shown(application)
        await pilot.press("tab", "enter")
        await up(pilot, until, HostKeysScreen)
        assert "server2 can not be reached" in shown(application)
        await pilot.press("escape")
        await up(pilot, until, EarlierScreen)
        await pilot.press("escape")
        await up(pilot, until, WelcomeScreen)
        assert f"neo4j-tls resume {RUN}" in shown(application)
        assert not application.journey.given
    assert world.requests == []


async def test_what_can_not_be_reached_for_the_way_back_is_offered_again(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    keep_run(application, Kind.INTENT, Kind.UNDO_BEGUN)
    world.begins_anew = True
    async with application.run_test(size=(80, 24)) as pilot:
        await up(pilot, until, EarlierScreen)
        assert "Put back" not in shown(application)
        assert "Putting payments back, begun on 2026-11-22, was cut off" in shown(application)
        await pilot.press("enter")
        await log_in_and_agree(pilot, until, world, shown)
        await up(pilot, until, ReviewScreen)
        await pilot.press("escape")
        for _ in range(2):
            await until(pilot, lambda: getattr(application.focused, "id", "") in ("next", "resume"))
            if isinstance(application.screen, StoppedScreen):
                break
            await pilot.press("enter")
            await up(pilot, until, StoppedScreen)
        assert "Resume   Later" in shown(application)


@pytest.mark.parametrize("kinds", [(Kind.INTENT, Kind.APPLIED), (Kind.INTENT, Kind.UNDONE), ()])
def test_what_is_over_or_never_began_waits_for_nobody(
    application: WizardApp, kinds: tuple[Kind, ...]
) -> None:
    assert waiting_run(keep_run(application, *kinds)) is None


def test_a_run_somebody_works_on_is_not_called_cut_off(application: WizardApp) -> None:
    environ = keep_run(application, Kind.INTENT)
    with only_wizard(environ, "payments"):
        assert waiting_run(environ) is None
        assert earlier_run(environ).startswith("· Another wizard is working on payments")
    assert waiting_run(environ) is not None
    assert waiting_run(environ, "another") is None
