from __future__ import annotations

import re

import pytest

from wizard.errors import UsageError
from wizard.practice.faults import FAULTS, parse_fault

SERVERS = ("server1", "server2", "server3")


def test_every_fault_has_its_own_name_a_code_and_a_sentence() -> None:
    names = [fault.name for fault in FAULTS]
    assert names == sorted(set(names))
    for fault in FAULTS:
        assert re.fullmatch(r"[a-z-]+", fault.problem_code)
        assert fault.sentence.endswith(".")
        assert "\t" not in fault.sentence


def test_a_fault_without_a_server_is_the_last_ones() -> None:
    assert parse_fault("wrong-password", SERVERS) == ("wrong-password", "server3")
    assert parse_fault("wrong-password@server1", SERVERS) == ("wrong-password", "server1")


@pytest.mark.parametrize("text", ["gremlins", "wrong-password@server9", "wrong-password@", ""])
def test_an_unknown_fault_or_server_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_fault(text, SERVERS)
    assert refused.value.exit_code == 2
    assert "server1" in refused.value.hint or "wrong-password" in refused.value.hint
