"""What is left for people: the calendar, the report and the log."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from icalendar import Calendar

from wizard.engine.events import Result
from wizard.engine.papers.calendar import expiry_calendar
from wizard.engine.papers.outcome import Outcome, ServerOutcome
from wizard.engine.papers.report import report
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.logs import start_logging
from wizard.model.problems import Problem, Severity
from wizard.secret import Secret

MADE = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FIRST = datetime(2028, 5, 3, 12, 0, tzinfo=UTC)
LATER = datetime(2036, 5, 3, 12, 0, tzinfo=UTC)


def outcome() -> Outcome:
    return Outcome(
        command_name="apply",
        cluster="pay|ments",
        result=Result.OK,
        run="20260504-120000-abcd",
        servers=(
            ServerOutcome(server="server1", address="a.example", fingerprint="ab" * 32,
                          not_after=FIRST),
        ),
        authority_not_after=LATER,
        authority_folder=Path("/home/ada/ca"),
        links=LinkBoard(("server1",)),
        proof=ProofBoard(),
        problems=(Problem(code="x", severity=Severity.NOTE, message="<b>bold</b>"),),
        stays_unencrypted=("Bolt on 7687.",),
        command="neo4j-tls apply --answers a.toml",
        undo_command="neo4j-tls undo 20260504-120000-abcd",
        files={},
    )  # fmt: skip


def test_the_calendar_rings_thirty_days_before_the_first_expiry() -> None:
    content = expiry_calendar(cluster="payments", run="r", expiries=outcome().expiries, made=MADE)
    events = Calendar.from_ical(content).walk("VEVENT")
    assert [str(event["dtstart"].dt) for event in events] == ["2028-05-03"]
    (alarm,) = events[0].walk("VALARM")
    assert alarm["trigger"].dt.days == -30
    assert "certificate authority: 2036-05-03" in str(events[0]["description"])


def test_the_report_holds_what_somebody_needs_later() -> None:
    page = report(outcome(), MADE)
    for needed in ("ab" * 32, "2028-05-03", "2036-05-03", "undo 20260504", "Bolt on 7687.",
                   "apply --answers a.toml", "/home/ada/ca"):  # fmt: skip
        assert needed in page
    assert "pay\\|ments" in page
    assert "<b>" not in page.replace("\\<b", "")


def test_the_log_is_private_and_knows_no_secret(tmp_path: Path) -> None:
    handler = start_logging(tmp_path / "log.txt", [Secret("hunter2hunter2")])
    logger = logging.getLogger("wizard.engine")
    try:
        logger.info("the password is %s", "hunter2hunter2")
        logger.info("and this stays")
    finally:
        handler.flush()
        logging.getLogger("wizard").removeHandler(handler)
        handler.close()
    text = (tmp_path / "log.txt").read_text()
    assert "hunter2" not in text
    assert "***" in text
    assert "and this stays" in text
    assert (tmp_path / "log.txt").stat().st_mode & 0o077 == 0
