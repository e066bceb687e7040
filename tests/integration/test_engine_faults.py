"""Every practice fault is told as its cause, on its server, and nothing else is; nor is health."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from waiting import until

from wizard.engine.events import ProblemFound
from wizard.engine.probing.nmap import find_nmap
from wizard.engine.request import Request
from wizard.engine.walk import verify_walk
from wizard.interview.answers import load, parse
from wizard.interview.secrets_file import load_secrets
from wizard.model.problems import Problem, Severity
from wizard.practice.cluster import PracticeCluster
from wizard.practice.faults import FAULTS, Fault
from wizard.practice.layout import PracticeServer

FAULTY = "server2"
SIGNS = ("Started.", "Failed to start", "aiting for", "Exception in ")
"""One of them stands in the log of a server that has begun to live, well or badly."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(encrypted=True) as running:
        yield running


def problems(cluster: PracticeCluster, *, nmap: bool = False) -> list[Problem]:
    settings = parse(load(cluster.answers_path))
    assert settings.secrets_file is not None
    request = Request(
        settings=settings,
        secrets=load_secrets(Path(settings.secrets_file)),
        environ=dict(os.environ),
        nmap=nmap,
    )
    return [event.problem for event in verify_walk(request) if isinstance(event, ProblemFound)]


def serious(cluster: PracticeCluster) -> set[tuple[str, str | None]]:
    return {(p.code, p.server) for p in problems(cluster) if p.severity is not Severity.NOTE}


def logs(server: PracticeServer) -> list[Path]:
    return [Path(server.logs) / name for name in ("neo4j.log", "debug.log")]


def begin_again(cluster: PracticeCluster, *faults: str) -> None:
    """Start the faulty server anew; the others' logs still tell of all that was before."""
    cluster.stop(FAULTY)
    server = next(one for one in cluster.servers if one.name == FAULTY)
    for log in logs(server):
        os.truncate(log, 0)
    cluster.set_faults(faults)
    cluster.restart(FAULTY)
    until(partial(has_begun, server), f"{FAULTY} does not say a word")


def has_begun(server: PracticeServer) -> bool:
    return any(sign in log.read_text("utf-8") for log in logs(server) for sign in SIGNS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_told_with_its_server_and_nothing_besides(
    cluster: PracticeCluster, fault: Fault
) -> None:
    begin_again(cluster, f"{fault.name}@{FAULTY}")
    wanted = {(fault.problem_code, FAULTY)}
    # What shows in a log alone is there once a peer has dialled.
    until(lambda: serious(cluster) == wanted, f"{wanted} is not all that is told")


def test_nmap_agrees_but_for_a_server_whose_versions_nobody_speaks(
    cluster: PracticeCluster,
) -> None:
    if find_nmap(os.environ) is None:
        assert os.environ.get("CI") != "true", "nmap is missing"
        pytest.skip("needs nmap")
    begin_again(cluster, f"old-tls@{FAULTY}")
    found = [p for p in problems(cluster, nmap=True) if p.code.startswith("nmap-")]
    assert {p.severity for p in found} == {Severity.NOTE}
    assert {p.server for p in found if p.code == "nmap-agrees"} == {"server1", "server3"}
    told = {p.message for p in found if p.code == "nmap-differs"}
    ports = {str(number) for number in cluster.servers[1].ports.values()}
    assert {message.partition(f"{FAULTY}:")[2].partition(" ")[0] for message in told} <= ports
    assert len(told) >= 3
    assert all("no TLS that it could use" in message for message in told)
    assert len(found) == 2 + len(told)


@pytest.mark.parametrize("servers", [3, 5, 7])
def test_a_healthy_cluster_has_no_problem_and_not_even_a_note(servers: int) -> None:
    with PracticeCluster(servers, encrypted=True) as healthy:
        assert problems(healthy) == []


def test_a_misspelt_setting_is_named_as_what_keeps_a_server_in_plaintext(
    cluster: PracticeCluster,
) -> None:
    conf = Path(cluster.servers[1].conf) / "neo4j.conf"
    before = conf.read_text("iso-8859-1")
    assert "policy.cluster.enabled=true" in before
    conf.write_text(before.replace("policy.cluster.enabled=", "policy.cluster.enable="), "latin-1")
    try:
        begin_again(cluster)
        assert serious(cluster) == {("policy-misspelt", FAULTY)}
    finally:
        conf.write_text(before, "iso-8859-1")
