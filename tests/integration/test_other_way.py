"""The engine over another kind of connection than SSH: the same walk, through one entry in WAYS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import paramiko
import pytest
from local_way import LOGIN, LocalWay, Machine
from test_engine_walk import boards, exit_code, problems, request_for, told, trees

from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, undo_walk, verify_walk
from wizard.practice.cluster import PracticeCluster
from wizard.practice.installation import login_environment
from wizard.remote import ways

STEPS = {"survey", "details", "lock", "stage", "check", "stop", "commit", "start", "follow"}


@pytest.fixture
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(2) as running:
        yield running


@pytest.fixture
def way(cluster: PracticeCluster, monkeypatch: pytest.MonkeyPatch) -> LocalWay:
    """Put the local way in front of SSH; that entry is all there is to do."""
    hosts = {server.address: server.ip for server in cluster.servers}
    local = LocalWay(
        {
            server.name: Machine(
                folder=server.folder, environment=login_environment(server), hosts=hosts
            )
            for server in cluster.servers
        }
    )
    monkeypatch.setattr(ways, "WAYS", (lambda _means: local, *ways.WAYS))
    return local


def local_request(cluster: PracticeCluster) -> Request:
    request = request_for(cluster)
    assert request.settings is not None
    servers = tuple(replace(one, ssh=f"{LOGIN}@{one.name}") for one in request.settings.servers)
    text = request.answers_toml
    for server in cluster.servers:
        text = text.replace(server.ssh, f"{LOGIN}@{server.name}")
    return replace(request, settings=replace(request.settings, servers=servers), answers_toml=text)


def ran(way: LocalWay) -> set[str]:
    return {script for connection in way.connections for script in connection.ran}


def test_apply_verify_and_undo_need_no_ssh(
    cluster: PracticeCluster, way: LocalWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        pytest.fail("somebody has opened an SSH connection")

    monkeypatch.setattr(paramiko.Transport, "start_client", refuse)
    before, request = trees(cluster), local_request(cluster)

    applied = told(apply_walk, request)
    assert exit_code(applied) == 0, problems(applied)
    links, proof = boards(applied)
    assert proof.counts[1:] == (0, 0)
    assert proof.counts[0] > 0
    assert links.summary
    assert trees(cluster) != before
    assert ran(way) >= STEPS

    verified = told(verify_walk, request)
    assert exit_code(verified) == 0
    assert boards(verified)[1].counts == proof.counts

    assert exit_code(told(undo_walk, replace(request, settings=None))) == 0
    assert trees(cluster) == before
    assert "restore" in ran(way)


def test_each_answer_has_its_own_way(cluster: PracticeCluster, way: LocalWay) -> None:
    """One server over SSH beside one that is reached without, in one walk."""
    request = local_request(cluster)
    assert request.settings is not None
    one, two = request.settings.servers
    mixed = (one, replace(two, ssh=cluster.servers[1].ssh))
    request = replace(request, settings=replace(request.settings, servers=mixed))
    assert exit_code(told(verify_walk, request)) == 1  # the cluster is still plaintext
    assert [connection.server for connection in way.connections] == [one.name]
