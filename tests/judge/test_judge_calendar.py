"""Neo4j's own classes of 2025 and 2026 against what we believe about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge_artifacts import VERSIONS, Installed
from judge_promises import WriteRows, assert_agreed

from wizard.model.version import Version

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles


@pytest.mark.parametrize("version", [v for v in VERSIONS if v.is_calendar], ids=str)
def test_neo4j_and_we_agree_on_every_case(
    version: Version,
    installed: dict[Version, Installed],
    tmp_path: Path,
    write_rows: WriteRows,
) -> None:
    assert_agreed(installed[version], tmp_path, write_rows)
