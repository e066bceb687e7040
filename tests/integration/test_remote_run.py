"""Scripts and logs over a real sshd: noise, odd shells, sudo, hostile values, rotation."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sshd import Sshd, password_user, running_sshd

from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, Become, ServerSettings
from wizard.remote.connection import Connection, Follower
from wizard.remote.ssh import execution
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.steps import read_tail
from wizard.secret import Secret

pytestmark = pytest.mark.sshd


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="module")
def connection(sshd: Sshd) -> Iterator[Connection]:
    with contextlib.closing(log_in(sshd)) as opened:
        yield opened


def log_in(
    sshd: Sshd, become: Become = Become.NONE, *, user: str | None = None, **secrets: str
) -> Connection:
    return connect(
        AccessSettings(identity_file=str(sshd.identity_file), become=become),
        ServerSettings(name="server1", ssh=f"{user or sshd.user}@{sshd.host}:{sshd.port}"),
        Secrets(common={name: Secret(value) for name, value in secrets.items()}),
        HostKeys([sshd.known_hosts], sshd.directory / "own"),
        10,
    )


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], None]:
    """Put a script of the test's own among the constant ones."""
    texts: dict[str, bytes] = {}
    real = execution.script_text
    monkeypatch.setattr(
        execution,
        "script_text",
        lambda name, dialect: texts[name] if name in texts else real(name, dialect),
    )
    return texts.__setitem__


@pytest.mark.parametrize("shell", ["bash", "dash", "fish", "tcsh", "zsh", "ksh"])
def test_any_login_shell_runs_our_scripts_and_its_noise_is_cut_off(
    shell: str, tmp_path: Path
) -> None:
    program = shutil.which(shell)
    if program is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"the login shell {shell} is not installed here")
    with (
        running_sshd(tmp_path / "sshd", environment={"SHLVL": "0"}) as server,
        password_user(server.home, program) as (name, _),
    ):
        for path in (*tmp_path.parents[:3], tmp_path, server.directory, server.home):
            path.chmod(0o755)
        noise = "echo 'neo4j-tls-ready end ESC[2J'\n"
        for file in (".bashrc", ".cshrc", ".zshenv", ".config/fish/config.fish"):
            (server.home / file).parent.mkdir(parents=True, exist_ok=True)
            (server.home / file).write_text(noise, "ascii")
        (tmp_path / "log").write_bytes(b"a line\n")
        with contextlib.closing(log_in(server, user=name)) as opened:
            assert read_tail(opened, str(tmp_path / "log")) == b"a line\n"


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.text("'\";$()`\\*~!-rf &|<>{}#\t", min_size=1, max_size=40),
        st.text(st.characters(exclude_characters="\n\r\0", codec="utf-8"), min_size=1, max_size=40),
    )
)
def test_no_value_is_ever_read_as_a_command(
    connection: Connection, tmp_path: Path, value: str
) -> None:
    canary = tmp_path / "pwned"
    for hostile in (value, f"{value};touch {canary}", f"$(touch {canary})", f"'`touch {canary}`"):
        assert read_tail(connection, f"/nonexistent/{hostile}") == b""
    assert not canary.exists()


def test_a_canary_that_is_a_command_would_be_noticed(
    connection: Connection, tmp_path: Path, script: Callable[[str, bytes], None]
) -> None:
    script("careless", b'IFS= read -r value\neval "$value"\n')
    connection.run("careless", f"touch {tmp_path}/pwned\n".encode(), timeout_s=10)
    assert (tmp_path / "pwned").exists()


def test_no_value_stands_in_the_list_of_processes(
    connection: Connection, script: Callable[[str, bytes], None]
) -> None:
    script("look", b"IFS= read -r value\ncat /proc/[0-9]*/cmdline /proc/[0-9]*/environ\n:\n")
    done = connection.run("look", b"canary-3f9a1c\n", timeout_s=20, max_bytes=1 << 24)
    assert b"neo4j-tls-ready" in done.stdout
    assert b"canary-3f9a1c" not in done.stdout


def test_a_value_with_a_line_end_is_refused(connection: Connection) -> None:
    with pytest.raises(RemoteError, match="line end"):
        read_tail(connection, "/tmp/a\n/etc/shadow")  # noqa: S108 - never opened


def test_exit_code_output_and_errors_come_back(
    connection: Connection, script: Callable[[str, bytes], None]
) -> None:
    script("speak", b"# a comment\n\ncat\necho oops >&2\nexit 7\n")
    data = bytes(range(256)) * 2000
    done = connection.run("speak", data, timeout_s=20)
    assert (done.exit_code, done.stdout, done.stderr) == (7, data, b"oops\n")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"exec sleep 30\n", "timeout"),
        (b"while :; do echo; sleep 0.05; done\n", "timeout"),
        (b"exec tr '\\0' x </dev/zero\n", "too-much-output"),
        (b"kill -9 $PPID; sleep 5\n", "connection-lost"),
    ],
)
def test_a_script_that_never_ends_well_is_given_up(
    sshd: Sshd, script: Callable[[str, bytes], None], text: bytes, code: str
) -> None:
    script("hang", text)
    with contextlib.closing(log_in(sshd)) as opened:
        start = time.monotonic()
        with pytest.raises(RemoteError) as caught:
            opened.run("hang", timeout_s=2)
        assert caught.value.code == code
        assert time.monotonic() - start < 5


def test_a_server_that_has_stopped_answering_is_given_up_in_time(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as server, contextlib.closing(log_in(server)) as opened:
        assert read_tail(opened, "/dev/null") == b""
        asleep = _sessions(server)
        for pid in asleep:
            os.kill(pid, signal.SIGSTOP)
        try:
            start = time.monotonic()
            with pytest.raises(RemoteError):
                opened.run("tail", b"/dev/null\n1\n", timeout_s=1)
            assert time.monotonic() - start < 3
        finally:
            for pid in asleep:
                os.kill(pid, signal.SIGCONT)


def test_a_server_that_stops_answering_before_it_runs_anything_is_given_up_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep: list[int] = []
    with running_sshd(tmp_path / "sshd") as server, contextlib.closing(log_in(server)) as opened:

        def fall_asleep(channel: paramiko.Channel, command: str) -> None:
            asleep.extend(_sessions(server))
            for pid in asleep:
                os.kill(pid, signal.SIGSTOP)
            execute(channel, command)

        execute = paramiko.Channel.exec_command
        monkeypatch.setattr(paramiko.Channel, "exec_command", fall_asleep)
        try:
            with pytest.raises(RemoteError) as caught:
                opened.run("tail", b"/dev/null\n1\n", timeout_s=1)
        finally:
            for pid in asleep:
                os.kill(pid, signal.SIGCONT)
    assert asleep
    assert caught.value.code == "timeout"


def _sessions(server: Sshd) -> list[int]:
    found = subprocess.check_output(["pgrep", "-P", str(server.process.pid)], text=True)
    return [int(word) for word in found.split()]


def test_a_forced_command_is_named(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd", options=("ForceCommand echo go away",)) as server:
        with contextlib.closing(log_in(server)) as opened, pytest.raises(RemoteError) as caught:
            read_tail(opened, "/dev/null")
        assert caught.value.code == "no-shell"
        assert "go away" in caught.value.message


SUDO = r"""#!/bin/sh
# Stands in for sudo(8): -n never asks; -S -p PROMPT asks on standard error and reads one line.
log=$(dirname "$0")/../log
case $1 in
-n) [ -e "$log.free" ] || { echo "sudo: a password is required" >&2; exit 1; }; shift 2 ;;
-S)
    prompt=$3
    shift 4
    [ -e "$log.spoof" ] && prompt="Enter CA passphrase: "
    if ! [ -e "$log.free" ]; then
        echo "We trust you have received the usual lecture." >&2
        for try in 1 2 3; do
            printf %s "$prompt" >&2
            IFS= read -r word || exit 1
            echo "$word" >>"$log"
            [ "$word" = "right one" ] && break
            echo "Sorry, try again." >&2
            [ "$try" = 3 ] && exit 1
        done
    fi
    ;;
esac
exec "$@"
"""


@pytest.fixture
def sudo(tmp_path: Path) -> Iterator[Sshd]:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "sudo").write_text(SUDO, "ascii")
    (tools / "sudo").chmod(0o755)
    (tmp_path / "file").write_bytes(b"content\n")
    path = f"{tools}:{os.environ['PATH']}"
    with running_sshd(tmp_path / "sshd", environment={"PATH": path}) as server:
        yield server


def asked(tmp_path: Path) -> list[str]:
    """The words the stand-in for sudo was given."""
    log = tmp_path / "log"
    return log.read_text("utf-8").splitlines() if log.exists() else []


def test_sudo_gets_its_password_once_and_the_script_gets_the_rest(
    sudo: Sshd, tmp_path: Path
) -> None:
    with contextlib.closing(
        log_in(sudo, Become.SUDO_PASSWORD, sudo_password="right one")
    ) as opened:
        assert read_tail(opened, str(tmp_path / "file")) == b"content\n"
    assert asked(tmp_path) == ["right one"]


def test_sudo_that_asks_nothing_gets_no_password(sudo: Sshd, tmp_path: Path) -> None:
    (tmp_path / "log.free").touch()
    for become in (Become.SUDO, Become.SUDO_PASSWORD):
        with contextlib.closing(log_in(sudo, become, sudo_password="right one")) as opened:
            assert read_tail(opened, str(tmp_path / "file")) == b"content\n"
    assert asked(tmp_path) == []


@pytest.mark.parametrize("become", [Become.SUDO, Become.SUDO_PASSWORD])
def test_sudo_that_refuses_is_said_so_and_a_wrong_password_is_given_once(
    sudo: Sshd, tmp_path: Path, become: Become
) -> None:
    opened = log_in(sudo, become, sudo_password="wrong")
    with contextlib.closing(opened), pytest.raises(RemoteError) as caught:
        read_tail(opened, str(tmp_path / "file"))
    assert caught.value.code == "become-refused"
    assert "wrong" not in caught.value.message
    assert asked(tmp_path) in ([], ["wrong"])


def test_a_prompt_that_is_not_sudos_gets_no_password(
    sudo: Sshd, tmp_path: Path, script: Callable[[str, bytes], None]
) -> None:
    (tmp_path / "log.spoof").touch()
    script("short", b"exit 0\n")
    with (
        contextlib.closing(log_in(sudo, Become.SUDO_PASSWORD, sudo_password="right one")) as opened,
        pytest.raises(RemoteError) as caught,
    ):
        opened.run("short", timeout_s=1)
    assert caught.value.code == "timeout"
    assert asked(tmp_path) == []


class Reader:
    """Collects what a follower yields, and when."""

    def __init__(self, follower: Follower) -> None:
        self.lines: list[tuple[bytes, float]] = []
        self._thread = threading.Thread(target=self._read, args=(follower,), daemon=True)
        self._thread.start()

    def _read(self, follower: Follower) -> None:
        for line in follower:
            self.lines.append((line, time.monotonic()))

    def wait_for(self, line: bytes, timeout_s: float = 10) -> float:
        """Return when a line came."""
        deadline, between_looks = time.monotonic() + timeout_s, threading.Event()
        while time.monotonic() < deadline:
            for text, moment in list(self.lines):
                if text == line:
                    return moment
            between_looks.wait(0.002)
        raise AssertionError(f"{line!r} did not come; seen: {self.lines[-5:]}")

    def ended(self) -> bool:
        self._thread.join(5)
        return not self._thread.is_alive()


@pytest.fixture
def follow(connection: Connection) -> Iterator[Callable[[Path, int], Reader]]:
    opened: list[Follower] = []

    def begin(path: Path, offset: int = 0) -> Reader:
        opened.append(connection.follow(str(path), offset))
        return Reader(opened[-1])

    yield begin
    for follower in opened:
        follower.close()


def append(path: Path, data: bytes) -> float:
    with path.open("ab") as file:
        file.write(data)
    return time.monotonic()


def test_a_line_is_delivered_within_a_third_of_a_second(
    follow: Callable[..., Reader], tmp_path: Path
) -> None:
    log = tmp_path / "de bug.log"
    append(log, b"before the mark\n")
    reader = follow(log, log.stat().st_size)
    append(log, b"first\n")
    reader.wait_for(b"first")
    for number in range(10):
        written = append(log, b"line %d\n" % number)
        assert reader.wait_for(b"line %d" % number) - written < 0.3
    assert reader.lines[0][0] == b"first"


def test_a_rotated_log_is_followed_without_gap_or_repeat(
    follow: Callable[..., Reader], tmp_path: Path
) -> None:
    log = tmp_path / "debug.log"
    append(log, b"one\n")
    reader = follow(log)
    reader.wait_for(b"one")
    append(log, b"two\n")
    reader.wait_for(b"two")
    log.rename(tmp_path / "debug.log.1")
    append(log, b"three\n")
    reader.wait_for(b"three")
    log.write_bytes(b"")
    append(log, b"four\n")
    reader.wait_for(b"four")
    assert [line for line, _ in reader.lines] == [b"one", b"two", b"three", b"four"]


def test_a_log_that_does_not_exist_yet_is_waited_for(
    follow: Callable[..., Reader], tmp_path: Path
) -> None:
    reader = follow(tmp_path / "later.log")
    written = append(tmp_path / "later.log", b"here\n")
    assert reader.wait_for(b"here") - written < 0.5


def test_an_endless_line_is_bounded_and_told(follow: Callable[..., Reader], tmp_path: Path) -> None:
    log = tmp_path / "debug.log"
    reader = follow(log)
    append(log, b"\x00\xff\r" + b"x" * 10_000_000 + b"\nnext\n")
    reader.wait_for(b"next")
    assert len(reader.lines) == 2
    assert len(reader.lines[0][0]) < 66_000
    assert reader.lines[0][0].endswith(b" ... +9934467 bytes")


def test_closing_frees_a_reader_that_waits_and_leaves_no_tail_behind(
    connection: Connection, tmp_path: Path
) -> None:
    log = tmp_path / "quiet-canary.log"
    follower = connection.follow(str(log))
    reader = Reader(follower)
    assert _comes_to(log, tails=1)
    follower.close()
    assert reader.ended()
    assert _comes_to(log, tails=0)


def _comes_to(log: Path, tails: int) -> bool:
    """Whether so many processes follow the file, at last within ten seconds."""
    deadline, pause = time.monotonic() + 10, threading.Event()
    while len(_tails(log)) != tails and time.monotonic() < deadline:
        pause.wait(0.05)
    return len(_tails(log)) == tails


def _tails(log: Path) -> list[str]:
    found = subprocess.run(["pgrep", "-f", f"tail .*{log.name}"], capture_output=True, check=False)
    return found.stdout.decode().split()
