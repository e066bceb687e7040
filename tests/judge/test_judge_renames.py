"""The table of renamed settings against Neo4j's own classes, row by row, in every version."""

from __future__ import annotations

from pathlib import Path

import judge_renames
import pytest
from judge_artifacts import ALL_VERSIONS, Installed
from judge_process import Judge
from judge_renames import all_seen, differences, names

from wizard.model.version import Version
from wizard.neo4j.renames import Renamed, Treatment

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles

BEYOND = (
    "dbms.directories.neo4j_home",  # each question sets it itself
    "dbms.directories.cluster_state",  # these are carried over by the Enterprise edition alone
    "dbms.directories.metrics",
    "dbms.kubernetes.discovery.v2.service_port_name",
    "dbms.connector.bolt.type",  # from 5.0 on loaded without a word: to the user it is the same
    "dbms.connector.http.type",
    "dbms.connector.https.type",
)
"""Names that the judge and the table may see differently, each for its reason."""


LESS_EXACT = (
    # 3.5 refuses whatever it does not know of a connector; the table calls it ignored.
    "dbms.connector.bolt.connection_keep_alive_streaming_scheduling_interval",
    "dbms.capabilities.blocked",  # refused where the table says it is carried over
    "dbms.memory.off_heap.",  # declared from 4.1 on already
)
"""Where the table is less exact than Neo4j; none of these concerns encryption or the cluster."""


@pytest.mark.parametrize("version", ALL_VERSIONS, ids=str)
def test_neo4j_treats_every_renamed_setting_as_the_table_says(
    version: Version, installed: dict[Version, Installed], tmp_path: Path
) -> None:
    with Judge(installed[version]) as judge:
        told = all_seen(judge, tmp_path)
    wrong = differences(told, version)
    assert [one for one in wrong if not one.startswith(BEYOND + LESS_EXACT)] == []
    assert len(told) >= len(names()) // 2


def test_a_table_that_is_wrong_fails(
    installed: dict[Version, Installed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_refused(_key: str, _version: Version) -> Renamed:
        return Renamed(name=None, treatment=Treatment.REFUSED, source="nowhere")

    monkeypatch.setattr(judge_renames, "renamed", all_refused)
    with Judge(installed[ALL_VERSIONS[-1]]) as judge:
        told = all_seen(judge, tmp_path)
    wrong = [*differences(told, ALL_VERSIONS[-1])]
    assert any(one.startswith("server.default_advertised_address:") for one in wrong)
    assert any(one.startswith("dbms.default_advertised_address:") for one in wrong)
