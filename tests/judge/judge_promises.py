"""What every version must come to: all cases judged, and not one disagreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from judge_artifacts import PRACTISED, Installed
from judge_bench import Case
from judge_cases import CASES
from judge_practice import Practice
from judge_process import Judge
from judge_run import NOT_ASKED, Row, judge_version, questions

from wizard.model.version import Version

WriteRows = Callable[[Version, Sequence[Row]], Path]


def assert_agreed(
    installed: Installed, folder: Path, write: WriteRows, cases: Sequence[Case] = CASES
) -> None:
    """Judge these cases with one version, write its table, and fail with what differs.

    In the versions that are practised, the practice cluster has its say in every row.
    """
    with ExitStack() as stack:
        judge = stack.enter_context(Judge(installed))
        practice = None
        if installed.version in PRACTISED:
            practice = stack.enter_context(Practice())
        rows = judge_version(judge, cases, folder, practice)
    table = write(installed.version, rows)
    different = [
        f"{row.case} [{row.question}]: {'; '.join(row.differences)}"
        for row in rows
        if row.differences
    ]
    assert not different, f"{len(different)} disagreements, see {table}:\n" + "\n".join(different)
    assert len(rows) == questions(cases, installed.version), "a case was not judged"
    if practice is not None:
        silent = [f"{row.case} [{row.question}]" for row in rows if row.practice == NOT_ASKED]
        assert not silent, f"the practice cluster was not asked about {silent}"
