"""The part a server plays decides which ports it opens."""

from __future__ import annotations

import pytest

from wizard.model.cluster import Channel
from wizard.model.version import Version
from wizard.neo4j.addresses import cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.modes import ServerMode, is_secondary, server_mode

OLD, LATER = Version(4, 4), Version(5, 26)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("dbms.mode=CORE", ServerMode.CORE),
        ("dbms.mode = read_replica ", ServerMode.READ_REPLICA),
        ("dbms.mode=SINGLE", ServerMode.SINGLE),
        ("", ServerMode.SINGLE),
    ],
)
def test_neo4j_4_reads_its_mode_and_later_versions_have_none(text: str, mode: ServerMode) -> None:
    values = Conf.parse(text.encode()).values
    assert server_mode(values, OLD) is mode
    assert server_mode(values, LATER) is ServerMode.CORE


def test_a_read_replica_has_no_raft_port() -> None:
    def channels(text: bytes, version: Version) -> set[Channel]:
        return {port.channel for port in cluster_ports(Conf.parse(text), version, "n1")}

    assert Channel.RAFT not in channels(b"dbms.mode=READ_REPLICA", OLD)
    assert Channel.CLUSTER in channels(b"dbms.mode=READ_REPLICA", OLD)
    assert Channel.RAFT in channels(b"dbms.mode=CORE", OLD)
    assert Channel.RAFT in channels(b"dbms.mode=READ_REPLICA", LATER)


@pytest.mark.parametrize(
    ("text", "version", "secondary"),
    [
        ("dbms.mode=READ_REPLICA", OLD, True),
        ("dbms.mode=CORE", OLD, False),
        ("dbms.mode=READ_REPLICA", LATER, False),
        ("initial.server.mode_constraint=secondary", LATER, True),
        ("initial.server.mode_constraint=PRIMARY", LATER, False),
        ("initial.server.mode_constraint=SECONDARY", OLD, False),
        ("", LATER, False),
    ],
)
def test_a_secondary_is_told_by_its_own_version_s_setting(
    text: str, version: Version, *, secondary: bool
) -> None:
    assert is_secondary(Conf.parse(text.encode()).values, version) is secondary
