"""The interview line by line: Enter is enough, back loses nothing, and the answers are the same."""

from __future__ import annotations

import io

import pytest

from wizard.errors import AnswerError
from wizard.interview.answers import Answers, complete, load, parse, to_toml
from wizard.interview.fields import Raw
from wizard.model.secrets import Secrets
from wizard.model.settings import ClientAuth, KeyPassword
from wizard.prompts import LineAsker, ask_interview
from wizard.secret import Secret

ROWS: Raw = [{"name": "server1", "ssh": "a@10.0.0.1"}, {"name": "server2", "ssh": "a@10.0.0.2"}]
SHORT = """
format = 1
[cluster]
name = "payments"
[[servers]]
name = "server1"
ssh = "a@10.0.0.1"
[[servers]]
name = "server2"
ssh = "a@10.0.0.2"
"""
ENTERS = ["" for _ in range(60)]


class Echoing(LineAsker):
    """A terminal shows the Enter that ends a line; a pipe does not."""

    def line(self, prompt: str) -> str:
        typed = super().line(prompt)
        self.say()
        return typed


def asked(
    *lines: str, given: dict[str, Raw] | None = None, typed: Secrets | None = None
) -> tuple[Answers, Secrets, str]:
    """Hold the interview with these lines, then Enter until it ends."""
    shown = io.StringIO()
    asker = Echoing(io.StringIO("".join(f"{line}\n" for line in [*lines, *ENTERS])), shown)
    start: dict[str, Raw] = {"walk": "own"} if given is None else given
    answers, secrets = ask_interview(asker, start, typed=typed)
    return answers, secrets, shown.getvalue()


KNOWN: dict[str, Raw] = {"walk": "own", "cluster.name": "payments", "servers": ROWS}

TWO_SERVERS = (
    "payments",
    *("", "a@10.0.0.1", "", "yes"),
    *("", "a@10.0.0.2", "", "no"),
)


def test_the_same_answers_by_prompts_and_by_file_are_the_same_bytes() -> None:
    answers, _secrets, _shown = asked(*TWO_SERVERS)
    assert to_toml(answers) == to_toml(complete(load(SHORT)))
    assert parse(answers) == parse(load(SHORT))


def test_another_answer_is_another_setting() -> None:
    # Servers, agent, no jump, rights, no Neo4j user, four on trust, seven DN fields, two on keys.
    answers, _secrets, _shown = asked(*[""] * 6, *[""] * 14, "NONE", given=KNOWN)
    assert parse(answers).policy.client_auth is ClientAuth.NONE


def test_back_returns_one_question_and_loses_no_answer() -> None:
    lines = ("payments", "db1", "a@h1", "back", "<", "", "", "", "no")
    answers, _secrets, shown = asked(*lines)
    assert answers["cluster.name"] == "payments"
    assert parse(answers).servers[0].name == "db1"
    assert parse(answers).servers[0].ssh == "a@h1"
    assert "[db1, your answer]" in shown


def test_back_at_the_first_question_stays_there() -> None:
    answers, _secrets, shown = asked("back", *TWO_SERVERS)
    assert "This is the first question." in shown
    assert answers["cluster.name"] == "payments"


def test_back_skips_a_question_that_no_longer_applies() -> None:
    # A key file is chosen and named; back three times and the agent is chosen instead.
    lines = ("", "", "2", "~/k", "", "back", "back", "back", "1")
    answers, _secrets, _shown = asked(*lines, given=KNOWN)
    assert parse(answers).access.agent
    assert "access.identity_file" not in answers


def test_a_question_mark_says_why_and_what_each_choice_means() -> None:
    _answers, _secrets, shown = asked("", "", "?", given=KNOWN)
    assert "stores no password" in shown
    assert "One private key on this computer" in shown


def test_a_refused_answer_gets_its_sentence_and_another_try() -> None:
    answers, _secrets, shown = asked("payments", "Server 1", "db1", "a b", "a@b", "x_y", "", "no")
    for sentence in ("Use only a-z", "Write user@name:port", "no underscore"):
        assert sentence in shown
    assert parse(answers).servers[0].name == "db1"


def test_two_servers_do_not_get_the_same_name() -> None:
    _answers, _secrets, shown = asked("payments", "a", "x", "", "yes", "a", "b", "y", "", "no")
    assert "already called a" in shown


def test_a_country_is_found_by_its_name() -> None:
    lines = [*[""] * 10, "brit", "united kingdom"]
    answers, _secrets, shown = asked(*lines, given=KNOWN)
    assert "GB - United Kingdom" in shown
    assert answers["subject.country"] == "GB"


def test_a_minus_leaves_a_field_empty_where_that_is_allowed() -> None:
    given = {**KNOWN, "subject.organization": "Example", "subject.common_name": "x"}
    lines = [*[""] * 10, *[""] * 3, "-", "", "-", "y"]
    answers, _secrets, _shown = asked(*lines, given=given)
    assert answers["subject.organization"] == ""
    assert answers["subject.common_name"] == "y"


def test_known_servers_can_be_kept_or_named_again() -> None:
    kept, _secrets, _shown = asked(given=KNOWN)
    assert [server.name for server in parse(kept).servers] == ["server1", "server2"]
    again, _secrets, _shown = asked("", "2", "db9", "a@db9", "", "no", given=KNOWN)
    assert [server.name for server in parse(again).servers] == ["db9"]


def test_the_end_of_the_input_names_the_open_question() -> None:
    asker = LineAsker(io.StringIO("payments\n"), io.StringIO())
    with pytest.raises(AnswerError) as caught:
        ask_interview(asker, {"walk": "own"})
    assert caught.value.key == "rows.0.name"
    assert "--answers" in caught.value.hint


GOOD_PASSWORD = "correct-horse-7.battery"
TO_KEY_PASSWORD = [*[""] * 18, "ask"]


def test_a_password_is_typed_twice_checked_and_kept_out_of_the_answers() -> None:
    typed = ["short", GOOD_PASSWORD, "another", GOOD_PASSWORD, GOOD_PASSWORD]
    answers, secrets, shown = asked(*TO_KEY_PASSWORD, *typed, given=KNOWN)
    assert secrets.of("key_password") == Secret(GOOD_PASSWORD)
    assert parse(answers).key_password is KeyPassword.ASK
    assert "at least 12" in shown
    assert "did not match" in shown
    assert "Strength:" in shown
    assert GOOD_PASSWORD not in shown + to_toml(answers)


def test_a_password_for_a_way_not_taken_is_dropped() -> None:
    before = Secrets(common={"ssh_password": Secret("x"), "sudo_password": Secret("y")})
    _answers, secrets, _shown = asked("", "", "password", "", given=KNOWN, typed=before)
    assert dict(secrets.common) == {"ssh_password": Secret("x")}


def test_every_practice_heading_says_so() -> None:
    shown = io.StringIO()
    asker = LineAsker(io.StringIO("\n" * 60), shown)
    ask_interview(asker, {"walk": "practice"}, practice={"cluster.name": "p", "servers": ROWS})
    headings = [line for line in shown.getvalue().splitlines() if "Step " in line]
    assert len(headings) >= 6
    assert all(line.startswith("PRACTICE - ") for line in headings)
    assert "from the practice cluster" in shown.getvalue()


def test_lines_fit_a_narrow_terminal() -> None:
    _answers, _secrets, shown = asked("?", *TWO_SERVERS, "?", "?")
    assert [line for line in shown.splitlines() if len(line) > 80] == []


def test_a_neo4j_user_is_asked_for_its_password_and_may_be_left_out() -> None:
    lines = [*[""] * 5, "reader", "the Neo4j one"]
    answers, secrets, _shown = asked(*lines, given=KNOWN)
    assert parse(answers).login_user == "reader"
    assert secrets.of("neo4j_password") == Secret("the Neo4j one")
    assert "the Neo4j one" not in to_toml(answers)
    without, secrets, _shown = asked(given=KNOWN)
    assert parse(without).login_user is None
    assert secrets.of("neo4j_password") is None
