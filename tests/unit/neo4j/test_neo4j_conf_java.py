"""The reader of neo4j.conf against the judge itself: java.util.Properties on this machine."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.errors import ConfError
from wizard.neo4j.conf import Conf

Oracle = subprocess.Popen[bytes]
ODD = [
    *(b"\n", b"\r", b"\r\n", b"\\", b"\\\\", b"\\\n", b"\\\r\n", b"\\\r", b" ", b"\t", b"\f"),
    *(b"#", b"!", b"=", b":", b"\\u0041", b"\\u00e9", b"\\uZ", b"\\u12", b"\\ud83d\\ude00"),
    *(b"\\:", b"\\=", b"\\ ", b"\\t", b"\\n", b"\\f", b"\\r", b"\\x", b"k", b"dbms.x", b"\xe9"),
    *(b"\x0b", b"\x1c", b"\x85", b"\xa0", b"# a comment\\\n", b"key=value\n", b"\\\n#k\\\nj=1"),
]
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
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as oracle:
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


def test_the_judge_tells_a_wrong_reader(java: Oracle) -> None:
    assert ask(java, b"a=1\\\nb=2\n") != {"a": "1", "b": "2"}
