"""Two scripts at once in the folder of one run: what happens in between is held open."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from waiting import end, until

from wizard.remote import dialects

SHELLS: Mapping[str, tuple[str, ...]] = {
    "dash": ("dash",),
    "bash": ("bash", "--posix"),
    "busybox": ("busybox", "sh"),
}
SCRIPTS = Path(dialects.__file__).parent / "scripts"
FUNCTIONS = "".join(
    (SCRIPTS / f"{name}.sh").read_text("utf-8") for name in ("prelude", "rights", "working")
)
HELD = """
gate() {
    [ -e "$signs/$me-passed" ] && return
    : >"$signs/$me-passed"
    until [ -e "$signs/$me-go" ]; do sleep 0.02; done
}
pause() { : >"$signs/$me-waited"; sleep 0.02; }
"""
"""A process of the name `me` stands still at its gate, once, until it is told to go on."""

TAKES = 'take_turn && : >"$signs/$me-has" && read -r word; exit'
WORK = "echo begun >>../begun; until [ -e ../over ] || ! [ -e . ]; do sleep 0.05; done"
BEGINS = f"script='{WORK}'; begin_work stop order; : >\"$signs/$me-decided\"; wait; exit"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextlib.contextmanager
def process(
    shell: str, folder: Path, me: str, held_at: str, then: str
) -> Iterator[subprocess.Popen[bytes]]:
    """One script of ours in the folder of a run, which stands still before one command."""
    held = f'{held_at}() {{ gate; command {held_at} "$@"; }}\n' if held_at else ""
    begin = f"undo='{folder}' place='{folder}' signs='{folder.parent}' me={me}\n"
    text = f"{FUNCTIONS}\n{begin}{HELD}{held}{then}\n"
    started = subprocess.Popen(
        [*SHELLS[shell], "-c", text, "neo4j-tls-test"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        end(started)


def dead() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen(["true"])
    ended.wait(20)
    return ended.pid


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    made.mkdir()
    return made


def leave_turn(folder: Path) -> None:
    """What a script leaves that has ended."""
    number = str(dead())
    (folder / "turn.1").symlink_to(number)


@pytest.mark.parametrize("held_at", ["ln", "readlink"])
def test_a_turn_that_is_left_over_goes_to_one_only(
    folder: Path, tmp_path: Path, shell: str, held_at: str
) -> None:
    leave_turn(folder)
    with process(shell, folder, "slow", held_at, TAKES):
        until((tmp_path / "slow-passed").exists, "the slow one does not look")
        with process(shell, folder, "quick", "", TAKES) as quick:
            until((tmp_path / "quick-has").exists, "the quick one does not get its turn")
            (tmp_path / "slow-go").touch()
            either = [tmp_path / "slow-waited", tmp_path / "slow-has"]
            until(lambda: any(one.exists() for one in either), "the slow one does nothing")
            assert not (tmp_path / "slow-has").exists()
            quick.communicate(b"end\n", timeout=20)
        until((tmp_path / "slow-has").exists, "the slow one never gets its turn")


def test_turns_are_told_apart_also_when_there_are_many(folder: Path, shell: str) -> None:
    again = "for n in 1 2 3 4 5 6; do take_turn && end_turn || exit 1; done; exit 0"
    with process(shell, folder, "one", "", again) as one:
        assert one.wait(20) == 0
    assert {turn.name for turn in folder.iterdir()} == {f"turn.{n}" for n in range(1, 13)}


def test_a_turn_in_a_folder_that_has_gone_is_not_given(
    folder: Path, tmp_path: Path, shell: str
) -> None:
    leave_turn(folder)
    with process(shell, folder, "slow", "ln", "take_turn; exit") as slow:
        until((tmp_path / "slow-passed").exists, "it does not look")
        folder.rename(tmp_path / "gone")
        (tmp_path / "slow-go").touch()
        assert slow.wait(20) == 1


def test_the_same_work_is_begun_once(folder: Path, tmp_path: Path, shell: str) -> None:
    with process(shell, folder, "slow", "printf", BEGINS) as slow:
        until((tmp_path / "slow-passed").exists, "the slow one does not begin")
        with process(shell, folder, "quick", "", BEGINS) as quick:
            looked = [tmp_path / "quick-waited", tmp_path / "quick-decided"]
            until(lambda: any(one.exists() for one in looked), "the quick one does nothing")
            (tmp_path / "slow-go").touch()
            for one in ("slow", "quick"):
                until((tmp_path / f"{one}-decided").exists, f"the {one} one has not decided")
            (folder / "over").touch()
            assert (slow.wait(20), quick.wait(20)) == (0, 0)
    assert (folder / "begun").read_text("ascii") == "begun\n"
