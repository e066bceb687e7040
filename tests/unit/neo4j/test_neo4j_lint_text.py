"""Each mistake in the text of a neo4j.conf is told at its line, and what Neo4j accepts is not."""

from __future__ import annotations

import pytest

from wizard.model.problems import Problem, Severity
from wizard.model.version import Version
from wizard.neo4j.conf import BEGIN, END
from wizard.neo4j.lint import lint

V35, V41, V44, V526, V2025 = (
    Version(3, 5),
    Version(4, 1),
    Version(4, 4),
    Version(5, 26),
    Version(2025, 10),
)
ALL = (V35, V44, V526, V2025)
CANARY = "hunter2secret"
UNSTRICT = "server.config.strict_validation.enabled=false\n"


def told(text: str | bytes, version: Version, code: str) -> list[Problem]:
    raw = text if isinstance(text, bytes) else text.encode("iso-8859-1")
    return [problem for problem in lint(raw, version) if problem.code == code]


def one(text: str | bytes, version: Version, code: str) -> tuple[int | None, Severity]:
    (problem,) = told(text, version, code)
    assert problem.message.endswith(".")
    assert problem.hint
    return problem.line, problem.severity


@pytest.mark.parametrize("version", ALL)
def test_an_ordinary_file_has_nothing_wrong(version: Version) -> None:
    prefix = "server" if version >= Version(5, 0) else "dbms"
    text = (
        "# A comment # with a sign \\\n\n"
        f"{prefix}.directories.logs=/var/log/neo4j\n"
        f"{prefix}.jvm.additional=-Da=b\n"
        f"{prefix}.jvm.additional=-Dc=d  # e\n"
        f"{prefix}.jvm.additional=\\\n  -De=f\n"
        "! another\n"
    )
    assert [p for p in lint(text.encode(), version) if p.code != "comment-in-value"] == []


@pytest.mark.parametrize("raw", [b"", b"\n", b"# only this", b"#\r\n\r\n!x\r"])
@pytest.mark.parametrize("version", ALL)
def test_a_file_that_sets_nothing_is_accepted(raw: bytes, version: Version) -> None:
    assert lint(raw, version) == ()


# Settings that stand twice.


def test_a_second_value_is_fatal_from_5_on_and_wins_in_4_and_loses_in_3() -> None:
    text = "dbms.mode=CORE\n\ndbms.mode=SINGLE\n"
    assert one(text, V526, "setting-repeated") == (3, Severity.ERROR)
    assert "refuses" in told(text, V526, "setting-repeated")[0].message
    assert "takes the last" in told(text, V44, "setting-repeated")[0].message
    assert "takes the first" in told(text, V35, "setting-repeated")[0].message
    assert one(text, V44, "setting-repeated") == (3, Severity.WARNING)
    assert told("dbms.mode=CORE\n#dbms.mode=SINGLE\n", V526, "setting-repeated") == []


def test_a_second_value_is_only_a_warning_where_strict_validation_is_off() -> None:
    text = UNSTRICT + "dbms.x=1\ndbms.x=2\n"
    assert one(text, V526, "setting-repeated") == (3, Severity.WARNING)


def test_the_same_value_twice_is_only_a_note_in_4() -> None:
    assert one("dbms.mode=CORE\ndbms.mode=CORE\n", V44, "setting-repeated")[1] is Severity.NOTE


def test_a_password_that_stands_twice_would_be_logged_which_is_said_without_it() -> None:
    key = "dbms.ssl.policy.cluster.private_key_password"
    text = f"{key}={CANARY}\n{key}={CANARY}1\n"
    (problem,) = told(text, V44, "setting-repeated")
    assert "both values" in problem.message
    assert "log" in problem.message
    same = f"{key}={CANARY}\n{key}={CANARY}\n"
    assert one(same, V44, "setting-repeated")[1] is Severity.WARNING
    assert "log" not in told(text, V526, "setting-repeated")[0].message


@pytest.mark.parametrize("version", ALL)
def test_options_of_java_may_stand_twice(version: Version) -> None:
    text = "dbms.jvm.additional=-Da=b\ndbms.jvm.additional=-Da=c\n"
    assert told(text, version, "setting-repeated") == []


# Comments behind values.


def test_a_comment_behind_a_switch_stops_the_start() -> None:
    text = "dbms.x=1\ndbms.connector.bolt.enabled=true  # x\n"
    assert one(text, V44, "comment-in-value") == (2, Severity.ERROR)
    assert "`true  # x`" in told(text, V44, "comment-in-value")[0].message


def test_a_comment_behind_an_unknown_switch_is_no_error_where_nobody_reads_it() -> None:
    text = "server.bolt.enabled=true  # x\n"
    assert one(text, V44, "comment-in-value") == (1, Severity.WARNING)
    assert one(text, V526, "comment-in-value") == (1, Severity.ERROR)


@pytest.mark.parametrize("value", ["a#b", "a!b", "#fff", "http://a/b", "(&(a=*)(b={0}))", "a //b"])
def test_signs_that_belong_to_a_value_are_no_comment(value: str) -> None:
    assert told(f"dbms.x={value}\n", V526, "comment-in-value") == []


def test_the_comment_behind_a_password_is_told_without_the_password() -> None:
    (problem,) = told(f"dbms.a_password={CANARY} # x\n", V526, "comment-in-value")
    assert CANARY not in f"{problem}"


# Blanks at the end.

KEY = "dbms.ssl.policy.cluster.private_key"
ENABLED = "dbms.ssl.policy.cluster.enabled=true\n"


def test_blanks_behind_a_path_of_a_policy_in_use_stop_the_start() -> None:
    assert one(f"{ENABLED}{KEY}=a.key \n", V526, "blanks-after-path") == (2, Severity.ERROR)
    assert one(f"{KEY}=a.key\t\n", V44, "blanks-after-path") == (1, Severity.WARNING)
    assert told(f"{ENABLED}{KEY}=a.key\n", V526, "blanks-after-path") == []
    assert told(f"{ENABLED}{KEY} =  a.key\n", V526, "blanks-after-path") == []


def test_blanks_behind_revoked_dir_only_leave_it_unread() -> None:
    text = ENABLED + "dbms.ssl.policy.cluster.revoked_dir=revoked \n"
    assert one(text, V526, "blanks-after-path") == (2, Severity.WARNING)
    text = ENABLED + "dbms.ssl.policy.cluster.trusted_dir=trusted \n"
    assert one(text, V526, "blanks-after-path") == (2, Severity.ERROR)


def test_blanks_that_neo4j_drops_are_one_note() -> None:
    text = "dbms.mode=CORE \ndbms.x=1\t\ndbms.jvm.additional=-Da=b \n"
    assert one(text, V44, "blanks-after-value") == (1, Severity.NOTE)
    assert "Lines 1 and 2 end" in told(text, V44, "blanks-after-value")[0].message


# Backslashes.


@pytest.mark.parametrize("version", ALL)
def test_a_bad_u_stops_every_version_and_the_rest_is_still_looked_at(version: Version) -> None:
    text = "dbms.a=1\ndbms.directories.logs=C:\\users\\neo4j\ndbms.a=1\n"
    assert one(text, version, "escape-malformed") == (2, Severity.ERROR)
    assert one(text, version, "setting-repeated")[0] == 3
    assert told("dbms.a=\\u0041\n", version, "escape-malformed") == []


def test_a_windows_path_loses_its_backslashes() -> None:
    text = "dbms.directories.logs=C:\\neo4j\\certs\n"
    assert one(text, V44, "backslash-in-path") == (1, Severity.WARNING)
    assert "`C:\\x0aeo4jcerts`" in told(text, V44, "backslash-in-path")[0].message
    assert told("dbms.directories.logs=C:\\\\neo4j\\\\certs\n", V44, "backslash-in-path") == []
    assert told("dbms.directories.logs=C:/neo4j\n", V44, "backslash-in-path") == []


def test_a_password_loses_its_backslash_which_is_told_without_it() -> None:
    (problem,) = told(f"dbms.a_password=a\\{CANARY}\n", V526, "backslash-in-secret")
    assert problem.severity is Severity.WARNING
    assert told("dbms.a_password=a\\\\b\n", V526, "backslash-in-secret") == []


def test_a_backslash_that_only_disappears_is_a_note() -> None:
    assert one("dbms.x=apoc.\\*\n", V44, "backslash-dropped") == (1, Severity.NOTE)
    assert told("dbms.x=a\\:b\\=c\\#d\\!\\ e\\u0041\n", V44, "backslash-dropped") == []


# Lines swallowed by a backslash.


def test_a_swallowed_setting_is_named_at_its_own_line() -> None:
    text = "dbms.a=b \\\n  dbms.mode=CORE\ndbms.c=d\n"
    assert one(text, V44, "line-swallowed") == (2, Severity.WARNING)
    (problem,) = told(text, V44, "line-swallowed")
    assert problem.key == "dbms.mode"
    assert "dbms.a" in problem.message


def test_a_swallowed_setting_of_a_policy_is_encryption_that_is_silently_off() -> None:
    assert one(f"dbms.a=b\\\n{ENABLED}", V526, "line-swallowed") == (2, Severity.ERROR)


def test_a_swallowed_comment_is_told_and_a_list_over_several_lines_is_not() -> None:
    assert one("dbms.a=b,\\\n# c\n", V44, "line-swallowed") == (2, Severity.WARNING)
    assert (
        told('dbms.a=\\\n "cn=x,dc=y" = reader ;\\\n "cn=z" = admin\n', V44, "line-swallowed") == []
    )
    assert told("# a comment \\\ndbms.mode=CORE\n", V44, "line-swallowed") == []


def test_a_password_in_a_swallowed_line_is_never_shown() -> None:
    text = f"dbms.directories.logs=c:\\x\\\ndbms.a_password={CANARY}\n"
    for version in ALL:
        assert CANARY not in f"{lint(text.encode(), version)}"


# Quotes.


def test_quotes_are_a_part_of_the_value() -> None:
    assert one('dbms.connector.bolt.enabled="true"\n', V44, "value-in-quotes") == (
        1,
        Severity.ERROR,
    )
    assert one("dbms.directories.logs='/x'\n", V44, "value-in-quotes") == (1, Severity.WARNING)
    for value in ('"a" = b ; "c"', '"', '"a', 'a"b"'):
        assert told(f"dbms.x={value}\n", V526, "value-in-quotes") == []
    assert told('server.jvm.additional="-Da=b c"\n', V526, "value-in-quotes") == []


def test_a_path_that_a_policy_in_use_needs_weighs_more() -> None:
    key = "dbms.ssl.policy.cluster.base_directory"
    for value, code in (('"/x"', "value-in-quotes"), ("C:\\neo4j\\x", "backslash-in-path")):
        assert one(f"{ENABLED}{key}={value}\n", V526, code) == (2, Severity.ERROR)
        assert one(f"{key}={value}\n", V526, code) == (1, Severity.WARNING)


def test_one_mistake_is_told_once_and_weighs_what_it_does() -> None:
    text = "dbms.ssl.policy.cluster.client_auth=REQUIRE # x\n"
    assert one(text, V44, "comment-in-value") == (1, Severity.ERROR)
    assert "NONE, OPTIONAL, REQUIRE" in told(text, V44, "comment-in-value")[0].evidence
    assert told(text, V44, "setting-refused") == []
    assert told(text.replace(" # x", "D"), V44, "setting-refused") != []


# Letters.


def test_utf_8_is_misread_before_2025_and_read_from_then_on() -> None:
    raw = "dbms.a=1\ndbms.x=Grün\n".encode()
    for version in (V35, V44, V526):
        assert one(raw, version, "letters-misread") == (2, Severity.WARNING)
    assert told(raw, V2025, "letters-misread") == []
    assert told("# Grün\n".encode(), V44, "letters-misread") == []


def test_iso_8859_1_is_lost_from_2025_on_and_read_before() -> None:
    raw = "dbms.a=1\ndbms.x=Grün\n".encode("iso-8859-1")
    assert one(raw, V2025, "not-utf-8") == (2, Severity.WARNING)
    assert told(raw, V526, "not-utf-8") == told(raw, V526, "letters-misread") == []


def test_a_byte_order_mark_spoils_the_first_line() -> None:
    raw = b"\xef\xbb\xbfdbms.mode=CORE\n"
    assert one(raw, V44, "byte-order-mark") == (1, Severity.WARNING)
    assert one(raw, V526, "byte-order-mark") == (1, Severity.ERROR)
    assert one(b"\xef\xbb\xbf# x\ndbms.a=1\n", V44, "byte-order-mark") == (1, Severity.NOTE)
    assert one(b"\xef\xbb\xbf# x\ndbms.a=1\n", V2025, "byte-order-mark") == (1, Severity.ERROR)


@pytest.mark.parametrize("version", [V526, V2025])
def test_a_no_break_space_in_a_name_stops_the_start(version: Version) -> None:
    raw = "dbms.a=1\n\u00a0dbms.x=1\n".encode()
    assert one(raw, version, "unseen-blank") == (2, Severity.ERROR)
    assert told(b"dbms.a=1\n dbms.x=1\n", version, "unseen-blank") == []


# Commands.


def test_commands_are_one_note_with_the_mode_and_the_cron_jobs() -> None:
    text = "server.a=1\nserver.b=$(hostname)\nserver.c=$(hostname -i)\n"
    assert one(text, V526, "command-in-value") == (2, Severity.NOTE)
    (problem,) = told(text, V526, "command-in-value")
    assert "0640" in problem.message
    assert "--expand-commands" in problem.message
    assert "neo4j-admin" in problem.hint
    assert told("server.a=$hostname\n", V526, "command-in-value") == []


@pytest.mark.parametrize("version", [V35, V41])
def test_before_4_2_a_command_is_taken_as_it_stands(version: Version) -> None:
    assert one("dbms.b=$(hostname)\n", version, "command-not-run") == (1, Severity.WARNING)


@pytest.mark.parametrize("value", ["$(hostname):6000", "a-$(x)", "${HOST}", "$HOST:5000", "%HOST%"])
def test_half_a_command_and_a_variable_are_taken_as_they_stand(value: str) -> None:
    assert one(f"server.a={value}\n", V526, "command-not-run") == (1, Severity.WARNING)


@pytest.mark.parametrize("value", ["a$b", "5%", "cn=%a,b%", "$", "a b $c"])
def test_dollars_and_percents_are_no_variables_by_themselves(value: str) -> None:
    assert told(f"server.a={value}\n", V526, "command-not-run") == []


# Names.


def test_prose_without_a_sign_is_no_setting() -> None:
    text = "dbms.a=1\nThis was meant as a comment\n"
    assert one(text, V526, "no-setting") == (2, Severity.ERROR)
    assert one(text, V44, "no-setting") == (2, Severity.WARNING)


def test_names_in_capitals_are_told() -> None:
    text = "dbms.a=1\nSERVER.default_listen_address=0.0.0.0\n"
    assert one(text, V526, "name-in-capitals") == (2, Severity.ERROR)
    assert one(text, V44, "name-in-capitals") == (2, Severity.WARNING)
    assert "server.default_listen_address" in told(text, V526, "name-in-capitals")[0].hint
    assert told("dbms.security.oidc.MyProvider.x=1\n", V526, "name-in-capitals") == []


def test_a_slip_in_the_name_of_an_address_is_told_with_what_was_meant() -> None:
    text = "dbms.a=1\nserver.cluster.advertized_address=a:6000\n"
    assert one(text, V526, "name-misspelt") == (2, Severity.ERROR)
    assert "server.cluster.advertised_address" in told(text, V526, "name-misspelt")[0].hint
    assert one(UNSTRICT + text, V526, "name-misspelt") == (3, Severity.WARNING)


@pytest.mark.parametrize(
    "name",
    [
        *("server.http.listen_address", "server.https.listen_address", "server.bolt.enabled"),
        *("server.cluster.raft.listen_address", "dbms.cluster.catchup.something"),
    ],
)
def test_names_that_are_only_alike_are_left_alone(name: str) -> None:
    assert told(f"{name}=1\n", V526, "name-misspelt") == []


# Strict validation, APOC and other versions.


@pytest.mark.parametrize("version", ALL)
def test_a_switch_of_strictness_that_is_none_stops_every_version(version: Version) -> None:
    text = "dbms.a=1\ndbms.config.strict_validation=no\n"
    assert one(text, version, "switch-refused") == (2, Severity.ERROR)
    assert told("dbms.config.strict_validation=True\n", version, "switch-refused") == []


def test_settings_of_apoc_have_a_file_of_their_own_from_5_on() -> None:
    text = "dbms.a=1\napoc.import.file.enabled=true\n"
    assert one(text, V526, "setting-of-apoc") == (2, Severity.ERROR)
    assert told(text, V44, "setting-of-apoc") == []
    assert told(UNSTRICT + text, V526, "setting-of-apoc") == []


def test_a_comment_behind_an_address_stops_the_start_from_4_on() -> None:
    text = "dbms.default_advertised_address=db1.example # x\n"
    assert one(text, V44, "comment-in-value") == (1, Severity.ERROR)
    text = "dbms.connectors.default_advertised_address=db1.example # x\n"
    assert one(text, V35, "comment-in-value") == (1, Severity.WARNING)


def test_a_name_of_another_version_is_told_with_its_name_in_this_one() -> None:
    text = "dbms.a=1\ncausal_clustering.raft_advertised_address=db1:7000\n"
    (problem,) = told(text, V526, "setting-of-another-version")
    assert (problem.line, problem.severity) == (2, Severity.NOTE)
    assert "server.cluster.raft.advertised_address" in problem.hint
    gone = "dbms.a=1\nserver.discovery.advertised_address=db1:5000\n"
    assert one(gone, V2025, "setting-of-another-version") == (2, Severity.ERROR)
    assert told(gone, V526, "setting-of-another-version") == []
    assert told(text, V44, "setting-of-another-version") == []
    later = "server.cluster.raft.advertised_address=db1:7000\n"
    assert one(later, V44, "setting-of-another-version") == (1, Severity.WARNING)
    migrated = "dbms.memory.pagecache.size=1g\n"
    assert one(migrated, V526, "setting-of-another-version") == (1, Severity.NOTE)


def test_before_4_2_blanks_behind_a_switch_stop_the_start() -> None:
    text = "dbms.connector.bolt.enabled=true \n"
    for version in (V35, V41):
        assert one(text, version, "blanks-after-switch") == (1, Severity.ERROR)
        assert told(text, version, "blanks-after-value") == []
    assert told(text, V44, "blanks-after-switch") == []


# Who else writes it.


@pytest.mark.parametrize("tool", ["Puppet", "Ansible", "Chef"])
def test_a_head_that_names_a_tool_is_a_note(tool: str) -> None:
    assert one(f"# Managed by {tool}\ndbms.a=1\n", V44, "conf-managed") == (1, Severity.NOTE)
    assert told(f"dbms.a={tool}\n" + "\n" * 20 + f"# {tool}\n", V44, "conf-managed") == []


def test_a_container_that_wrote_its_own_name_is_a_note() -> None:
    text = "dbms.a=1\nserver.cluster.advertised_address=b8a13d3b0c6f:6000\n"
    assert one(text, V526, "container-wrote-this") == (2, Severity.NOTE)
    assert told("server.cluster.advertised_address=db1:6000\n", V526, "container-wrote-this") == []


def test_a_broken_or_edited_block_of_the_wizard_is_told() -> None:
    line = "dbms.ssl.policy.cluster.client_auth=REQUIRE\n"
    whole = f"dbms.a=1\n{BEGIN}\n{line}{END}\n"
    assert told(whole, V44, "wizard-block-broken") == told(whole, V44, "wizard-block-edited") == []
    assert one(whole.replace(END, ""), V44, "wizard-block-broken") == (2, Severity.WARNING)
    turned = f"{END}\n{line}{BEGIN}\n"
    assert one(turned, V44, "wizard-block-broken") == (1, Severity.WARNING)
    edited = whole.replace(line, line + "dbms.mode=CORE\n")
    assert one(edited, V44, "wizard-block-edited") == (4, Severity.NOTE)


# Other files.


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS"),
        ("\ufeffdbms.mode=CORE\n".encode("utf-16-le"), "UTF-16"),
        ("dbms.mode=CORE\n".encode("utf-16-be"), "UTF-16"),
        (b"<!DOCTYPE html>\n<html></html>\n", "web page"),
        (b"<?xml version='1.0'?>\n<a/>\n", "XML"),
        (b'{\n "dbms.mode": "CORE"\n}\n', "JSON"),
        (b"---\nneo4j:\n  config: x\n", "YAML"),
        (b"# values\nconfig:\n  dbms.mode: CORE\n", "YAML"),
        (b"-----BEGIN CERTIFICATE-----\nabc\n", "PEM"),
        (b"#!/bin/sh\necho x\n", "script"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)), "binary"),
        (b"dbms.a=1\n" * 200_000, "larger"),
    ],
)
@pytest.mark.parametrize("version", ALL)
def test_another_file_is_exactly_one_error(raw: bytes, word: str, version: Version) -> None:
    (problem,) = lint(raw, version)
    assert (problem.code, problem.severity) == ("not-a-conf", Severity.ERROR)
    assert word in problem.message


def test_the_properties_of_something_else_are_refused_by_5_and_ignored_by_4() -> None:
    raw = b"log4j.rootLogger=INFO\nlog4j.appender.a=b\n"
    (problem,) = lint(raw, V526)
    assert problem.code == "not-a-conf"
    assert one(raw, V44, "no-setting-of-neo4j") == (None, Severity.WARNING)


def test_problems_come_in_the_order_of_lines_and_name_the_file() -> None:
    raw = b"dbms.b=1 \nThis is prose\ndbms.c=a\\\ndbms.d=1\ndbms.b=2\n"
    problems = lint(raw, V526, file="x.conf")
    lines = [problem.line or 0 for problem in problems]
    assert lines == sorted(lines)
    assert {problem.file for problem in problems} == {"x.conf"}
