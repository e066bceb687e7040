"""Changing neo4j.conf: only the wizard's keys change, every other byte stays, twice is once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.errors import ConfError
from wizard.neo4j.conf import BEGIN, END, Conf, same_key

REAL = Path(__file__).parents[4] / "shared" / "real-confs"
POLICY = "dbms.ssl.policy.cluster."
OURS = [(POLICY + "enabled", "true"), (POLICY + "private_key_password", "a\\b#c=d:e!")]


def real_confs() -> list[bytes]:
    if not REAL.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the real neo4j.conf files are missing")
        pytest.skip("needs the real neo4j.conf files beside the repository")
    found = [file.read_bytes() for file in sorted(REAL.glob("*.conf"))]
    return [raw for raw in found if not raw.startswith(b"version https://git-lfs")]


def changed(raw: bytes, *removed: str) -> bytes:
    return Conf.parse(raw).with_settings(OURS, removed).to_bytes()


def test_real_files_survive_reading_byte_for_byte() -> None:
    confs = real_confs()
    assert len(confs) > 10
    for raw in confs:
        assert Conf.parse(raw).to_bytes() == raw


def test_real_files_keep_every_line_and_gain_only_ours() -> None:
    for raw in real_confs():
        after = changed(raw)
        values = dict(Conf.parse(after).values)
        for key, value in OURS:
            assert values.pop(key) == value
        before = {k: v for k, v in Conf.parse(raw).values.items() if not k.startswith(POLICY)}
        assert {k: v for k, v in values.items() if not k.startswith(POLICY)} == before
        assert changed(after) == after


def test_the_block_goes_to_the_end_between_its_marks() -> None:
    after = changed(b"a=1\n").decode()
    assert after.startswith(f"a=1\n{BEGIN}\n{POLICY}enabled=true\n")
    assert after.endswith(f"{POLICY}private_key_password=a\\\\b#c=d:e!\n{END}\n")


def test_the_files_own_line_ends_are_used() -> None:
    after = changed(b"a=1\r\nb=2\r\n# c\nd=4\r\n")
    assert after.startswith(b"a=1\r\nb=2\r\n# c\nd=4\r\n")
    assert after.count(b"\r\n") == after.count(b"\n") - 1


def test_a_missing_final_newline_is_added_only_where_something_follows() -> None:
    assert changed(b"a=1").startswith(b"a=1\n" + BEGIN.encode())
    alone = f"{POLICY}enabled=no".encode()
    after = Conf.parse(alone).with_settings(OURS[:1]).to_bytes()
    assert after == f"{POLICY}enabled=true".encode()


@pytest.mark.parametrize("raw", [b"a=b\\", b"a=b\\\n", b"a=b\\\r\n", b"x=1\na=b\\\\\\"])
def test_a_last_line_that_goes_on_swallows_nothing(raw: bytes) -> None:
    before = dict(Conf.parse(raw).values)
    assert dict(Conf.parse(changed(raw)).values) == {**before, **dict(OURS)}


@pytest.mark.parametrize(
    "line",
    [
        "dbms.ssl.policy.cluster.enabled=false",
        "  dbms.ssl.policy.cluster.enabled : false",
        "dbms.ssl.policy.cluster.enabled false",
        "\\u0064bms.ssl.policy.cluster.enabled=false",
        "dbms.ssl.policy.\\\n   cluster.enabled=false",
        "dbms.ssl.policy.CLUSTER.enabled=false",
        "dbms.ssl.policy.cluster.enabled",
    ],
)
def test_any_spelling_of_our_key_is_replaced_where_it_stands(line: str) -> None:
    raw = f"a=1\n{line}\nb=2\n{line}\n".encode()
    after = Conf.parse(raw).with_settings(OURS[:1]).to_bytes().decode()
    assert after == "a=1\ndbms.ssl.policy.cluster.enabled=true\nb=2\n"


def test_commented_lines_are_left_alone() -> None:
    raw = b"#dbms.ssl.policy.cluster.enabled=false\n! dbms.ssl.policy.cluster.enabled=false\n"
    assert changed(raw).startswith(raw)


def test_a_removed_key_goes_in_every_spelling_and_nothing_else_does() -> None:
    raw = b"a=1\ndbms.ssl.policy.cluster.ciphers=X\ndbms.ssl.policy.Cluster.ciphers : Y\nb=2\n"
    after = changed(raw, POLICY + "ciphers")
    assert after.startswith(b"a=1\nb=2\n")
    assert changed(after, POLICY + "ciphers") == after


def test_a_line_that_is_missing_from_the_block_is_put_back_into_it() -> None:
    text = changed(b"a=1\n").decode()
    without = text.replace(f"{POLICY}enabled=true\n", "").encode()
    after = changed(without).decode()
    assert after.count(BEGIN) == 1
    assert after.index(f"{POLICY}enabled=true") < after.index(END)


@pytest.mark.parametrize(
    "value",
    [
        *(" canary", "canary ", "canary\n", "ca\tnary", "canary\0", "canary\x7f", "canary\x85"),
        *("canary\xa0", "canaryé", "canary\u0142", "canary\u2028", "$(canary)", ""),
    ],
)
def test_what_the_file_cannot_carry_safely_is_refused(value: str) -> None:
    with pytest.raises(ConfError) as refused:
        Conf.parse(b"").with_settings([(POLICY + "private_key_password", value)])
    assert "canary" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        (b"\xff\xfea\0=\0b\0", "UTF-16"),
        (b"\xef\xbb\xbfa=b\n", "byte order mark"),
        (b"a=b\0\n", "NUL"),
        (b"a" * (2 << 20), "megabyte"),
        (b"one=1\ntwo=C:\\users\n", "Line 2"),
    ],
)
def test_what_is_no_conf_is_refused_with_a_sentence(raw: bytes, word: str) -> None:
    with pytest.raises(ConfError, match=word) as refused:
        Conf.parse(raw)
    assert refused.value.message.endswith(".")
    assert refused.value.hint.endswith(".")


def test_duplicates_are_named_except_where_they_are_allowed() -> None:
    raw = b"a=1\na=2\nserver.jvm.additional=-x\nserver.jvm.additional=-y\nb=1\n"
    conf = Conf.parse(raw)
    assert conf.duplicates == ("a",)
    assert conf.get("a") == "2"
    assert conf.line_of("a") == 2


def test_the_same_setting_is_known_by_its_scope_in_any_case() -> None:
    assert same_key("dbms.ssl.policy.CLUSTER.enabled") == POLICY + "enabled"
    assert same_key("dbms.ssl.policy.cluster.Enabled") != POLICY + "enabled"
    assert same_key("Dbms.ssl.policy.cluster.enabled") != POLICY + "enabled"


def test_a_value_never_shows_in_the_repr_of_a_conf() -> None:
    assert "Canary" not in repr(Conf.parse(b"password=Canary\n"))


def test_a_hostile_file_is_read_in_time_linear_in_its_size() -> None:
    for pattern in (b"\\\n", b"a\\\n", b"\\\n#\n", b"\\" * 7 + b"\n", b" " * 9 + b"\\\r"):
        Conf.parse(pattern * (100_000 // len(pattern)))


BYTES = st.lists(
    st.sampled_from(
        [b"a=1\n", b"# c\r\n", b"\\", b"\n", b"\r", b" ", b"k", b"=", b"\xe9", b"\\\n"]
    ),
    max_size=20,
).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(
    raw=BYTES,
    value=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1),
)
def test_whatever_stands_there_only_our_keys_change(raw: bytes, value: str) -> None:
    ours = [(POLICY + "base_directory", value)]
    before = dict(Conf.parse(raw).values)
    try:
        after = Conf.parse(raw).with_settings(ours)
    except ConfError:
        # A lone backslash at the end of a file is an entry with an empty key; `$(` is a command.
        assert "" in before or value.startswith("$(")
        return
    assert dict(after.values) == {**before, **dict(ours)}
    assert after.with_settings(ours) == after
    assert after.to_bytes().startswith(raw)
