"""The folders of the runs: one a run, private, with everything needed to look back or undo."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from wizard.engine.places import (
    PRIVATE_FILE,
    RUNS,
    make_private_folder,
    runs_directory,
    state_directory,
    write_private,
)
from wizard.engine.records.journal import Journal, Kind, Reading, read_journal
from wizard.errors import JournalError, UsageError, WizardError

_SHAPE = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
_NAMED = re.compile(rf"/cluster-({_SHAPE.pattern})/?$")


class RunState(StrEnum):
    """Where a run stands, read from its journal alone."""

    APPLIED = "applied"
    REVERTED = "reverted"
    UNDONE = "undone"
    STAGED = "staged"
    UNFINISHED = "unfinished"
    UNTOUCHED = "untouched"


OPEN = (RunState.APPLIED, RunState.STAGED, RunState.UNFINISHED)
"""A run in one of these states can be undone."""

BEGUN = (RunState.STAGED, RunState.UNFINISHED)
"""A run in one of these states waits to be resumed or undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run on the workstation's disk.

    Attributes:
        id: such as `20261122-015900-4f2a`; also in the names of the files on the servers.
        begun: when it began, as the journal says.
    """

    id: str
    folder: Path
    cluster: str
    begun: str
    state: RunState

    @property
    def journal_file(self) -> Path:
        """The journal."""
        return self.folder / "journal.jsonl"

    @property
    def answers_file(self) -> Path:
        """The answers the run was made from."""
        return self.folder / "answers.toml"

    def recorded_plan(self) -> dict[str, Any]:
        """Return the plan as it was written before anything changed.

        Raises:
            JournalError: the file is missing or damaged.
        """
        try:
            plan = json.loads((self.folder / "plan.json").read_bytes())
        except (OSError, ValueError) as error:
            raise JournalError(f"The plan of run {self.id} can't be read.") from error
        if not isinstance(plan, dict):
            raise JournalError(f"The plan of run {self.id} is no plan.")
        return plan


def new_run_id(now: datetime) -> str:
    """Return an id that sorts by time and that two runs of one second don't share."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def make_run_folder(environ: Mapping[str, str], run_id: str) -> Path:
    """Make the private folder of a run; it must not exist yet."""
    folder = make_private_folder(runs_directory(environ)) / run_id
    folder.mkdir(mode=0o700)
    return folder


def record_start(
    folder: Path, *, cluster: str, answers_toml: str, plan: object, clock: Callable[[], datetime]
) -> Journal:
    """Write down what the run is about, and open its journal.

    Raises:
        OSError: the records can't be made to last, so nothing may be changed.
    """
    write_private(folder / "answers.toml", answers_toml.encode())
    text = json.dumps(plan, indent=1, sort_keys=True, default=str, ensure_ascii=True)
    write_private(folder / "plan.json", text.encode() + b"\n")
    journal = Journal(folder / "journal.jsonl", clock)
    journal.write(Kind.BEGUN, cluster=cluster, run=folder.name)
    return journal


def all_runs(environ: Mapping[str, str]) -> tuple[Run, ...]:
    """Return every run that changed or meant to change something, oldest first.

    Raises:
        JournalError: a journal is damaged; it names the file.
    """
    return runs_in(runs_directory(environ))


def runs_in(folder: Path) -> tuple[Run, ...]:
    """Return the runs of one folder, oldest first; none where there is no such folder.

    Raises:
        JournalError: a journal is damaged; it names the file.
    """
    if not folder.is_dir():
        return ()
    found = sorted(path for path in folder.iterdir() if _SHAPE.fullmatch(path.name))
    return tuple(open_run(path) for path in found if (path / "journal.jsonl").exists())


def named_run(directory: str) -> str | None:
    """Return the run that a folder of certificates is named after, or None."""
    found = _NAMED.search(directory)
    return found.group(1) if found else None


def open_run(folder: Path) -> Run:
    """Read one run from its folder."""
    reading = read_journal(folder / "journal.jsonl")
    first = reading.records[0] if reading.records else None
    return Run(
        id=folder.name,
        folder=folder,
        cluster=str(first.values.get("cluster", "")) if first else "",
        begun=first.at if first else "",
        state=state_of(reading),
    )


def state_of(reading: Reading) -> RunState:
    """Say where a run stands by the last word of its journal that decides it."""
    words = {
        Kind.UNDONE: RunState.UNDONE,
        Kind.REVERTED: RunState.REVERTED,
        Kind.APPLIED: RunState.APPLIED,
        Kind.STAGED: RunState.STAGED,
        Kind.AFRESH: RunState.UNFINISHED,
        Kind.ADOPTED: RunState.UNFINISHED,
        Kind.LOCKING: RunState.UNFINISHED,
        Kind.BACK_BEGUN: RunState.UNFINISHED,
        Kind.UNDO_BEGUN: RunState.UNFINISHED,
        Kind.STOPPED: RunState.UNFINISHED,
        Kind.INTENT: RunState.UNFINISHED,
    }
    for kind in reversed(tuple(reading.kinds())):
        if kind in words:
            return words[Kind(kind)]
    return RunState.UNTOUCHED


def standing_run(folders: Sequence[Path], cluster: str, named: Collection[str]) -> Run | None:
    """Return the run whose encryption stands on a cluster, or None when it is not recorded here.

    Args:
        folders: the state folders to look into.
        cluster: the cluster's name, which counts only where the servers name no run.
        named: the runs that the servers' own neo4j.conf names.
    """
    runs = [run for folder in folders for run in runs_in(folder / RUNS)]
    standing = [run for run in runs if run.state is RunState.APPLIED]
    if named:
        standing = [run for run in standing if run.id in named]
    else:
        standing = [run for run in standing if run.cluster == cluster]
    return standing[-1] if standing else None


def run_to_undo(
    environ: Mapping[str, str], wanted: str | None, cluster: str | None = None
) -> Run | None:
    """Return the run to put back: the named one, or the last one (of a cluster) not undone.

    Raises:
        UsageError: there is no such run, or several clusters have one and none was named.
    """
    runs = all_runs(environ)
    if wanted is not None:
        return _named(runs, wanted)
    standing = [run for run in runs if run.state in OPEN and cluster in {None, run.cluster}]
    return _of_one_cluster(standing, "undone", "undo")


def run_to_resume(
    environ: Mapping[str, str], wanted: str | None, cluster: str | None = None
) -> Run | None:
    """Return the run to go on with: the named one, or the last one (of a cluster) not finished.

    A run that touched no server yet counts where it is the last one of its cluster.

    Raises:
        UsageError: there is no such run, or several clusters have one and none was named.
    """
    runs = all_runs(environ)
    if wanted is not None:
        return _named(runs, wanted)
    last = {run.cluster: run for run in runs}
    waiting = [
        run
        for run in runs
        if cluster in {None, run.cluster}
        and (run.state in BEGUN or (run.state is RunState.UNTOUCHED and run == last[run.cluster]))
    ]
    return _of_one_cluster(waiting, "resumed", "resume")


def run_that_waits(environ: Mapping[str, str], cluster: str) -> Run | None:
    """Return the last run of a cluster that is staged or stopped half-way, or None."""
    found = [run for run in all_runs(environ) if run.cluster == cluster and run.state in BEGUN]
    return found[-1] if found else None


def _named(runs: Sequence[Run], wanted: str) -> Run:
    for run in runs:
        if run.id == wanted:
            return run
    raise UsageError(
        f"There is no run called {wanted}.",
        hint="The command `neo4j-tls runs` lists the runs of this workstation.",
        code="run-unknown",
    )


def _of_one_cluster(runs: Sequence[Run], done: str, verb: str) -> Run | None:
    if len({run.cluster for run in runs}) > 1:
        names = ", ".join(f"{run.id} ({run.cluster})" for run in runs)
        raise UsageError(
            f"Runs of several clusters can be {done}: {names}.",
            hint=f"Name the one you mean, as in `neo4j-tls {verb} RUN`.",
            code="run-unknown",
        )
    return runs[-1] if runs else None


@contextmanager
def only_wizard(environ: Mapping[str, str], cluster: str) -> Iterator[None]:
    """Hold the workstation's lock for a cluster, so that two wizards don't work on it at once.

    Raises:
        WizardError: another wizard of this workstation is working on the cluster.
    """
    folder = make_private_folder(state_directory(environ) / "locks")
    name = hashlib.sha256(cluster.encode()).hexdigest()[:16]
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(folder / f"{name}.lock", flags, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 200, 0).decode("ascii", "replace").strip()
            raise WizardError(
                f"Another wizard is working on the cluster {cluster} ({holder or 'unknown'}).",
                hint="Wait until it has ended, or end it.",
                code="already-running",
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)
