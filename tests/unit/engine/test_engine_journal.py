"""The journal: nothing before its intent is on the disk, nothing altered goes unnoticed."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.engine.records.journal import FIRST, Journal, Kind, read_journal
from wizard.errors import JournalError

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    with Journal(path, lambda: NOON) as journal:
        journal.write(Kind.BEGUN, cluster="payments")
        journal.write(Kind.INTENT, server="server1", change="commit:server1", before="aa")
        journal.write(Kind.DONE, server="server1", change="commit:server1")
    return path


def test_each_line_names_the_hash_of_the_line_before(written: Path) -> None:
    lines = written.read_bytes().splitlines()
    prevs = [json.loads(line)["prev"] for line in lines]
    assert prevs == [FIRST, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
    assert json.loads(lines[0])["at"] == "2026-05-04T12:00:00.000Z"


def test_the_file_is_private(written: Path) -> None:
    assert written.stat().st_mode & 0o777 == 0o600


def test_a_second_writer_goes_on_with_the_chain(written: Path) -> None:
    with Journal(written, lambda: NOON) as journal:
        journal.write(Kind.APPLIED)
    assert [*read_journal(written).kinds()] == ["begun", "intent", "done", "applied"]


def test_a_torn_last_line_is_told_and_left_out_at_every_byte(written: Path) -> None:
    whole = written.read_bytes()
    ends = {0, *(at + 1 for at, byte in enumerate(whole) if byte == ord("\n"))}
    for size in range(len(whole)):
        written.write_bytes(whole[:size])
        reading = read_journal(written)
        assert reading.torn is (size not in ends)
        assert len(reading.records) == whole[:size].count(b"\n")


def test_writing_after_a_torn_line_gives_a_sound_chain(written: Path) -> None:
    whole = written.read_bytes()
    written.write_bytes(whole[:-5])
    with Journal(written, lambda: NOON) as journal:
        journal.write(Kind.FAILED, server="server1", change="commit:server1")
    assert [*read_journal(written).kinds()] == ["begun", "intent", "failed"]


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_any_altered_byte_before_the_last_line_is_found(written: Path, at: int) -> None:
    content = bytearray(written.read_bytes())
    last = bytes(content).rstrip(b"\n").rfind(b"\n")
    content[at % last] ^= 1
    written.write_bytes(bytes(content))
    with pytest.raises(JournalError):
        read_journal(written)


def test_a_missing_line_is_found(written: Path) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(lines[0] + lines[2])
    with pytest.raises(JournalError, match="line 2"):
        read_journal(written)


def test_a_link_in_the_journals_place_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "journal.jsonl").symlink_to(target)
    with pytest.raises(OSError, match=r"."):
        Journal(tmp_path / "journal.jsonl", lambda: NOON)
    assert not target.exists()


def test_what_cannot_last_is_raised(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with Journal(written, lambda: NOON) as journal, pytest.raises(OSError, match="No space"):
        journal.write(Kind.INTENT, server="server2", change="stop:server2")


def test_a_record_that_was_cut_short_leaves_no_trace(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, whole = written.read_bytes(), os.write

    def nearly_full(descriptor: int, content: bytes) -> int:
        if len(content) < 40:
            raise OSError(28, "No space left on device")
        return whole(descriptor, content[:40])

    with Journal(written, lambda: NOON) as journal:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", nearly_full)
            with pytest.raises(OSError, match="No space"):
                journal.write(Kind.INTENT, server="server2", change="stop:server2")
        assert written.read_bytes() == before
        journal.write(Kind.BACK_BEGUN)
    assert [*read_journal(written).kinds()][-1] == Kind.BACK_BEGUN


def test_a_journal_that_was_let_go_leaves_out_what_it_cannot_keep(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with Journal(written, lambda: NOON) as journal:
        journal.let_go()
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            journal.write(Kind.BACK_BEGUN)
        journal.write(Kind.REVERTED)
    assert [*read_journal(written).kinds()] == ["begun", "intent", "done", "reverted"]
