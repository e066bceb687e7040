"""What every version must come to: all cases judged, and not one disagreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from judge_artifacts import Installed
from judge_cases import CASES
from judge_process import Judge
from judge_run import Row, judge_version, questions

from wizard.model.version import Version

WriteRows = Callable[[Version, Sequence[Row]], Path]


def assert_agreed(installed: Installed, folder: Path, write: WriteRows) -> None:
    """Judge all cases with one version, write its table, and fail with what differs."""
    with Judge(installed) as judge:
        rows = judge_version(judge, CASES, folder)
    table = write(installed.version, rows)
    different = [
        f"{row.case} [{row.question}]: {'; '.join(row.differences)}"
        for row in rows
        if row.differences
    ]
    assert not different, f"{len(different)} disagreements, see {table}:\n" + "\n".join(different)
    assert len(rows) == questions(CASES, installed.version), "a case was not judged"
