"""While a walk logs in and looks around, each server's state is seen; and what is dialled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from test_tui_special import to_screen

from screens.host_keys import HostKeysScreen
from screens.review import ReviewScreen, plan_content
from screens.survey import SurveyScreen
from screens.widgets.problem_box import problem_content
from wizard.app import WizardApp
from wizard.model.problems import Problem, Severity
from wizard.planning.plan import Coverage, Plan


async def test_every_servers_login_is_seen_as_it_happens(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
        await until(pilot, lambda: "then say yes" in shown(application))
        world.hold = threading.Event()
        await pilot.press("ctrl+n")
        for words in ("✓ logged in", "▸ connecting", "· waiting"):
            await until(pilot, lambda words=words: words in shown(application))
        world.hold.set()
        await until(pilot, lambda: isinstance(application.screen, SurveyScreen))


async def test_the_survey_shows_which_servers_it_is_through_with(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
        await until(pilot, lambda: "then say yes" in shown(application))
        world.hold = threading.Event()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "✓ logged in" in shown(application))
        world.hold.set()
        world.hold = threading.Event()
        await until(pilot, lambda: isinstance(application.screen, SurveyScreen))
        for words in ("✓ server1  looked at", "▸ server2  reading", "· server3  waiting"):
            await until(pilot, lambda words=words: words in shown(application))
        world.hold.set()
        await until(pilot, lambda: "Nothing is in the way" in shown(application))
        assert "waiting" not in shown(application)


async def test_the_review_shows_what_is_dialled_and_who_covers_it(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 60)) as pilot:
        await to_screen(pilot, until, ReviewScreen)
        await until(pilot, lambda: "whose certificate covers it" in shown(application))
        for name in world.names:
            assert f"✓ {name}.example.com  {name}" in shown(application)
        assert "verify_hostname will be true." in shown(application)


def test_what_nobody_covers_stands_out_in_the_review(review_plan: Plan) -> None:
    uncovered = Coverage(host="db4.example.com", of=(), covered_by=(), listed_by="server1")
    drawn = plan_content(replace(review_plan, coverage=(*review_plan.coverage, uncovered))).plain
    assert "! db4.example.com      NOBODY (in the list of members on server1)" in drawn
    assert "NOBODY" not in plan_content(review_plan).plain


def test_a_problem_of_a_line_names_the_file_and_the_line() -> None:
    problem = Problem(
        code="x", severity=Severity.WARNING, message="It is odd.", file="/etc/neo4j.conf", line=12
    )
    assert "/etc/neo4j.conf, line 12" in problem_content(problem).plain
    assert "line" not in problem_content(replace(problem, line=None)).plain
