"""What a walk came to, as the last screen and the report show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wizard.engine.events import Result
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.model.problems import Problem
from wizard.planning.downtime import outage_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOutcome:
    """One server: its address, and the leaf it serves (SHA-256, hex) with its last moment."""

    server: str
    address: str
    fingerprint: str
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKit:
    """What was left for those who connect.

    Attributes:
        handed: sentences: which of its files is for whom.
        backup_not_after: the last moment of the certificate for backups, or None without one.
    """

    folder: Path
    handed: tuple[str, ...]
    backup_not_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of an apply, a verify or an undo.

    Attributes:
        run: the run's id, or None where nothing was recorded.
        run_folder: where the records, the CA and the report are.
        authority_not_after: the last moment of the CA's certificate, or None without one.
        authority_folder: where the CA's certificate and key are kept, or None.
        stays_unencrypted: sentences naming what the cluster policy does not cover.
        trusted: sentences naming the certificates from outside that the servers trust.
        downtime_s: how long the cluster was down, in seconds, or None where it was not.
        expected_s: what was expected of that, from and to.
        command: the command that does the same without questions.
        undo_command: the command that puts every server back.
        files: what was written for people, by what it is: report, boards, calendar, answers.
        kit: the client kit, or None without one.
        copy_to: where the answers want a copy of the CA.
        key_kept: whether the CA's key is in its folder.
        wants_copy: whether the CA's key stands on this computer alone.
    """

    command_name: str
    cluster: str
    result: Result
    run: str | None = None
    run_folder: Path | None = None
    servers: tuple[ServerOutcome, ...] = ()
    authority_not_after: datetime | None = None
    authority_folder: Path | None = None
    links: LinkBoard
    proof: ProofBoard
    problems: tuple[Problem, ...] = ()
    stays_unencrypted: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    downtime_s: float | None = None
    expected_s: tuple[int, int] = (0, 0)
    command: str = ""
    undo_command: str = ""
    files: Mapping[str, Path]
    kit: ClientKit | None = None
    copy_to: Path | None = None
    key_kept: bool = True
    wants_copy: bool = False

    @property
    def downtime_words(self) -> str:
        """How long the cluster was down, beside what was expected; empty where it was not."""
        if self.downtime_s is None:
            return ""
        return outage_words(self.downtime_s, self.expected_s)

    @property
    def expiries(self) -> dict[str, datetime]:
        """What expires when, by the name it is shown under."""
        found = {f"certificate of {one.server}": one.not_after for one in self.servers}
        if self.authority_not_after is not None:
            found["certificate authority"] = self.authority_not_after
        if self.kit is not None and self.kit.backup_not_after is not None:
            found["certificate for backups"] = self.kit.backup_not_after
        return found
