"""The decisions of a person: host keys once for all, the one yes, and where answers are kept."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wizard.engine.standing import Standing
from wizard.interview.answers import Answers, complete, load
from wizard.planning.plan import Plan
from wizard.prompts import LineAsker
from wizard.prompts.decisions import confirmed, save_answers
from wizard.prompts.looking import HostKeyDecision, Progress, ask_password_in
from wizard.remote.reaching import HostKeySeen, HostKeyState

ANSWERS = complete(
    Answers({"cluster.name": "payments", "servers": [{"name": "server1", "ssh": "a@h"}]})
)


def asker(*lines: str) -> tuple[LineAsker, io.StringIO]:
    shown = io.StringIO()
    return LineAsker(io.StringIO("".join(f"{line}\n" for line in lines)), shown), shown


def seen(server: str, print_: str = "SHA256:abc") -> HostKeySeen:
    return HostKeySeen(
        server=server,
        host="10.0.0.1",
        port=22,
        kind="ssh-ed25519",
        fingerprint=print_,
        state=HostKeyState.UNKNOWN,
    )


def test_host_keys_are_shown_together_and_accepted_once() -> None:
    person, shown = asker("yes")
    decision = HostKeyDecision(person)
    assert not decision.decide(seen("server1"))
    assert not decision.decide(seen("server2", "SHA256:def"))
    assert decision.ask()
    assert shown.getvalue().count("1  Yes") == 1
    for word in ("server1", "SHA256:abc", "server2", "SHA256:def", "unknown"):
        assert word in shown.getvalue()
    assert decision.decide(seen("server1"))


@pytest.mark.parametrize(("seen_", "kept"), [(True, "command"), (False, "conf")])
def test_where_the_password_stands_is_asked_only_where_there_is_a_choice(
    seen_: bool,  # noqa: FBT001 - a parameter of the test
    kept: str,
) -> None:
    person, shown = asker("2")
    session = SimpleNamespace(facts={"server1": SimpleNamespace(expands_commands=seen_)})
    answers = ask_password_in(person, ANSWERS, cast("Any", session))
    assert answers["keys.password_in"] == kept
    assert ("--expand-commands" in shown.getvalue()) is seen_


def test_a_key_that_was_not_shown_is_not_accepted() -> None:
    person, _shown = asker("yes")
    decision = HostKeyDecision(person)
    decision.decide(seen("server1"))
    decision.ask()
    assert not decision.decide(seen("server1", "SHA256:other"))


@pytest.mark.parametrize("answer", ["", "no", "back", "2"])
def test_anything_but_a_yes_accepts_no_key(answer: str) -> None:
    person, _shown = asker(answer)
    decision = HostKeyDecision(person)
    decision.decide(seen("server1"))
    assert not decision.ask()
    assert not decision.decide(seen("server1"))


def test_no_open_key_asks_nothing() -> None:
    person, shown = asker()
    assert not HostKeyDecision(person).ask()
    assert shown.getvalue() == ""


def plan(*to_suspend: str) -> Plan:
    named: Any = SimpleNamespace(
        settings=SimpleNamespace(cluster="payments"), to_suspend=to_suspend
    )
    return cast("Plan", named)


@pytest.mark.parametrize(
    ("lines", "practice", "yes"),
    [
        (["payments"], False, True),
        (["yes", "payments"], False, True),
        (["yes", ""], False, False),
        (["Payments", "no"], False, False),
        ([""], False, False),
        (["back"], False, False),
        (["yes"], True, True),
        ([""], True, False),
        (["?", "yes"], True, True),
    ],
)
def test_a_real_cluster_wants_its_name_typed(
    lines: list[str],
    practice: bool,  # noqa: FBT001 - one line of a table
    yes: bool,  # noqa: FBT001 - one line of a table
) -> None:
    person, _shown = asker(*lines)
    assert confirmed(person, plan(), practice=practice) is yes


@pytest.mark.parametrize(
    ("lines", "yes"),
    [
        (["suspended", "payments"], True),
        (["yes", "suspended", "payments"], True),
        (["payments", "", "payments"], False),
        (["suspended", ""], False),
        (["", "payments"], False),
    ],
)
def test_what_meddles_is_suspended_by_a_typed_word_before_the_yes(
    lines: list[str],
    yes: bool,  # noqa: FBT001 - one line of a table
) -> None:
    person, shown = asker(*lines)
    assert confirmed(person, plan("puppet", "monit"), practice=False) is yes
    told = " ".join(shown.getvalue().split())
    assert "Puppet and monit may change or start the servers" in told


def test_the_answers_are_saved_privately_under_the_clusters_name(tmp_path: Path) -> None:
    person, _shown = asker("")
    path = save_answers(person, ANSWERS, tmp_path)
    assert path == tmp_path / "payments.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert load(path) == ANSWERS


def test_another_file_is_replaced_only_after_a_yes(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("mine")
    person, _shown = asker("other.toml", "no", "-")
    assert save_answers(person, ANSWERS, tmp_path) is None
    assert other.read_text() == "mine"
    person, _shown = asker("other.toml", "yes")
    assert save_answers(person, ANSWERS, tmp_path) == other
    assert load(other) == ANSWERS


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    person, shown = asker("nowhere/a.toml", "-")
    assert save_answers(person, ANSWERS, tmp_path) is None
    assert "can't be written" in shown.getvalue()


def test_each_server_is_told_of_once_it_is_through_and_not_at_every_step() -> None:
    person, shown = asker()
    progress = Progress(person)
    for standing in Standing:
        progress.tell("server1", standing)
    told = shown.getvalue().splitlines()
    assert told[:2] == ["  server1: connecting", "  server1: logged in"]
    assert "  server1: looked at" in told
    assert len(told) < len(Standing)
