"""The journal followed and read through a real sshd; a stand-in for journalctl has the words."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sshd import Sshd, running_sshd
from waiting import until

from wizard.engine.watching.following import Seen, Watch
from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.neo4j.logs.lines import ConnectedTo, Started
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.steps import read_tail

pytestmark = pytest.mark.sshd

AT = "2026-11-22 02:29:25.100+0000 INFO  "
UNIT = "journal:neo4j"
STAND_IN = """\
#!/bin/sh
# Answers as journalctl does for one unit: what it keeps stands in a file, and so does who may read.
here=@HERE@
printf '%s\\n' "$*" >>"$here/asked"
[ -s "$here/refusal" ] && { cat "$here/refusal" >&2; exit "$(cat "$here/exit")"; }
case $* in
*' -f'*) exec tail -n +1 -f "$here/kept" ;;
*) cat "$here/kept" ;;
esac
"""

_HINT = """\
Hint: You are currently not seeing messages from other users and the system.
      Users in groups 'adm', 'systemd-journal' can see all messages.
      Pass -q to turn off this notice.
"""
REFUSALS = {
    "nothing opened": (
        f"{_HINT}No journal files were opened due to insufficient permissions.\n",
        1,
    ),
    "only one's own": (_HINT, 0),
    "none kept": ("No journal files were found.\n", 0),
}
"""What journalctl of systemd 252 says beside its answer, and how it ends."""


class Journal:
    """What the stand-in keeps, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = folder / "kept"
        self.kept.write_text("")
        (folder / "refusal").write_text("")
        script = folder / "bin" / "journalctl"
        script.parent.mkdir()
        script.write_text(STAND_IN.replace("@HERE@", str(folder)), "ascii")
        script.chmod(0o755)

    def says(self, *lines: str) -> None:
        with self.kept.open("a", encoding="utf-8") as file:
            file.writelines(f"{AT}{line}\n" for line in lines)

    def refuses(self, words: str, exit_code: int) -> None:
        (self.folder / "refusal").write_text(words)
        (self.folder / "exit").write_text(f"{exit_code}\n")

    def asked(self) -> str:
        return (self.folder / "asked").read_text()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


@pytest.fixture
def connection(journal: Journal, tmp_path: Path) -> Iterator[Connection]:
    path = f"{journal.folder / 'bin'}:{os.environ['PATH']}"
    with (
        running_sshd(tmp_path / "sshd", environment={"PATH": path}) as server,
        contextlib.closing(log_in(server)) as opened,
    ):
        yield opened


def log_in(sshd: Sshd) -> Connection:
    return connect(
        AccessSettings(identity_file=str(sshd.identity_file)),
        ServerSettings(name="server1", ssh=f"{sshd.user}@{sshd.host}:{sshd.port}"),
        Secrets(),
        HostKeys([sshd.known_hosts], sshd.directory / "own"),
        10,
    )


@contextlib.contextmanager
def watching(connection: Connection, *places: str) -> Iterator[list[Seen]]:
    """Collect what a watch of these logs yields, each with nothing before it."""
    watch, heard, ended = Watch(), list[Seen](), threading.Event()

    def collect() -> None:
        while not ended.is_set():
            heard.extend(watch.take(0.05))

    watch.follow("server1", connection, dict.fromkeys(places, 1_790_000_000))
    collecting = threading.Thread(target=collect, daemon=True)
    collecting.start()
    try:
        yield heard
    finally:
        ended.set()
        collecting.join(10)
        watch.close()


def test_the_journal_is_followed_from_the_noted_second_on(
    connection: Connection, journal: Journal
) -> None:
    with watching(connection, UNIT) as heard:
        journal.says("Connected to two.example/10.0.0.2:7000 [RAFT version:1.0]")
        journal.says("Started.")
        until(lambda: len(heard) == 2, "both lines")
    assert [type(seen.meaning) for seen in heard] == [ConnectedTo, Started]
    assert {(seen.server, seen.source) for seen in heard} == {("server1", "journal")}
    asked = journal.asked()
    assert "-u neo4j --since @1790000000 -o cat" in asked
    assert " -n 10" not in asked


def test_the_end_of_the_journal_is_read(connection: Connection, journal: Journal) -> None:
    journal.says(*(f"line {number}" for number in range(9)), "Started.")
    assert read_tail(connection, UNIT, 60).endswith(b"INFO  Started.\n")
    assert len(read_tail(connection, UNIT, 60)) == 60


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_journal_that_may_not_be_read_is_not_one_without_lines(
    connection: Connection, journal: Journal, refusal: str
) -> None:
    journal.says("Started.")
    journal.refuses(*REFUSALS[refusal])
    with pytest.raises(RemoteError) as refused:
        read_tail(connection, UNIT)
    assert refused.value.code == "log-unreadable"
    assert "The journal of neo4j" in refused.value.message
    with watching(connection, UNIT) as heard:
        until(lambda: len(heard) == 1, "the sentence")
    assert "can't be read by this login on server1" in heard[0].text


def test_a_file_that_does_not_exist_is_empty_and_two_logs_keep_their_names(
    connection: Connection, journal: Journal, tmp_path: Path
) -> None:
    debug = tmp_path / "debug.log"
    assert read_tail(connection, str(debug)) == b""
    debug.write_text("")
    with watching(connection, UNIT, str(debug)) as heard:
        journal.says("Started.")
        until(lambda: len(heard) == 1, "the journal's line")
    assert heard[0].source == "journal"
