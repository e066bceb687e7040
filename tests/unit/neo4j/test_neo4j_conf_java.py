"""The reader of neo4j.conf against the judge itself: java.util.Properties on this machine."""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from waiting import started

from wizard.errors import ConfError
from wizard.neo4j.conf import BEGIN, END, Conf
from wizard.neo4j.properties import ENCODING, LINE

Oracle = subprocess.Popen[bytes]
ODD = [
    *(b"\n", b"\r", b"\r\n", b"\\", b"\\\\", b"\\\n", b"\\\r\n", b"\\\r", b" ", b"\t", b"\f"),
    *(b"#", b"!", b"=", b":", b"\\u0041", b"\\u00e9", b"\\uZ", b"\\u12", b"\\ud83d\\ude00"),
    *(b"\\:", b"\\=", b"\\ ", b"\\t", b"\\n", b"\\f", b"\\r", b"\\x", b"k", b"dbms.x", b"\xe9"),
    *(b"\x0b", b"\x1c", b"\x85", b"\xa0", b"# a comment\\\n", b"key=value\n", b"\\\n#k\\\nj=1"),
]
PIECES = [
    *(piece for piece in ODD if b"\\u" not in piece),
    *(b"server.jvm.additional=-Da=b", b"  dbms.memory.heap.max_size = 1g", b"#server.x=1", b"! y"),
    *(
        b"a:b",
        b"a b",
        b"path=C:\\\\neo4j\\\\certs",
        b"long=one,\\",
        b"    two",
        b"caf\xe9=\xc3\xa9",
    ),
    *(b"dbms.ssl.policy.cluster.enabled=false", b"dbms.ssl.policy.cluster.client_auth = NONE"),
    *(b"dbms.ssl.policy.bolt.enabled=true", b"u=\\u0041\\u00e9", b"key\\ with\\=signs=1", b""),
]
ENDS = [b"\n", b"\n", b"\n", b"\r\n", b"\r", b""]
GENERATED_LINES = 10_000
SETTINGS = [
    ("dbms.ssl.policy.cluster.enabled", "true"),
    ("dbms.ssl.policy.cluster.client_auth", "REQUIRE"),
    ("dbms.ssl.policy.cluster.private_key_password", "a\\b #!:= c"),
]
OURS = dict(SETTINGS)
REAL_CONFS = Path(__file__).resolve().parents[4] / "shared" / "real-confs"
FILES = st.lists(st.sampled_from(ODD), max_size=24).map(b"".join)


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    if shutil.which("java") is None or shutil.which("javac") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("a JDK is needed to check neo4j.conf against java.util.Properties")
        pytest.skip("needs a JDK: java and javac")
    folder = tmp_path_factory.mktemp("oracle")
    source = Path(__file__).with_name("PropertiesOracle.java")
    subprocess.run(["javac", "-d", str(folder), str(source)], check=True, timeout=120)
    command = ["java", "-Xshare:auto", "-cp", str(folder), "PropertiesOracle"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with started(command, seconds=600, **pipes) as oracle:
        yield oracle
        assert oracle.stdin is not None
        oracle.stdin.write(struct.pack(">i", -1))
        oracle.stdin.close()
        assert oracle.wait(timeout=30) == 0


def ask(oracle: Oracle, raw: bytes) -> dict[str, str] | None:
    assert oracle.stdin is not None
    assert oracle.stdout is not None
    oracle.stdin.write(struct.pack(">i", len(raw)) + raw)
    oracle.stdin.flush()
    size = _number(oracle.stdout)
    if size < 0:
        return None
    return {_text(oracle.stdout): _text(oracle.stdout) for _ in range(size)}


def _number(stream: IO[bytes]) -> int:
    return int(struct.unpack(">i", stream.read(4))[0])


def _text(stream: IO[bytes]) -> str:
    return stream.read(_number(stream)).decode("utf-16-be", "surrogatepass")


def ours(raw: bytes) -> dict[str, str] | None:
    try:
        return {_utf16(k): _utf16(v) for k, v in Conf.parse(raw).values.items()}
    except ConfError:
        return None


def _utf16(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


@settings(max_examples=1500, deadline=None)
@given(raw=FILES)
@example(raw=b"\\")
@example(raw=b"\\\n")
@example(raw=b"a=b\\")
@example(raw=b"a=b\\\n")
@example(raw=b"a=b\\\n\\\n\\\nc\nd=e")
@example(raw=b"\\\n#a=b\\\nc=d")
@example(raw=b"#a\\\nb=c")
@example(raw=b"a=b\\\n#c")
@example(raw=b"k\\\n  =  v\rl\r\nm : n\f o = p")
def test_every_file_reads_as_java_reads_it(java: Oracle, raw: bytes) -> None:
    assert ours(raw) == ask(java, raw)


@settings(max_examples=600, deadline=None)
@given(raw=FILES, value=st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1))
def test_java_reads_back_what_was_set_and_everything_else_unchanged(
    java: Oracle, raw: bytes, value: str
) -> None:
    before = ask(java, raw)
    key = "dbms.ssl.policy.cluster.private_key_password"
    try:
        after = ask(java, Conf.parse(raw).with_settings([(key, value)]).to_bytes())
    except ConfError:
        return
    assert before is not None
    assert after == {**before, key: value}


def chance_file(chance: random.Random) -> bytes:
    """A few dozen lines of what confuses readers, and settings of ours among them."""
    pieces = [chance.choice(PIECES) for _ in range(chance.randrange(20, 60))]
    return b"".join(piece + chance.choice(ENDS) for piece in pieces)


def lines_in(raw: bytes) -> int:
    return len(LINE.findall(raw.decode(ENCODING)))


def test_ten_thousand_generated_lines_read_as_java_reads_them(java: Oracle) -> None:
    chance = random.Random(20260815)  # noqa: S311 - for tests, not for secrets
    lines = refused = 0
    while lines < GENERATED_LINES:
        raw = chance_file(chance)
        expected = ask(java, raw)
        assert ours(raw) == expected, raw
        lines += lines_in(raw)
        refused += expected is None
    assert lines >= GENERATED_LINES
    assert refused < lines / 100, "most of it must be readable"


def kept_lines(raw: bytes) -> list[bytes]:
    """The sources of what is not ours, in order, without terminators: the last one may get one."""
    elements = Conf.parse(raw).elements
    sources = [e.source.encode(ENCODING) for e in elements if not e.key or e.key not in OURS]
    marks = (BEGIN.encode(), END.encode())
    return [line for line in (source.rstrip(b"\r\n") for source in sources) if line not in marks]


def assert_only_ours_differ(java: Oracle, raw: bytes) -> None:
    before, conf = ask(java, raw), Conf.parse(raw)
    written = conf.with_settings(SETTINGS)
    after = ask(java, written.to_bytes())
    assert before is not None
    assert after == {**before, **OURS}
    remaining = [line for line in kept_lines(written.to_bytes()) if line]
    assert remaining == [line for line in kept_lines(raw) if line]
    assert written.with_settings(SETTINGS).to_bytes() == written.to_bytes()


def test_writing_into_generated_files_changes_our_keys_alone(java: Oracle) -> None:
    chance = random.Random(20260816)  # noqa: S311 - the same
    written = 0
    for _ in range(250):
        raw = chance_file(chance)
        try:
            assert_only_ours_differ(java, raw)
        except ConfError:
            continue
        written += 1
    assert written >= 100


def test_writing_into_real_confs_changes_our_keys_alone(java: Oracle) -> None:
    confs = [path for path in sorted(REAL_CONFS.glob("*.conf")) if "git-lfs" not in path.name]
    if not confs:
        assert os.environ.get("CI") != "true", "the real neo4j.conf files are not beside this tree"
        pytest.skip("the collection of real neo4j.conf files is not beside this tree")
    for path in confs:
        assert_only_ours_differ(java, path.read_bytes())


def test_a_writer_that_touches_another_line_is_told(
    java: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Conf.with_settings

    def careless(conf: Conf, settings: object) -> Conf:
        written = write(conf, settings)  # type: ignore[arg-type]
        return Conf.parse(written.to_bytes().replace(b"a=1", b"a=2"))

    monkeypatch.setattr(Conf, "with_settings", careless)
    with pytest.raises(AssertionError):
        assert_only_ours_differ(java, b"a=1\n")


def test_the_judge_tells_a_wrong_reader(java: Oracle) -> None:
    assert ask(java, b"a=1\\\nb=2\n") != {"a": "1", "b": "2"}
