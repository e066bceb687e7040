"""Neo4j's own classes of 4.0 to 4.3, asked a named part of the cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge_artifacts import EARLY_FOURS, Installed
from judge_cases import EARLY_CASES
from judge_promises import WriteRows, assert_agreed

from wizard.model.version import Version

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles


@pytest.mark.parametrize("version", EARLY_FOURS, ids=str)
def test_neo4j_and_we_agree_on_conf_keys_and_what_the_wizard_makes(
    version: Version,
    installed: dict[Version, Installed],
    tmp_path: Path,
    write_rows: WriteRows,
) -> None:
    assert_agreed(installed[version], tmp_path, write_rows, EARLY_CASES)
