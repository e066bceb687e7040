"""Mending: what is certain and nothing else, every other byte as it was, and twice is once."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.model.version import Version
from wizard.neo4j.lint import findings, fixing, lint
from wizard.neo4j.lint.fixing import fixed
from wizard.neo4j.lint.reading import Reading

V35, V44, V526, V2025 = Version(3, 5), Version(4, 4), Version(5, 26), Version(2025, 10)
NATURAL = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
ALL = (V35, V44, V526, V2025)

PIECES = (
    *(
        "dbms.mode=CORE",
        "dbms.mode=SINGLE",
        "server.bolt.enabled=true",
        "server.bolt.enabled=true # x",
    ),
    *("dbms.directories.logs=C:\\neo4j\\logs\\", "dbms.directories.logs=C:\\users", "dbms.a=\\u12"),
    *('server.a="0.0.0.0:7687"', "dbms.x='b c'", "server.directories.data=/x ", "dbms.x=\\*", "\\"),
    *("dbms.ssl.policy.cluster.enabled=true", "dbms.ssl.policy.cluster.enable=true", "# c \\", "!"),
    *(
        "dbms.ssl.policy.cluster.private_key_password=pass\\word",
        "dbms.ssl.policy.clutser.enabled=true",
    ),
    *(
        "dbms.ssl.policy.cluster.client_auth=REQUIRED",
        "SERVER.default_listen_address=::",
        "prose here",
    ),
    *(
        "server.a=$(hostname)",
        "server.b=$(x):1",
        "dbms.x=Grün",
        "dbms.y=\u00a0a\u00a0",
        "\u00a0dbms.z=1",
    ),
    *("\ufeffdbms.a=1", "  ", "", "\t\f", "=", ":", "a", "dbms.x=a\\", "dbms.x = 1 \\", "\ud800"),
    *(
        "causal_clustering.ssl_policy=cluster",
        "dbms.jvm.additional=-Da=b",
        "dbms.a=\0",
        "dbms.b=\x0b",
    ),
)
LINES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=8)
FILES = st.builds(
    lambda lines, ending, last, encoding: (ending.join(lines) + (ending if last else "")).encode(
        encoding, "replace" if encoding == "iso-8859-1" else "surrogatepass"
    ),
    LINES,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.sampled_from(["utf-8", "iso-8859-1", "utf-16"]),
)
VERSIONS = st.sampled_from([*ALL, Version(4, 0), Version(5, 0), Version(2027, 1)])


def mended(text: str, version: Version = V526) -> str:
    return fixed(text.encode("iso-8859-1"), version).raw.decode("iso-8859-1")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dbms.a=1\ndbms.a=1\n", "dbms.a=1\n"),
        ("dbms.a=1\ndbms.a=2\n", "dbms.a=1\ndbms.a=2\n"),
        ("server.a.enabled=true  # why\n", "# why\nserver.a.enabled=true\n"),
        ("server.a=some words # why\n", "server.a=some words # why\n"),
        ('server.a="true"\n', "server.a=true\n"),
        ('server.a="a b"\n', 'server.a="a b"\n'),
        ("server.directories.logs = '/x y'\r\n", "server.directories.logs = /x y\r\n"),
        ("dbms.directories.logs=/x \t", "dbms.directories.logs=/x"),
        ("dbms.x=1\t\ndbms.y=2\n", "dbms.x=1\ndbms.y=2\n"),
        ("dbms.directories.logs=C:\\neo4j\\x\n", "dbms.directories.logs=C:/neo4j/x\n"),
        ("dbms.directories.logs=C:\\users\n", "dbms.directories.logs=C:/users\n"),
        (
            "dbms.directories.logs=c:\\t\\\ndbms.mode=CORE\n",
            "dbms.directories.logs=c:/t/\ndbms.mode=CORE\n",
        ),
        ("dbms.a=b \\\r\n  dbms.mode=CORE\r\n", "dbms.a=b\r\n  dbms.mode=CORE\r\n"),
        ("dbms.a=b,\\\n  c\n", "dbms.a=b,\\\n  c\n"),
        ("\xef\xbb\xbf# x\ndbms.a=1\n", "# x\ndbms.a=1\n"),
        ("dbms.a=Gr\xc3\xbcn\n", "dbms.a=Gr\\u00fcn\n"),
        ("\xc2\xa0dbms.a = \xc2\xa01\n", "dbms.a=1\n"),
        ("SERVER.default_listen_address=::\n", "server.default_listen_address=::\n"),
        ("prose here\ndbms.a=1\n", "prose here\ndbms.a=1\n"),
    ],
)
def test_what_is_certain_is_mended_and_the_rest_is_left(before: str, after: str) -> None:
    assert mended(before) == after


def test_a_secret_is_never_changed() -> None:
    for value in ('"abc"', "a\\b", "Gr\xc3\xbcn", "abc # d"):
        text = f"dbms.a_password={value}\n"
        assert mended(text) == text


def test_what_is_mended_and_what_is_left_are_told_apart() -> None:
    done = fixed(b'server.bolt.enabled="true"\nprose here\n', V526)
    assert [problem.code for problem in done.mended] == ["value-in-quotes"]
    assert [problem.code for problem in done.left] == ["no-setting"]


def test_another_file_is_left_as_it_is() -> None:
    done = fixed(b"<html>\n</html>\n", V44)
    assert done.raw == b"<html>\n</html>\n"
    assert [problem.code for problem in done.left] == ["not-a-conf"]


@settings(max_examples=400, deadline=None)
@given(raw=st.one_of(FILES, st.binary(max_size=200)), version=VERSIONS)
@example(raw=b"\\", version=V44)
@example(raw=b"dbms.a=1\\", version=V44)
def test_no_bytes_raise_and_mending_twice_is_mending_once(raw: bytes, version: Version) -> None:
    once = fixed(raw, version)
    assert lint(once.raw, version) == once.left
    again = fixed(once.raw, version)
    assert again.raw == once.raw
    assert again.mended == ()
    assert bool(once.mended) == (once.raw != raw)


@settings(max_examples=300, deadline=None)
@given(raw=FILES, version=VERSIONS)
def test_only_lines_that_an_edit_names_change(raw: bytes, version: Version) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixing, "_MOST_ROUNDS", 1)
        after = NATURAL.findall(fixed(raw, version).raw)
    named = {edit.line for finding in findings(raw, version) for edit in finding.edits}
    if not named:
        assert b"".join(after) == raw
        return
    elements = Reading.of(raw, version).elements
    starts = [element.line for element in elements]
    kept = [
        line
        for number, line in enumerate(NATURAL.findall(raw), start=1)
        if max(start for start in starts if start <= number) not in named
    ]
    remaining = iter(after)
    assert all(line in remaining for line in kept)
