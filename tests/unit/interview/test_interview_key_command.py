"""Where a key's password stands is asked where every server was seen to leave a choice."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from wizard.interview.answers import load, parse, to_toml
from wizard.interview.complete import complete, fields_of
from wizard.interview.defaults import YES
from wizard.interview.given import Answers
from wizard.interview.keys import PASSWORD_IN, with_commands
from wizard.model.settings import KeyPasswordIn

SHORT = """
format = 1
[cluster]
name = "payments"
[[servers]]
name = "server1"
ssh = "admin@10.0.0.1"
[keys]
password_in = "command"
"""


def asked(given: Answers) -> bool:
    return PASSWORD_IN in fields_of(given)


@pytest.mark.parametrize(
    ("seen", "offered"), [("yy", True), ("yn", False), ("nn", False), ("", False)]
)
def test_all_servers_have_to_run_commands(seen: str, offered: bool) -> None:  # noqa: FBT001 - see pytest
    facts = [SimpleNamespace(expands_commands=one == "y") for one in seen]
    given = with_commands(Answers({"expands_commands": YES}), facts)  # type: ignore[arg-type]
    assert asked(given) is offered
    assert not asked(given.with_answer("keys.password", "none"))
    assert not asked(given.with_answer("neo4j", "3.5"))


def test_what_a_file_answers_is_kept_and_what_a_survey_saw_is_not_written() -> None:
    answers = complete(load(SHORT).with_answer("expands_commands", YES))
    assert 'password_in = "command"' in to_toml(answers)
    assert "expands_commands" not in to_toml(answers)
    assert parse(answers).key_password_in is KeyPasswordIn.COMMAND
    assert parse(load(SHORT.replace("[keys]\npassword_in", "#"))).key_password_in is (
        KeyPasswordIn.CONF
    )
