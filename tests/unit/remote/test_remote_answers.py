"""What a server answers is believed only where it is whole, and shown only where it is safe."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import RemoteError
from wizard.model.facts import FileStat
from wizard.remote import dialects
from wizard.remote.answers import Answer, lines, stat_from, unhex
from wizard.remote.archive import StageFile, pack
from wizard.remote.connection import Completed
from wizard.remote.staging import undo_script


def answer(stdout: bytes, exit_code: int = 0, stderr: bytes = b"") -> Answer:
    return Answer("server1", Completed(exit_code=exit_code, stdout=stdout, stderr=stderr))


def test_a_whole_answer_is_read_by_its_words() -> None:
    told = answer(b"home 2f61 755 0 0\njar 61\njar 62\nempty \nend\n")
    assert told.text("home") == "/a"
    assert told.all("jar") == [["61"], ["62"]]
    assert (told.raw("empty"), told.raw("missing"), "missing" in told) == (b"", b"", False)


def test_a_line_ends_at_a_newline_alone() -> None:
    place = "/opt/książki\x0b/ą".encode()
    told = answer(b"undo\n" + place + b"\nend\n")
    assert told.block("undo") == [place.decode()]


@pytest.mark.parametrize(
    ("stdout", "exit_code"),
    [
        (b"", 0),
        (b"home 2f61\n", 0),
        (b"home 2f61\nend\n", 1),
        (b"end\nmore\n", 0),
        (b"\xff\xfe", 0),
        (b"refused\n", 3),
    ],
)
def test_an_answer_that_is_cut_off_or_failed_is_not_believed(stdout: bytes, exit_code: int) -> None:
    with pytest.raises(RemoteError, match="did not finish"):
        answer(stdout, exit_code, b"\x1b[31mdisk\nfull")


def test_a_refusal_becomes_its_sentence_and_nothing_in_it_reaches_the_terminal() -> None:
    with pytest.raises(RemoteError) as caught:
        answer(b"refused conf-changed " + b"/etc/\x1b]0;x\x07{server}".hex().encode() + b"\n", 3)
    assert caught.value.code == "conf-changed"
    assert "\x1b" not in caught.value.message
    assert "somebody has changed it" in caught.value.message


def test_an_unknown_refusal_still_makes_a_sentence() -> None:
    with pytest.raises(RemoteError, match="server1 refused: odd"):
        answer(b"refused odd \n", 3)


@given(st.binary(max_size=400), st.integers(0, 255))
def test_no_answer_makes_it_fail_in_another_way(stdout: bytes, exit_code: int) -> None:
    for text in (stdout, b"refused " + stdout, stdout + b"\nend\n"):
        try:
            told = answer(text, exit_code)
            told.first("home")
            told.text("home")
        except RemoteError:
            pass


def test_odd_fields_are_nothing() -> None:
    assert unhex("zz") == b""
    assert stat_from(["755", "0"]) is None
    assert stat_from(["999", "0", "0"]) is None
    assert stat_from(["1755", "5", "6"]) == FileStat(mode=0o1755, uid=5, gid=6)


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b"])
def test_a_parameter_with_a_line_end_is_refused(value: str) -> None:
    assert lines("server1", "a b", "") == b"a b\n\n"
    with pytest.raises(RemoteError, match="line end"):
        lines("server1", value)


def test_a_tar_holds_modes_and_nothing_of_this_workstation() -> None:
    folder = StageFile(path="trusted", mode=0o755, content=None)
    key = StageFile(path="private.key", mode=0o400, content=b"canary")
    assert "canary" not in repr(key)
    with tarfile.open(fileobj=io.BytesIO(pack([folder, key])), mode="r:gz") as archive:
        members = archive.getmembers()
    assert [(m.name, m.mode, m.isdir()) for m in members] == [
        ("trusted", 0o755, True),
        ("private.key", 0o400, False),
    ]
    assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "", "")}


def test_undo_sh_stands_on_its_own() -> None:
    script = undo_script()
    assert script.startswith(b"#!/bin/sh\n")
    assert script.endswith(b'main "$@"\n')


def test_a_script_that_was_cut_off_is_never_run() -> None:
    whole = dialects.sent(b"echo it runs\n", b"m4rk", b"")
    for length in range(len(whole) + 1):
        told = read_by_a_shell(whole[:length], os.environ["PATH"])
        assert (b"it runs" in told.stdout) == (length == len(whole))


@pytest.mark.parametrize("piece", [None, 0, 1, 12, 13, 15, 17, 18])
def test_a_script_that_comes_in_pieces_is_whole_and_nothing_beyond_it_is_taken(
    tmp_path: Path, piece: int | None
) -> None:
    """dd takes what has come; here it is made to take less (or not, or is not there)."""
    if piece:
        dd = tmp_path / "dd"
        dd.write_text(f"#!/bin/sh\nexec {shutil.which('dd')} bs={piece} count=1\n", "ascii")
        dd.chmod(0o755)
    script = b'echo it runs\nIFS= read -r line\necho "<$line>"\n'
    path = os.environ["PATH"] if piece is None else str(tmp_path)
    told = read_by_a_shell(dialects.sent(script, b"m4rk", b" its own \n"), path)
    assert told.stdout == b"m4rk\nit runs\n< its own >\n"


def read_by_a_shell(words: bytes, path: str) -> subprocess.CompletedProcess[bytes]:
    inside = dialects.POSIX.command.removeprefix("sh -c '").removesuffix("'")
    command = ["/bin/sh", "-c", inside.replace("$PATH:/usr/sbin:/sbin", path)]
    return subprocess.run(command, input=words, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "name", ["stage", "check", "commit", "restore", "undo", "tail", "follow", "survey"]
)
def test_a_script_comes_with_the_functions_it_uses_and_no_other(name: str) -> None:
    folder = Path(dialects.__file__).parent / "scripts"
    shared = b"".join(
        (folder / f"{one}.sh").read_bytes() for one in ("prelude", "rights", "way_back")
    )
    functions = set(re.findall(rb"(?m)^(\w+)\(\) \{", shared))
    code = re.sub(rb"(?m)^\s*#.*$", b"", dialects.script_text(name))
    present = set(re.findall(rb"(?m)^(\w+)\(\) \{", code)) & functions
    called = {
        one for one in functions if len(re.findall(rb"\b%s\b" % one, code)) > (one in present)
    }
    assert present == called


def test_the_command_line_of_a_script_has_nothing_a_login_shell_reads_differently() -> None:
    inside = dialects.POSIX.command.removeprefix("sh -c '").removesuffix("'")
    assert not set("'!\n") & set(inside)
    assert "\\\\" not in inside
