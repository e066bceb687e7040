"""`neo4j-tls lint` as people run it: what it says, how it ends, and what it refuses to read."""

from __future__ import annotations

import os
import socket
import stat
import time
from pathlib import Path

import pytest
from black_box import Ended, wizard

CANARY = "hunter2hunter2"
WRONG = (
    'server.bolt.enabled="true"\n'
    "server.directories.logs=/var/log/neo4j \n"
    "This was meant as a comment\n"
    f"dbms.ssl.policy.cluster.private_key_password={CANARY}\\x # {CANARY}\n"
)
AT_ONCE_S = 20
"""Far more than it takes to start, far less than for ever."""


def conf(tmp_path: Path, text: str | bytes, mode: int = 0o640) -> Path:
    path = tmp_path / "neo4j.conf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def lint(path: str | Path, *more: str, version: str = "5.26") -> Ended:
    return wizard("lint", path, "--neo4j", version, *more)


def refused(path: str | Path, word: str) -> None:
    begun = time.monotonic()
    ended = lint(path)
    assert time.monotonic() - begun < AT_ONCE_S
    assert ended.exit_code == 2, ended
    assert word in ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_a_good_file_ends_with_0_and_says_so(tmp_path: Path) -> None:
    ended = lint(conf(tmp_path, "server.bolt.enabled=true\n"))
    assert ended.exit_code == 0
    assert "Nothing wrong" in ended.stdout
    assert ended.stderr == ""


def test_a_note_alone_ends_with_0(tmp_path: Path) -> None:
    ended = lint(conf(tmp_path, "server.default_advertised_address=$(hostname)\n"))
    assert ended.exit_code == 0
    assert "Nothing wrong" in ended.stdout
    assert "There is 1 note" in ended.stdout


def test_problems_are_told_by_line_with_the_fix_and_a_count(tmp_path: Path) -> None:
    ended = lint(conf(tmp_path, WRONG))
    assert ended.exit_code == 1
    numbers = [
        int(line.removeprefix("Line ").partition(",")[0])
        for line in ended.stdout.splitlines()
        if line.startswith("Line ")
    ]
    assert numbers == sorted(numbers)
    assert {1, 2, 3, 4} <= set(numbers)
    assert "Remove the quotes." in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("Found ")
    assert CANARY not in ended.stdout + ended.stderr


def test_json_lines_begin_and_end_as_those_of_every_verb(tmp_path: Path) -> None:
    path = conf(tmp_path, WRONG)
    ended = lint(path, "--json")
    assert ended.exit_code == 1
    first, *between, last = ended.events
    assert (first["event"], first["command"], first["schema"]) == ("started", "lint", 1)
    assert (last["event"], last["result"], last["exit_code"]) == ("finished", "problems", 1)
    problems = [event for event in between if event["event"] == "problem"]
    assert {p["line"] for p in problems} >= {1, 2, 3, 4}
    assert {p["file"] for p in problems} == {str(path)}
    assert all(p["message"] and p["hint"] and p["severity"] for p in problems)
    assert CANARY not in ended.stdout + ended.stderr


def test_the_same_file_can_be_right_for_one_version_and_wrong_for_another(tmp_path: Path) -> None:
    path = conf(tmp_path, "dbms.mode=CORE\ndbms.mode=CORE\n")
    assert lint(path, version="4.4").exit_code == 0
    assert lint(path, version="5.26").exit_code == 1


def test_a_version_that_is_not_known_yet_is_said_to_be_so(tmp_path: Path) -> None:
    ended = lint(conf(tmp_path, "server.bolt.enabled=true\n"), version="2031.01")
    assert ended.exit_code == 0
    assert "newer than what is known" in ended.stdout


@pytest.mark.parametrize("version", ["2.0", "7.1", "five", "", "5.26;x"])
def test_a_version_that_does_not_exist_is_refused(tmp_path: Path, version: str) -> None:
    ended = lint(conf(tmp_path, "dbms.a=1\n"), version=version)
    assert ended.exit_code == 2
    assert ended.stderr


def test_the_version_has_to_be_named(tmp_path: Path) -> None:
    assert wizard("lint", conf(tmp_path, "")).exit_code == 2


# --fix


def test_fix_writes_a_copy_beside_it_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = conf(tmp_path, 'server.bolt.enabled="true"\n# mine\n')
    before = path.stat()
    ended = lint(path, "--fix")
    assert ended.exit_code == 0
    copy = tmp_path / "neo4j.conf.fixed"
    assert copy.read_text() == "server.bolt.enabled=true\n# mine\n"
    assert stat.S_IMODE(copy.stat().st_mode) == stat.S_IMODE(before.st_mode)
    assert (copy.stat().st_uid, copy.stat().st_gid) == (before.st_uid, before.st_gid)
    assert path.read_text() == 'server.bolt.enabled="true"\n# mine\n'
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert "Mended. Line 1" in ended.stdout
    assert "neo4j.conf.fixed" in ended.stdout


def test_fix_overwrites_nothing(tmp_path: Path) -> None:
    path = conf(tmp_path, "dbms.x=1 \n")
    (tmp_path / "neo4j.conf.fixed").write_text("mine")
    (tmp_path / "neo4j.conf.fixed.2").symlink_to(tmp_path / "elsewhere")
    lint(path, "--fix")
    assert (tmp_path / "neo4j.conf.fixed").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "neo4j.conf.fixed.3").read_text() == "dbms.x=1\n"


def test_fix_ends_by_what_is_left_and_writes_nothing_when_nothing_is_mended(tmp_path: Path) -> None:
    path = conf(tmp_path, "This was meant as a comment\ndbms.a=1\n")
    ended = lint(path, "--fix")
    assert ended.exit_code == 1
    assert "no file was written" in ended.stdout
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["neo4j.conf"]


def test_a_mended_file_has_nothing_left_to_mend(tmp_path: Path) -> None:
    lint(conf(tmp_path, WRONG), "--fix")
    ended = lint(tmp_path / "neo4j.conf.fixed", "--fix")
    assert "no file was written" in ended.stdout


# Files that are none.


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "pipe")
    refused("/dev/zero", "device")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        refused(tmp_path / "socket", "socket")
    refused(tmp_path, "folder of files")


def test_what_can_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    refused(tmp_path / "missing", "no file")
    refused(tmp_path / "dangling", "link")
    refused(tmp_path / "loop", "leads back")
    refused(tmp_path / ("x" * 300), "can't be read")
    closed = conf(tmp_path, "dbms.a=1\n", mode=0)
    if os.access(closed, os.R_OK):  # root reads everything
        return
    refused(closed, "can't be read")


def test_what_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    refused(conf(tmp_path, b"a" * 10_000_000), "larger")
    refused(conf(tmp_path, b"dbms.a=1\n" * 300_000), "larger")
    refused(conf(tmp_path, bytes(range(256)) * 40), "no text")


def test_a_name_with_control_characters_cannot_move_the_cursor(tmp_path: Path) -> None:
    ended = lint(tmp_path / "a\x1b[2Jb\n")
    assert ended.exit_code == 2
    assert "\x1b" not in ended.stderr


def test_text_of_the_file_cannot_move_the_cursor(tmp_path: Path) -> None:
    ended = lint(conf(tmp_path, b"dbms.a\x1b[2J=1 # x\n\x1b[31mdbms\x07 x\n"))
    assert "\x1b" not in ended.stdout
    assert "\x07" not in ended.stdout


def test_another_kind_of_file_is_one_problem(tmp_path: Path) -> None:
    path = conf(tmp_path, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    ended = lint(path, "--json")
    assert ended.exit_code == 1
    assert [event["problem"] for event in ended.of("problem")] == ["not-a-conf"]


def test_an_error_in_json_has_the_same_frame(tmp_path: Path) -> None:
    ended = lint(tmp_path / "missing", "--json")
    assert [event["event"] for event in ended.events] == ["started", "problem", "finished"]
    assert ended.events[-1]["exit_code"] == 2
