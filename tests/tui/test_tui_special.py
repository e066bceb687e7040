"""The screens that do something: host keys, survey, review, apply, outcome; and leaving them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Button, Input

from screens.confirm import AskScreen, TypeNameScreen
from screens.crash import crash_text
from screens.help import HelpScreen
from screens.host_keys import HostKeysScreen
from screens.outcome import OutcomeScreen
from screens.progress import ProgressScreen
from screens.review import ReviewScreen
from screens.step import StepScreen
from screens.summary import summary
from screens.survey import SurveyScreen
from screens.tour import AFTER
from screens.welcome import WelcomeScreen
from wizard.app import WizardApp
from wizard.errors import HostKeyChangedError, UnreachableError, WizardError
from wizard.interview import INTERVIEW
from wizard.interview.answers import load
from wizard.model.problems import Problem, Severity
from wizard.secret import Secret

HOSTILE = "[bold]x[/nope] [@click=app.exit]y[/]"
SECRET = "Canary-9R4k-frobnicate"


def own_answers(application: WizardApp) -> None:
    """Answer the questions of a real cluster without typing them."""
    rows = [{"name": name, "ssh": f"admin@{name}"} for name in ("server1", "server2", "server3")]
    given = {"walk": "own", "cluster.name": "payments", "servers": rows, "login": "agent"}
    application.journey.given = application.journey.given.with_answers(given)


def enabled(application: WizardApp, identity: str) -> bool:
    button = application.screen.query_one(f"#{identity}", Button)
    return bool(button.display)


async def to_screen(pilot: Any, until: Any, wanted: type) -> None:
    """Accept whole pages until a screen of that kind is up and waits."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
    for _ in range(30):
        await until(
            pilot,
            lambda: (
                app.screen.is_mounted
                and (app.focused is not None or isinstance(app.screen, ProgressScreen))
                and (isinstance(app.screen, wanted) or not getattr(app.screen, "busy", False))
            ),
        )
        if isinstance(app.screen, wanted):
            return
        await pilot.press("ctrl+n")
        await pilot.pause()
    raise AssertionError(f"{wanted.__name__} never came up")


async def test_a_no_to_the_host_keys_changes_nothing_and_goes_back(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
        await until(pilot, lambda: "then say yes" in shown(application))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, StepScreen))
        assert application.screen.place.title == "Access"  # type: ignore[attr-defined]  # it is
    assert not world.sessions[0].accepted


async def test_an_unknown_jump_server_is_asked_about_like_a_server(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.jump = True
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
        await until(pilot, lambda: "Compare the fingerprint, then say yes" in shown(application))
        assert "not known" not in shown(application)
        await pilot.press("enter")
        await until(pilot, lambda: "jump" in world.sessions[0].accepted)
        await until(pilot, lambda: "Compare 3 fingerprints" in shown(application))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(application.screen, SurveyScreen))


async def test_a_changed_host_key_stops_with_its_reason(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.login_errors["server2"] = HostKeyChangedError(
        "server2", f"server2 shows another host key {HOSTILE}.", hint="Find out why it changed."
    )
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
        await until(pilot, lambda: "✗ CHANGED" in shown(application))
        assert HOSTILE in shown(application)
        assert "Find out why it changed." in shown(application)
        assert not enabled(application, "next")
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert isinstance(application.screen, HostKeysScreen)
    assert not world.sessions[0].accepted


async def test_a_server_out_of_reach_can_be_tried_again(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.login_errors["server1"] = UnreachableError("server1", "server1 refused the connection.")
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
        await until(pilot, lambda: "server1 refused the connection." in shown(application))
        world.login_errors.clear()
        await pilot.press("enter")
        await until(pilot, lambda: "then say yes" in shown(application))


async def test_a_blocker_is_told_and_can_not_be_passed(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.problems.append(
        Problem(
            code="edition-community",
            severity=Severity.ERROR,
            message="server3 runs the Community Edition.",
            hint="Only the Enterprise Edition forms clusters.",
            server="server3",
            blocks=True,
        )
    )
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, SurveyScreen)
        await until(pilot, lambda: "Something is in the way" in shown(application))
        await until(pilot, lambda: "Only the Enterprise Edition forms" in shown(application))
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert isinstance(application.screen, SurveyScreen)
        world.problems.clear()
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing is in the way" in shown(application))


async def test_the_backup_is_asked_for_only_where_there_is_data(
    application: WizardApp, until: Any, shown: Callable[[Any], str]
) -> None:
    own_answers(application)
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, SurveyScreen)
        await until(pilot, lambda: "There is a recent backup" in shown(application))


async def test_back_over_several_pages_loses_no_answer(application: WizardApp, until: Any) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, SurveyScreen)
        await until(pilot, lambda: not application.screen.busy)  # type: ignore[attr-defined]  # a step
        await pilot.press("ctrl+n")
        title = lambda: getattr(getattr(application.screen, "place", None), "title", "")  # noqa: E731
        await until(pilot, lambda: title() == "Trust" and application.focused is not None)
        await pilot.press("down", "ctrl+n")
        await until(pilot, lambda: title() == "Subject" and application.focused is not None)
        await pilot.press("f", "r", "escape")
        await until(pilot, lambda: title() == "Trust" and application.focused is not None)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: title() == "Subject" and application.focused is not None)
        assert application.screen.query_one("#subject-country-value", Input).value == "FR"
    assert application.journey.given["trust.model"] == "self-signed"


async def test_answers_for_a_real_cluster_are_kept_on_disk_without_secrets(
    application: WizardApp, until: Any, world: Any
) -> None:
    own_answers(application)
    application.journey.typed["ssh_password"] = Secret(SECRET)
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, HostKeysScreen)
    saved = world.directory / "state" / "neo4j-tls" / "last-answers.toml"
    assert load(saved)["cluster.name"] == "payments"
    assert SECRET not in saved.read_text()
    assert saved.stat().st_mode & 0o777 == 0o600


async def test_the_review_shows_hostile_lines_as_they_are_and_saves_them(
    application: WizardApp,
    until: Any,
    shown: Callable[[Any], str],
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    async with application.run_test(size=(120, 40)) as pilot:
        await to_screen(pilot, until, ReviewScreen)
        await until(
            pilot, lambda: "server.default_advertised_address=[bold]x[/nope]" in shown(application)
        )
        assert "nothing has been changed" in shown(application)
        assert "0400  private.key" in shown(application)
        await pilot.press("s")
        await until(pilot, lambda: bool(list(tmp_path.glob("neo4j-tls-*-plan.txt"))))
        assert list(tmp_path.glob("neo4j-tls-*-answers.toml"))


async def test_a_real_cluster_is_changed_only_after_its_name_was_typed(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    own_answers(application)
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, ReviewScreen)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(application.screen, TypeNameScreen))
        await pilot.press("p", "a", "y", "enter")
        await until(pilot, lambda: "exactly as it stands" in shown(application))
        assert not application.running._decided.is_set()  # type: ignore[union-attr]  # it runs
        await pilot.press("end", "m", "e", "n", "t", "s", "enter")
        await until(pilot, lambda: isinstance(application.screen, ProgressScreen))
    assert world.requests[-1].settings.cluster == "payments"


async def test_what_meddles_is_suspended_by_a_typed_word_before_the_name(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.to_suspend = ("puppet",)
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, ReviewScreen)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(application.screen, TypeNameScreen))
        assert "Puppet may change or start the servers" in shown(application)
        await pilot.press("y", "e", "s", "enter")
        await until(pilot, lambda: "exactly as it stands" in shown(application))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, ReviewScreen))
        assert not application.running._decided.is_set()  # type: ignore[union-attr]  # it runs
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(application.screen, TypeNameScreen))
        await pilot.press(*"suspended", "enter")
        await until(pilot, lambda: isinstance(application.screen, ProgressScreen))


async def test_esc_during_apply_asks_and_a_stop_reaches_the_engine(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.wait_in_apply = True
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, ProgressScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, AskScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(application.screen, ProgressScreen))
        assert not application.running.cancel.is_set  # type: ignore[union-attr]  # it runs
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, AskScreen))
        await pilot.press("right", "enter")
        await until(pilot, lambda: application.running.ended)  # type: ignore[union-attr]  # it runs
        await until(pilot, lambda: "Interrupted" in shown(application))


async def test_quitting_during_apply_asks_first(
    application: WizardApp, world: Any, until: Any
) -> None:
    world.wait_in_apply = True
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, ProgressScreen)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(application.screen, AskScreen))
        await pilot.press("right", "enter")
        await until(pilot, lambda: application._exit)
    assert application.return_value == 130


async def test_quitting_before_the_yes_ends_the_engine_without_a_change(
    application: WizardApp, until: Any
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, ReviewScreen)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: application._exit)
        running = application.running
        assert running is not None
        await until(pilot, lambda: running.ended)
        assert not running._yes


async def test_log_lines_of_the_servers_are_shown_and_never_obeyed(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.said = [HOSTILE]
    world.wait_in_apply = True
    async with application.run_test(size=(120, 40)) as pilot:
        await to_screen(pilot, until, ProgressScreen)
        await until(pilot, lambda: HOSTILE in shown(application))
        assert application.running is not None
        application.running.stop()


async def test_the_outcome_copies_its_command_and_undoes_after_a_question(
    application: WizardApp, until: Any
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, OutcomeScreen)
        await pilot.press("y")
        assert application.clipboard == "neo4j-tls apply --answers practice.toml --yes"
        application.screen.query_one("#undo", Button).press()
        await until(pilot, lambda: isinstance(application.screen, AskScreen))
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(application.screen, ProgressScreen))


async def test_the_boards_are_whole_at_80_columns(
    application: WizardApp, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 60)) as pilot:
        await to_screen(pilot, until, OutcomeScreen)
        await until(pilot, lambda: "server3:7000" in shown(application))
        assert "6 of 6 links" in shown(application)
        assert "63 of 63 probes as they must be" in shown(application)
        assert "old TLS" in shown(application)


async def test_the_summary_stays_behind(application: WizardApp, until: Any) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await to_screen(pilot, until, OutcomeScreen)
        lines = summary(application.running, application.journey)
    assert "6 of 6 links" in lines
    assert lines[-1] == "It was practice: nothing of it is left."
    assert summary(None, application.journey) == ["Nothing was changed."]


async def test_a_practice_cluster_that_does_not_start_says_why(
    application: WizardApp, until: Any, shown: Callable[[Any], str], monkeypatch: Any
) -> None:
    def refuse() -> None:
        raise WizardError(f"No free port {HOSTILE}.", hint="Close something.")

    monkeypatch.setattr(application.journey, "start_practice", refuse)
    async with application.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: application.focused is not None)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: HOSTILE in shown(application))
        assert isinstance(application.screen, WelcomeScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_page_says_practice_its_step_and_how_to_go_on(
    application: WizardApp, until: Any, shown: Callable[[Any], str], size: tuple[int, int]
) -> None:
    async with application.run_test(size=size) as pilot:
        for wanted in (HostKeysScreen, SurveyScreen, ReviewScreen):
            await to_screen(pilot, until, wanted) if wanted is HostKeysScreen else None
            await until(pilot, lambda: not getattr(application.screen, "busy", False))
            seen = shown(application)
            assert "PRACTICE" in seen
            assert f"of {len(INTERVIEW) + len(AFTER)}" in seen
            assert "Ctrl+Q quit" in seen
            await pilot.press("ctrl+n")


async def test_f1_shows_keys_and_lesson_and_goes_away(
    application: WizardApp, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: application.focused is not None)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(application.screen, HelpScreen))
        await until(pilot, lambda: "Keys on this screen" in shown(application))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, WelcomeScreen))


async def test_no_picture_of_the_screen_is_ever_offered(application: WizardApp, until: Any) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: application.focused is not None)
        offered = [one.title for one in application.get_system_commands(application.screen)]
    assert "Screenshot" not in offered
    assert "Quit" in offered


def test_a_crash_shows_neither_local_values_nor_the_message() -> None:
    def fail() -> None:
        local = SECRET
        raise ValueError(local)

    try:
        fail()
    except ValueError:
        told = crash_text()
    assert SECRET not in told
    assert "ValueError" in told
