"""Whatever is wrong with an encrypted cluster is named, with its server; or the start is undone."""

from __future__ import annotations

import pytest
from black_box import served, tree, wizard

from wizard.practice.faults import FAULTS, Fault


def test_the_faults_are_listed_in_order_with_their_problem() -> None:
    lines = wizard("practice", "--list-faults").stdout.splitlines()
    assert lines == sorted(lines)
    assert {tuple(line.split("\t")[:2]) for line in lines} == {
        (fault.name, fault.problem_code) for fault in FAULTS
    }


def test_an_unknown_fault_is_refused() -> None:
    assert wizard("practice", "--auto", "--fault", "gremlins").exit_code == 2
    assert wizard("practice", "--auto", "--fault", f"{FAULTS[0].name}@server9").exit_code == 2


OF_EACH_KIND = [
    fault
    for fault in FAULTS
    if fault.name
    in {
        *("client-auth-none", "dies-after-start", "expired-leaf", "plaintext"),
        *("setting-refused", "trusts-everyone", "wrong-password"),
    }
]
"""Refused by Neo4j, by its peers, by nobody, and gone without a word; `verify` within one process
is tried with all of them."""


@pytest.mark.parametrize("fault", OF_EACH_KIND[:3], ids=lambda fault: fault.name)
def test_verify_names_the_fault_and_its_server(fault: Fault) -> None:
    with served("--encrypted", "--fault", f"{fault.name}@server2") as cluster:
        ended = wizard("verify", "--answers", cluster.answers, "--json")
    assert ended.exit_code == 1, ended.stdout
    assert (fault.problem_code, "server2") in ended.problems


@pytest.mark.parametrize("fault", OF_EACH_KIND, ids=lambda fault: fault.name)
def test_apply_puts_every_server_back_or_verify_tells(fault: Fault) -> None:
    with served("--fault", f"{fault.name}@server2") as cluster:
        before = {home: tree(home) for home in cluster.homes}
        applied = wizard("apply", "--answers", cluster.answers, "--yes", "--json")
        if applied.exit_code == 3:
            assert (fault.problem_code, "server2") in applied.problems
            assert {home: tree(home) for home in cluster.homes} == before
            return
        assert applied.exit_code == 0, applied.stdout
        verified = wizard("verify", "--answers", cluster.answers, "--json")
        assert verified.exit_code == 1
        assert (fault.problem_code, "server2") in verified.problems


def test_without_a_fault_verify_finds_nothing() -> None:
    with served("--encrypted") as cluster:
        ended = wizard("verify", "--answers", cluster.answers, "--json")
    assert ended.exit_code == 0, ended.stdout
    assert {event["severity"] for event in ended.of("problem")} <= {"note"}
