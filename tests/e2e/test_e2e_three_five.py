"""The whole walk on a practice cluster of 3.5, and the faults that this version has."""

from __future__ import annotations

import pytest
from black_box import wizard

FAULTS = {
    "missing-trusted-directory": "trusted-missing",
    "wrong-password": "key-password-not-possible",
}
"""Each fault and what it is named; a password of any kind is one too many for 3.5."""


def test_a_cluster_of_3_5_is_encrypted_and_proved() -> None:
    ended = wizard("practice", "--auto", "--neo4j", "3.5", "--json")
    assert ended.exit_code == 0, ended.stdout
    assert {event["port"] for event in ended.of("probe")} == {5000, 6000, 7000}
    assert all(event["ok"] for event in ended.of("probe"))
    assert len({(event["server"], event["peer"]) for event in ended.of("link")}) == 6
    assert ("key-without-password", None) in ended.problems
    assert ("discovery-plaintext", None) not in ended.problems


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_3_5_is_named_with_its_server(fault: str) -> None:
    ended = wizard("practice", "--auto", "--neo4j", "3.5", "--json", "--fault", fault)
    assert ended.exit_code == 3, ended.stdout
    serious = {
        (event["problem"], event["server"])
        for event in ended.of("problem")
        if event["severity"] != "note"
    }
    assert serious == {(FAULTS[fault], "server3")}
