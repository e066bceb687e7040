"""The neo4j.conf of a practice server reads, by Neo4j's rules, as the cluster it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.errors import UsageError
from wizard.neo4j.addresses import advertised_host, cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_of, startup_refusal
from wizard.neo4j.versions import rules_for
from wizard.practice.addresses import REAL_PORTS
from wizard.practice.conf_text import conf_text
from wizard.practice.layout import PracticeServer, has_discovery_port, parse_version, server_at
from wizard.practice.neo4j.identity import Member, members

VERSIONS = (
    *("3.5", "3.5.35", "4.0", "4.1.13", "4.2", "4.3", "4.4", "4.4.17"),
    *("5.26", "5.5.0", "2025.01", "2026.04.1"),
)


def cluster(version: str, **ports: int) -> tuple[PracticeServer, ...]:
    parsed = parse_version(version)
    names = {"ssh", "bolt", *rules_for(parsed).listen}
    used = {name: port for name, port in REAL_PORTS.items() if name in names}
    return tuple(
        server_at(Path("/practice"), number, parsed, f"127.9.9.{number}", used | ports)
        for number in (1, 2, 3)
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_neo4j_accepts_it_and_finds_every_port(version: str) -> None:
    servers = cluster(version)
    parsed = parse_version(version)
    conf = Conf.parse(conf_text(servers[1], servers, parsed).encode("iso-8859-1"))

    assert startup_refusal(conf, parsed) is None
    assert not policy_of(conf, parsed, "/home").enabled
    assert advertised_host(conf, parsed) == "server2.practice.internal"
    found = cluster_ports(conf, parsed, "nobody")
    assert {str(port.channel): port.port for port in found} == {
        name: port for name, port in servers[1].ports.items() if name != "bolt"
    }
    assert {port.listen_host for port in found} == {"127.9.9.2"}
    assert {port.host for port in found} == {"server2.practice.internal"}


@pytest.mark.parametrize("version", VERSIONS)
def test_it_names_all_servers_where_discovery_asks(version: str) -> None:
    servers = cluster(version)
    parsed = parse_version(version)
    conf = Conf.parse(conf_text(servers[0], servers, parsed).encode("iso-8859-1"))
    port = 5000 if has_discovery_port(parsed) else 6000
    assert members(conf, parsed) == tuple(Member(server.address, port) for server in servers)


@pytest.mark.parametrize("version", ["3.4", "4.5", "6.0", "2024.1", "5", "latest", ""])
def test_a_version_it_can_not_play_is_refused(version: str) -> None:
    with pytest.raises(UsageError, match="can't play"):
        parse_version(version)
