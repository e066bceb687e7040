"""Keeps what a walk's events add up to, and leaves it for people: outcome, report and dates."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from wizard.engine.diagnosis.discovery import DISCOVERY_IN_PLAINTEXT
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.papers.board_svg import draw_boards
from wizard.engine.papers.calendar import expiry_calendar
from wizard.engine.papers.outcome import Outcome, ServerOutcome
from wizard.engine.papers.report import report
from wizard.engine.places import replace_private
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.model.problems import Problem
from wizard.model.settings import Settings


class Chronicle:
    """Fed every event of a walk, in order."""

    def __init__(self, command: str, settings: Settings) -> None:
        self.links = LinkBoard([server.name for server in settings.servers])
        self.proof = ProofBoard()
        self._problems: list[Problem] = []
        self._downtime_s: float | None = None
        self._command = command
        self._settings = settings

    def feed(self, event: Event) -> None:
        """Take in an event."""
        self.links.feed(event)
        self.proof.feed(event)
        if isinstance(event, ProblemFound):
            self._problems.append(event.problem)
        elif isinstance(event, Said) and event.downtime_s is not None:
            self._downtime_s = event.downtime_s

    def outcome(
        self,
        result: Result,
        *,
        run: str | None = None,
        folder: Path | None = None,
        servers: tuple[ServerOutcome, ...] = (),
        authority_not_after: datetime | None = None,
        authority_folder: Path | None = None,
        stays_unencrypted: tuple[str, ...] = (),
        trusted: tuple[str, ...] = (),
        expected_s: tuple[int, int] = (0, 0),
    ) -> Outcome:
        """Return what it came to; nothing is written."""
        answers = folder / "answers.toml" if folder else None
        wanted = self._settings.ca_copy
        named = shlex.quote(str(answers)) if answers else "FILE"
        return Outcome(
            command_name=self._command,
            cluster=self._settings.cluster,
            result=result,
            run=run,
            run_folder=folder,
            servers=servers,
            authority_not_after=authority_not_after,
            authority_folder=authority_folder,
            links=self.links,
            proof=self.proof,
            problems=tuple(self._problems),
            stays_unencrypted=(*stays_unencrypted, *self._met_in_plaintext()),
            trusted=trusted,
            downtime_s=self._downtime_s,
            expected_s=expected_s,
            command=f"neo4j-tls {self._command} --answers {named}"
            + (" --yes" if self._command == "apply" else ""),
            undo_command=f"neo4j-tls undo {run}" if run else "",
            files={"answers": answers} if answers else {},
            copy_to=Path(wanted).expanduser() if wanted else None,
        )

    def _met_in_plaintext(self) -> Iterator[str]:
        if any(problem.code == DISCOVERY_IN_PLAINTEXT for problem in self._problems):
            yield (
                "Warning: discovery, by which the servers find each other, stays in plaintext with "
                "this build of Neo4j; keep its port away from the network."
            )


def chronicled(
    chronicle: Chronicle, events: Generator[Event, None, Result]
) -> Generator[Event, None, Result]:
    """Pass events on and let the chronicle see each; closing this closes what it reads."""
    try:
        while True:
            event = next(events)
            chronicle.feed(event)
            yield event
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        events.close()


def leave_papers(outcome: Outcome, folder: Path, made: datetime) -> Outcome:
    """Write report, boards and calendar into the run's folder; return the outcome that names them.

    Raises:
        OSError: a file can't be written; the servers are not concerned.
    """
    title = f"{outcome.cluster}, run {outcome.run}"
    papers: dict[str, tuple[str, bytes]] = {
        "report": ("report.md", report(outcome, made).encode()),
        "boards": ("boards.svg", draw_boards(title, outcome.links, outcome.proof).encode()),
    }
    if outcome.expiries and outcome.result is Result.OK:
        content = expiry_calendar(
            cluster=outcome.cluster,
            run=outcome.run or "",
            expiries=outcome.expiries,
            made=made,
        )
        papers["calendar"] = ("expiry.ics", content)
    files: dict[str, Path] = dict(outcome.files)
    for what, (name, content) in papers.items():
        replace_private(folder / name, content)
        files[what] = folder / name
    return replace(outcome, files=_sorted(files))


def _sorted(files: Mapping[str, Path]) -> dict[str, Path]:
    return {what: files[what] for what in sorted(files)}
