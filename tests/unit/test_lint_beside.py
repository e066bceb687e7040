"""A copy beside a file: closed from the first byte, and whole or not there at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from wizard import beside
from wizard.beside import write_beside
from wizard.errors import UsageError
from wizard.plain_file import PlainFile


def of_another() -> PlainFile:
    return PlainFile(raw=b"", mode=0o644, uid=os.getuid() + 1, gid=os.getgid())


def test_a_copy_whose_owner_cannot_be_set_stays_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_arguments: int) -> None:
        raise PermissionError

    monkeypatch.setattr(beside.os, "fchown", forbidden)
    copy = write_beside(tmp_path / "neo4j.conf", b"dbms.a=1\n", of_another())
    assert not copy.is_owned_alike
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600


def test_a_copy_that_cannot_be_finished_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(beside.os, "fsync", full)
    like = PlainFile(raw=b"", mode=0o600, uid=os.getuid(), gid=os.getgid())
    with pytest.raises(UsageError, match="could not be written"):
        write_beside(tmp_path / "neo4j.conf", b"dbms.a=1\n", like)
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == []


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    like = PlainFile(raw=b"", mode=0o600, uid=os.getuid(), gid=os.getgid())
    with pytest.raises(UsageError, match="No copy can be written"):
        write_beside(tmp_path / "missing" / "neo4j.conf", b"", like)
