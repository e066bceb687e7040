"""A run that waited for weeks is gone on with only while its certificates are worth it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wizard.engine.records.recorded import Leaf, write_leaves
from wizard.engine.records.runs import Run, RunState
from wizard.engine.request import Request
from wizard.engine.returning.going_on import _outlived

BEGUN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NOBODY: Any = SimpleNamespace(facts={}, servers=())
"""A session and a plan without servers: only the certificates count here."""


@pytest.mark.parametrize(
    ("lifetime", "waited", "refused"),
    [(730, 60, False), (730, 365, False), (60, 52, False), (60, 54, True), (365, 365, True)],
)
def test_the_clock_of_the_resume_decides(
    tmp_path: Path, lifetime: int, waited: int, *, refused: bool
) -> None:
    ends = BEGUN + timedelta(days=lifetime)
    leaves = {
        "server1": Leaf(fingerprint="ab", not_after=ends),
        "server2": Leaf(fingerprint="cd", not_after=ends + timedelta(days=300)),
    }
    write_leaves(tmp_path, leaves)
    run = Run(
        id="20261122-090000-abcd",
        folder=tmp_path,
        cluster="payments",
        begun=BEGUN.isoformat(),
        state=RunState.STAGED,
    )
    request = Request(clock=lambda: BEGUN + timedelta(days=waited))
    found = [*_outlived(request, NOBODY, run, NOBODY)]
    assert [one.code for one in found] == ["expiry-near"] * refused
    assert all(f"neo4j-tls undo {run.id}" in one.hint for one in found)
