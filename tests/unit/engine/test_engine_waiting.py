"""The folder in which requests wait: private, named after its cluster, and never emptied."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.engine.making.waiting import LETTER, waiting_room, waiting_words


def environ(folder: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(folder)}


@pytest.mark.parametrize("name", ["payments", "../../etc", "Zahlungen/Köln", "a" * 300, "…", "-rf"])
def test_every_clusters_folder_lies_below_the_state_folder(tmp_path: Path, name: str) -> None:
    folder = waiting_room(environ(tmp_path), name).folder
    assert folder.parent == tmp_path / "neo4j-tls" / "requests"
    assert folder.name.replace("-", "").isalnum()
    assert not folder.name.startswith("-")
    assert len(folder.name) < 64


def test_two_clusters_never_share_a_folder(tmp_path: Path) -> None:
    names = ("pay ments", "pay-ments", "Pay-Ments", "pay_ments")
    assert len({waiting_room(environ(tmp_path), name) for name in names}) == len(names)


def test_what_is_put_there_is_told_from_what_stands_there(tmp_path: Path) -> None:
    room = waiting_room(environ(tmp_path), "payments")
    assert [*room.brought_files(["server1"])] == []
    (room.folder / "keys").mkdir(parents=True)
    (room.folder / "mail").mkdir()
    own = (room.key_file("server1"), room.request_file("server1"), room.folder / LETTER)
    brought = (room.folder / "server1.crt", room.folder / "mail" / "chain.p7b")
    for path in (*own, *brought):
        path.write_bytes(b"x")
    assert {*room.brought_files(["server1"])} == {*brought}
    assert room.has_request("server1")
    assert not room.has_request("server2")


def test_the_words_say_where_and_what_comes_next(tmp_path: Path) -> None:
    room = waiting_room(environ(tmp_path), "payments")
    words = " ".join(waiting_words(room, ["server1", "server2"]))
    for part in ("server1, server2", str(room.folder), LETTER, "neo4j-tls plan"):
        assert part in words
    assert "password" not in words
    (room.folder / "keys").mkdir(parents=True)
    (room.folder / "keys" / "password.txt").write_text("secret\n")
    words = " ".join(waiting_words(room, ["server1"]))
    assert "keys/password.txt" in words
    assert "secret" not in words.replace("secrets", "")
