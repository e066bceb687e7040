"""What the judge stands on: Neo4j's classes and a JDK, or a reason why there is none."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from judge_artifacts import Installed, MissingToolError, install
from judge_run import Row, write_table

from wizard.model.version import Version

TABLE = "NEO4J_TLS_JUDGE_TABLE"
"""The variable that names the folder the tables are written to; else pytest's own."""


@pytest.fixture(scope="session")
def installed() -> dict[Version, Installed]:
    """Every version, ready to be asked; without Maven or a JDK skipped, under CI failed."""
    try:
        return install()
    except MissingToolError as missing:
        reason = f"Neo4j's own classes can't be asked here: {missing}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def table_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the folder that the tables are written to."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = Path(os.environ.get(TABLE, shared / "judge"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def write_rows(table_folder: Path) -> Callable[[Version, Sequence[Row]], Path]:
    """Write the table of a version, and put the tables of all versions together in one file."""
    folder = table_folder

    def write(version: Version, rows: Sequence[Row]) -> Path:
        write_table(folder / f"neo4j-{version}.md", rows)
        whole = folder / "judge.md"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tables = sorted(folder.glob("neo4j-*.md"))
            whole.write_text("\n".join(table.read_text() for table in tables))
        return whole

    return write
