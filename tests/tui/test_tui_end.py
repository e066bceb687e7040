"""The last screen says how it went, why, and what can be done; the exit code says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from screens.outcome import OutcomeScreen
from screens.outcome_words import headline, rest, why
from screens.review import ReviewScreen
from screens.running import Running
from wizard.app import INTERRUPTED, WizardApp, _exit_code
from wizard.engine.events import EXIT_CODES, Finished, Probe, ProbeKind, Result, Verdict
from wizard.engine.papers.outcome import Outcome
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.model.problems import Problem, Severity

CAUSE = Problem(
    code="key-password-wrong",
    severity=Severity.ERROR,
    server="server2",
    message="server2: Neo4j did not start because it could not decrypt its private key.",
    hint="Correct the password.",
)


async def accept_until(pilot: Any, until: Any, wanted: type) -> None:
    """Accept whole pages until a screen of that kind is up."""
    for _ in range(40):
        await until(pilot, lambda: pilot.app.screen.is_mounted)
        if isinstance(pilot.app.screen, wanted):
            return
        await until(pilot, lambda: isinstance(pilot.app.screen, wanted) or pilot.app.focused)
        await pilot.press("ctrl+n")
        await pilot.pause()
    raise AssertionError(f"{wanted.__name__} never came up")


async def test_a_put_back_tells_its_cause_first_and_leads_back_to_the_review(
    application: WizardApp, world: Any, until: Any, shown: Callable[[Any], str]
) -> None:
    world.result, world.problems = Result.REVERTED, [CAUSE]
    async with application.run_test(size=(80, 24)) as pilot:
        await accept_until(pilot, until, OutcomeScreen)
        await until(pilot, lambda: "every server was put back" in shown(application))
        lines = [line.strip() for line in shown(application).splitlines() if line.strip()]
        assert lines[2].startswith("✗ server2: Neo4j did not start")
        assert "server2: server2" not in shown(application)
        assert "Undo" not in shown(application)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, ReviewScreen))


@pytest.mark.parametrize("end", [("enter", Result.REVERTED, 3), ("ctrl+q", Result.OK, 0)])
async def test_leaving_the_last_screen_keeps_the_exit_code(
    application: WizardApp, world: Any, until: Any, end: tuple[str, Result, int]
) -> None:
    key, world.result, code = end
    async with application.run_test(size=(80, 24)) as pilot:
        await accept_until(pilot, until, OutcomeScreen)
        await until(pilot, lambda: application.focused is not None)
        await pilot.press(key)
        await until(pilot, lambda: application._exit)
    assert application.return_value == code


@pytest.mark.parametrize("end", [Result.STOPPED, Result.OK, Result.INTERRUPTED])
def test_what_was_quit_and_ended_after_that_tells_how_itself(end: Result) -> None:
    running = Running(lambda _running: iter([Finished(result=end, exit_code=EXIT_CODES[end])]))
    assert _exit_code(INTERRUPTED, running) == INTERRUPTED
    running.stop()
    running.run()
    assert _exit_code(INTERRUPTED, running) == EXIT_CODES[end]
    assert _exit_code(3, running) == 3
    assert _exit_code(None, None) == INTERRUPTED


def outcome_with(world: Any, verdict: Verdict, *, ok: bool | None) -> Outcome:
    """Return a good outcome with one probe in its proof."""
    proof = ProofBoard()
    accepted = Verdict.ACCEPTED
    proof.feed(
        Probe(origin="server1", server="server2", port=6000, kind=ProbeKind.OURS,
              expected=accepted, verdict=verdict, ok=ok)
    )  # fmt: skip
    outcome: Outcome = world.outcome(Result.OK, LinkBoard(()), proof)
    return outcome


def test_only_what_every_probe_proved_is_called_proved(world: Any) -> None:
    proved = outcome_with(world, Verdict.ACCEPTED, ok=True)
    assert "it is proved" in headline(proved)[0]
    assert "every stranger is refused" in why(proved).plain
    silent = outcome_with(world, Verdict.TIMEOUT, ok=None)
    assert "proved" not in headline(silent)[0]
    assert why(silent).plain == ""
    open_to_all = outcome_with(world, Verdict.REFUSED, ok=False)
    assert headline(open_to_all)[0].startswith("! ")
    assert "proved" not in headline(open_to_all)[0]


def test_after_a_put_back_nothing_is_said_of_what_is_no_longer_there(world: Any) -> None:
    good = outcome_with(world, Verdict.ACCEPTED, ok=True)
    for words in ("What expires when", "What stays unencrypted", "neo4j-tls undo"):
        assert words in rest(good, ()).plain
        assert words not in rest(replace(good, result=Result.REVERTED), ()).plain


def test_certificates_that_expire_on_one_day_stand_on_one_line(world: Any) -> None:
    words = rest(outcome_with(world, Verdict.ACCEPTED, ok=True), ()).plain
    assert "2026-11-22  the certificates of server1, server2, server3" in words
