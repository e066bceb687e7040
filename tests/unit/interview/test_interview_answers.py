"""The answers file: read strictly, written the same way every time, and equal to the interview."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as within
from hypothesis import strategies as st

from wizard.errors import AnswerError
from wizard.interview import INTERVIEW
from wizard.interview.answers import (
    Answers,
    complete,
    for_interview,
    load,
    parse,
    to_toml,
    unasked,
)
from wizard.interview.fields import Raw, SecretField
from wizard.model.settings import SHARED_CA_ACCEPTED, Become, KeyAlgorithm, TrustModel
from wizard.model.version import Version

SHORT = """
format = 1
[cluster]
name = "payments"
[[servers]]
name = "server1"
ssh = "admin@10.0.0.1"
[[servers]]
name = "server2"
ssh = "admin@10.0.0.2:2222"
"""

ROWS: Raw = [
    {"name": "server1", "ssh": "admin@10.0.0.1"},
    {"name": "server2", "ssh": "admin@10.0.0.2:2222"},
]


def interviewed(**more: Raw) -> Answers:
    """What an interview holds after Enter on every question but the names."""
    given: dict[str, Raw] = {"walk": "own", "cluster.name": "payments", "servers": ROWS, **more}
    for step in INTERVIEW:
        for field in step.fields:
            if field.applies(given) and not isinstance(field, SecretField):
                given.setdefault(field.key, field.default(given).value)
    return Answers(given)


def test_the_interview_and_the_answers_file_come_to_the_same() -> None:
    by_file, by_person = load(SHORT), interviewed()
    assert parse(by_file) == parse(complete(by_file)) == parse(complete(by_person))
    assert to_toml(complete(by_file)) == to_toml(complete(by_person))


def test_another_answer_comes_to_something_else() -> None:
    other = complete(interviewed(**{"keys.algorithm": "rsa-4096"}))
    assert parse(other) != parse(load(SHORT))
    assert parse(other).algorithm is KeyAlgorithm.RSA_4096


def test_completing_twice_changes_nothing() -> None:
    once = complete(interviewed())
    assert complete(once) == once
    assert load(to_toml(once)) == once


def test_the_example_of_every_key_is_read() -> None:
    settings = parse(
        load(
            SHORT.replace("format = 1", 'format = 1\nneo4j = "5.26"\nsecrets = "/s.toml"')
            + 'address = "db2.example"\nhome = "/n"\nconf = "/c"\nlogs = "/l"\nservice = "bin"\n'
            + '[access]\nagent = true\npassword = "ask"\njump = "bastion"\n'
            + 'known_hosts = "~/k"\nbecome = "sudo"\n[neo4j_login]\nuser = "neo4j"\n'
            + '[trust]\nmodel = "existing"\nca_key = "destroy"\n[keys]\nlifetime_days = 90\n'
            + '[policy]\ntls_versions = ["TLSv1.2", "TLSv1.3"]\n'
        )
    )
    assert settings.neo4j == Version(5, 26)
    assert settings.secrets_file == "/s.toml"
    assert settings.servers[1].service == "bin"
    assert settings.access.agent
    assert settings.access.ask_password
    assert settings.access.become is Become.SUDO
    assert settings.trust is TrustModel.EXISTING
    assert settings.login_user == "neo4j"
    assert settings.policy.tls_versions == ("TLSv1.2", "TLSv1.3")


def test_a_command_of_ones_own_gains_the_rights_where_it_is_chosen() -> None:
    chosen = f"{SHORT}[access]\nbecome = 'command'\n"
    named = load(chosen + "become_command = 'doas -n -u neo4j'\n")
    assert parse(named).access.become_command == "doas -n -u neo4j"
    assert load(to_toml(complete(named)))["access.become_command"] == "doas -n -u neo4j"
    with pytest.raises(AnswerError) as nameless:
        parse(load(chosen))
    assert nameless.value.key == "access.become_command"
    other = load(f"{SHORT}[access]\nbecome = 'sudo'\nbecome_command = 'doas -n'\n")
    assert parse(other).access.become_command == ""
    assert "access.become_command" not in complete(other)


@pytest.mark.parametrize(
    ("access", "ways"),
    [
        ("", (True, False, None)),
        ("identity_file = '~/k'", (False, False, "~/k")),
        ("password = 'ask'", (False, True, None)),
        ("agent = false", (False, False, None)),
        ("agent = true\nidentity_file = '~/k'", (True, False, "~/k")),
    ],
)
def test_without_another_way_to_log_in_the_agent_is_used(
    access: str, ways: tuple[bool, bool, str | None]
) -> None:
    read = parse(load(f"{SHORT}[access]\n{access}\n")).access
    assert (read.agent, read.ask_password, read.identity_file) == ways


@pytest.mark.parametrize("login", ["agent", "identity", "password"])
def test_the_chosen_way_to_log_in_is_the_only_one(login: str) -> None:
    answers = complete(interviewed(login=login))
    access = parse(answers).access
    ways = (access.agent, access.identity_file is not None, access.ask_password)
    assert ways == (login == "agent", login == "identity", login == "password")
    assert for_interview(answers)["login"] == login


def test_a_question_that_no_longer_applies_leaves_no_answer() -> None:
    changed = interviewed(**{"trust.ca_key": "destroy"}).with_answer("trust.model", "self-signed")
    assert complete(changed)["trust.ca_key"] == "keep"


def test_tls_versions_are_one_choice_in_the_interview_and_a_list_in_the_file() -> None:
    answers = complete(interviewed(**{"policy.tls_versions": "TLSv1.2,TLSv1.3"}))
    assert answers["policy.tls_versions"] == ["TLSv1.2", "TLSv1.3"]
    assert for_interview(answers)["policy.tls_versions"] == "TLSv1.2,TLSv1.3"
    assert load(to_toml(answers)) == answers


def test_what_is_only_in_the_file_survives_the_interview() -> None:
    read = load(SHORT.replace("format = 1", 'format = 1\nsecrets = "/s"\nneo4j = "4.4"'))
    assert dict(unasked(read)) == {"secrets": "/s", "neo4j": "4.4"}


def test_answers_are_values_nobody_changes_from_outside() -> None:
    rows = [{"name": "a", "ssh": "b"}]
    answers = Answers({"servers": rows})
    rows[0]["name"] = "changed"
    inside = answers["servers"]
    assert isinstance(inside, list)
    inside.clear()
    assert answers["servers"] == [{"name": "a", "ssh": "b"}]
    assert answers.with_answer("x", "y") != answers
    assert "x" not in answers
    assert answers.with_answer("x", "y").without("x") == answers


REFUSED = {
    "empty": ("", "format"),
    "another format": ("format = 2", "format"),
    "a yes as format": ("format = true", "format"),
    "no TOML": ("format = = 1", "answers"),
    "no servers": ('format = 1\n[cluster]\nname = "x"', "servers"),
    "a server as text": ('format = 1\nservers = ["a"]\n[cluster]\nname = "x"', "servers"),
    "one table": ('format = 1\n[cluster]\nname = "x"\n[servers]\nname = "a"', "servers"),
    "no cluster": ('format = 1\n[[servers]]\nname = "a"\nssh = "b"', "cluster.name"),
    "no name": (SHORT + '[[servers]]\nssh = "x"', "servers.3.name"),
    "no ssh": (SHORT + '[[servers]]\nname = "db3"', "servers.db3.ssh"),
    "the same name": (SHORT + '[[servers]]\nname = "server1"\nssh = "x"', "servers"),
    "a bad label": (SHORT + '[[servers]]\nname = "A b"\nssh = "x"', "servers.3.name"),
    "a bad address": (SHORT + 'address = "a_b"', "servers.server2.address"),
    "an unknown key of a server": (SHORT + 'adress = "a"', "servers.server2.adress"),
    "a number of a server": (SHORT + "home = 5", "servers.server2.home"),
    "an unknown key": (SHORT + '[subject]\ncontry = "GB"', "subject.contry"),
    "an unknown table": (SHORT + "[policies]\n", "policies"),
    "an unknown top key": ("colour = 1\n" + SHORT, "colour"),
    "a table as text": ("trust = 'x'\n" + SHORT, "trust"),
    "a text for days": (SHORT + '[keys]\nlifetime_days = "long"', "keys.lifetime_days"),
    "a yes for days": (SHORT + "[keys]\nlifetime_days = true", "keys.lifetime_days"),
    "too many days": (SHORT + "[keys]\nlifetime_days = 9999", "keys.lifetime_days"),
    "a password": (SHORT + '[access]\npassword = "hunter2"', "access.password"),
    "a bad choice": (SHORT + '[policy]\nclient_auth = "REQUIRED"', "policy.client_auth"),
    "no TLS version": (SHORT + "[policy]\ntls_versions = []", "policy.tls_versions"),
    "an old TLS version": (SHORT + '[policy]\ntls_versions = ["TLSv1.1"]', "policy.tls_versions"),
    "a number for TLS": (SHORT + "[policy]\ntls_versions = 1.3", "policy.tls_versions"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_answer_is_named_with_a_sentence(case: str) -> None:
    text, key = REFUSED[case]
    with pytest.raises(AnswerError) as caught:
        load(text)
    assert caught.value.key == key
    assert caught.value.message.endswith(".")
    assert caught.value.message.isprintable()


def test_a_slip_gets_the_word_that_was_meant() -> None:
    with pytest.raises(AnswerError, match="contry") as caught:
        load(SHORT + '[subject]\ncontry = "GB"')
    assert caught.value.hint == "Did you mean country?"


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(AnswerError, match="line 3"):
        load("format = 1\n\nname = = 3\n")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnswerError, match=r"none\.toml"):
        load(tmp_path / "none.toml")


def test_a_file_is_read_with_the_mark_that_some_editors_write(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SHORT.encode())
    assert load(path) == load(SHORT)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(AnswerError, match="UTF-8"):
        load(path)


PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)
PLACES = st.text(st.sampled_from("aZ9é,+\"\\<>;=#[]{}'ß"), min_size=0, max_size=30)


@st.composite
def answers_of_people(draw: st.DrawFn) -> Answers:
    names = draw(
        st.lists(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), min_size=1, unique=True)
    )
    given: dict[str, Raw] = {
        "cluster.name": draw(PLAIN),
        "servers": [{"name": name, "ssh": f"a@{name}"} for name in names],
        "login": draw(st.sampled_from(["agent", "identity", "password"])),
        "access.identity_file": draw(st.just("~/.ssh/id") | st.just("/k")),
        "trust.model": draw(st.sampled_from(["private-ca", "self-signed"])),
        "subject.organization": draw(PLACES),
        "subject.locality": draw(PLACES),
        "keys.lifetime_days": draw(st.integers(30, 3650)),
        "policy.tls_versions": draw(
            st.sampled_from(["version-default", "TLSv1.3", "TLSv1.2,TLSv1.3"])
        ),
    }
    dropped = draw(st.sets(st.sampled_from(["login", "trust.model", "subject.locality"])))
    return Answers(given).without(*dropped)


@within(deadline=None)
@given(answers_of_people())
def test_what_was_written_is_read_back_equal(answers: Answers) -> None:
    whole = complete(answers)
    text = to_toml(whole)
    assert load(text) == whole
    assert to_toml(load(text)) == text
    assert parse(load(text)) == parse(whole)


def test_requests_ask_for_rsa_unless_somebody_says_otherwise() -> None:
    requested = interviewed(**{"trust.model": "request"})
    assert parse(complete(requested)).algorithm is KeyAlgorithm.RSA_3072
    assert parse(load(f'{SHORT}[trust]\nmodel = "request"\n')).algorithm is KeyAlgorithm.RSA_3072
    chosen = requested.with_answer("keys.algorithm", "ec-p256")
    assert parse(complete(chosen)).algorithm is KeyAlgorithm.EC_P256


def test_a_shared_ca_is_accepted_by_one_sentence_alone() -> None:
    trust = f'{SHORT}[trust]\nmodel = "existing"\nmaterial = "/box"\nshared_ca = '
    settings = parse(load(f'{trust}"{SHARED_CA_ACCEPTED}"\n'))
    assert (settings.material, settings.shared_ca_accepted) == ("/box", True)
    for other in ("yes", SHARED_CA_ACCEPTED.lower(), f"{SHARED_CA_ACCEPTED}!"):
        with pytest.raises(AnswerError) as caught:
            load(f'{trust}"{other}"\n')
        assert caught.value.key == "trust.shared_ca"


def test_what_is_suspended_is_a_list_of_words_and_stays_one() -> None:
    head = 'format = 1\n[cluster]\nname = "c"\n[[servers]]\nname = "s"\nssh = "a@b"\n[apply]\n'
    answers = load(head + 'suspended = ["puppet", "monit"]\n')
    assert parse(answers).suspended == ("puppet", "monit")
    assert parse(load(to_toml(complete(answers)))).suspended == ("puppet", "monit")
    for wrong in ('"puppet"', "[]", "[1]", "true"):
        with pytest.raises(AnswerError) as caught:
            load(f"{head}suspended = {wrong}\n")
        assert caught.value.key == "apply.suspended"
