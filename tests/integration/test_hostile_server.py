"""A server that lies, floods and prompts: each call ends in time, in little memory, in words."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import paramiko
import pytest
from cuts import Scene
from fake_neo4j import make_home
from hypothesis import given, settings
from hypothesis import strategies as st
from sshd import running_sshd

from wizard.errors import RemoteError, UnreachableError, WizardError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.connection import Completed, Connection
from wizard.remote.deadlines import Deadline
from wizard.remote.ssh import connection as connection_module
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.staging import commit, stage, validate
from wizard.remote.steps import is_running, read_tail, restore, start, stop
from wizard.remote.survey import survey
from wizard.secret import Secret

ROOM = 24 * 1024 * 1024
LIMIT_S = 4.0
ANSWER = """\
import sys, time
out, told, read = sys.stdout.buffer, sys.stderr.buffer, sys.stdin.buffer
told.write(b"neo4j-tls-ready\\n"); told.flush()
mark = read.readline()
out.write(mark); out.flush()
if sys.argv[1] not in ("stderr", "line"):
    read.read()
def flood(to, piece):
    while True:
        to.write(piece); to.flush()
mode = sys.argv[1]
if mode == "line": flood(out, b"x" * 65536)
if mode == "lines": flood(out, b"said \\x1b]0;owned\\x07\\n" * 4096)
if mode == "stderr": flood(told, b"y\\n" * 4096)
if mode == "drip":
    while True:
        out.write(b"x"); out.flush(); time.sleep(0.2)
if mode == "end": out.write(b"end\\n")
if mode == "silent": pass
if mode == "refuses":
    words = "\\x1b[2J\\x9b31m[@click=app.exit]x[/]\\u202e\\n" * 500
    out.write(b"refused conf-changed " + words.encode("utf-8", "replace").hex().encode() + b"\\n")
    sys.exit(3)
if mode == "junk":
    out.write(b"hashes\\n\\xff\\x00\\nstats\\n9 9\\nundo\\nrunning\\nrunning maybe\\nrestored\\n"
              b"mark -1 zz\\nmark 99999999999999999999999 2f\\nhash\\nstat 777777777777 1\\nend\\n")
out.flush()
"""
"""What answers every command of the login; it never runs what we send."""


def short(server: str, timeout_s: float) -> Deadline:
    return Deadline(server, min(timeout_s, LIMIT_S))


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Scene]:
    monkeypatch.setattr(connection_module, "Deadline", short)
    (tmp_path / "answer.py").write_text(ANSWER, "ascii")
    with contextlib.ExitStack() as stack:

        def begin(mode: str) -> Scene:
            forced = f"ForceCommand {sys.executable} {tmp_path / 'answer.py'} {mode}"
            sshd = stack.enter_context(running_sshd(tmp_path / "sshd", options=(forced,)))
            return Scene(sshd=sshd, home=make_home(tmp_path / "a home"))

        yield begin


def every_step(one: Scene) -> Mapping[str, Callable[[Connection], object]]:
    order = one.order()
    server = ServerSettings(name="server1", ssh=one.sshd.ssh)
    return {
        "survey": lambda at: survey(at, server, ("name",)),
        "stage": lambda at: stage(at, order),
        "validate": lambda at: validate(at, order),
        "commit": lambda at: commit(at, order),
        "is running": lambda at: is_running(at, one.service),
        "restore": lambda at: restore(at, order.run, order.server),
        "start": lambda at: start(at, one.service, ["/a/log"]),
        "stop": lambda at: stop(at, one.service, 1),
        "tail": lambda at: read_tail(at, "/a/log"),
    }


@pytest.mark.sshd
@pytest.mark.parametrize("mode", ["line", "lines", "stderr", "drip"])
def test_a_flood_is_given_up_in_time_and_in_little_memory(
    hostile: Callable[[str], Scene], mode: str
) -> None:
    one = hostile(mode)
    with contextlib.closing(one.log_in()) as at:
        tracemalloc.start()
        try:
            for name in ("stage", "is running"):
                begun = time.monotonic()
                with pytest.raises(RemoteError) as caught:
                    every_step(one)[name](at)
                assert caught.value.code in {"timeout", "too-much-output"}
                assert time.monotonic() - begun < 5 * LIMIT_S
            assert tracemalloc.get_traced_memory()[1] < ROOM
        finally:
            tracemalloc.stop()


@pytest.mark.sshd
@pytest.mark.parametrize("mode", ["end", "silent", "refuses", "junk"])
def test_success_that_is_only_said_is_no_success(
    hostile: Callable[[str], Scene], mode: str
) -> None:
    one = hostile(mode)
    before = one.trees()
    with contextlib.closing(one.log_in()) as at:
        for name, act in every_step(one).items():
            if name == "tail" or (mode, name) in {("end", "stop"), ("junk", "stop")}:
                act(at)  # bytes are bytes; that it stopped is confirmed by asking whether it runs
                continue
            if (mode, name) in {("end", "start"), ("junk", "start")}:
                assert act(at) == {}
                continue
            if (mode, name) == ("junk", "restore"):
                continue
            with pytest.raises(WizardError) as caught:
                act(at)
            assert caught.value.message.isprintable(), name
            assert "\x1b" not in caught.value.message + caught.value.hint
            assert len(caught.value.message) < 3000
    assert one.trees() == before


LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.tuples(
            st.sampled_from(
                [
                    "clock",
                    "system",
                    "login",
                    "home",
                    "conf",
                    "service",
                    "content",
                    "stat",
                    "names",
                    "link",
                    "mount",
                    "running",
                    "jars",
                    "listens",
                    "resolved",
                    "called",
                    "certificates",
                    "free",
                    "policy",
                    "trusted",
                    "public",
                    "user-log",
                    "shape",
                    "missing",
                    "contained",
                    "too-large",
                    "checkout",
                    "refused",
                    "hashes",
                    "end",
                ]
            ),
            st.lists(
                st.one_of(
                    st.binary(max_size=12).map(bytes.hex),
                    st.integers().map(str),
                    st.sampled_from(["-", "yes", "ro", "own", "0", "640 0 0"]),
                ),
                max_size=5,
            ),
        ).map(lambda line: " ".join([line[0], *line[1]]).encode()),
    ),
    max_size=25,
)


class Liar:
    """A connection that answers what a test wants."""

    server = "server1"
    login = "root"

    def __init__(self, stdout: bytes) -> None:
        self._stdout = stdout

    def run(self, *_: object, **__: object) -> Completed:
        return Completed(exit_code=0, stdout=self._stdout, stderr=b"")

    def check_sessions(self) -> None:
        """There are enough."""


@settings(deadline=None, max_examples=120)
@given(LINES)
def test_no_answer_to_the_survey_is_more_than_an_error_of_ours(answer: list[bytes]) -> None:
    liar: object = Liar(b"\n".join([b"home 2f61", b"service 62696e", *answer, b"end"]) + b"\n")
    with contextlib.suppress(WizardError):
        survey(liar, ServerSettings(name="server1", ssh="a@b"), ("x",))  # type: ignore[arg-type]


class Asks(paramiko.ServerInterface):
    """Asks for one more word after every answer, for ever."""

    answers = 0

    def get_allowed_auths(self, _username: str) -> str:
        return "keyboard-interactive"

    def check_auth_interactive(self, _username: str, _submethods: str) -> object:
        return self._ask()

    def check_auth_interactive_response(self, _responses: list[str]) -> object:
        self.answers += 1
        return self._ask()

    def _ask(self) -> paramiko.InteractiveQuery:
        query = paramiko.InteractiveQuery("\x1b[2JEnter CA passphrase", "now")
        query.add_prompt("Enter CA passphrase: ", echo=False)
        return query


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Hand each connection to a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = listener.accept()
                client.settimeout(5)
                threading.Thread(target=attend, args=(client,), daemon=True).start()

    def attend(client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException), client:
            serve(client)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        thread.join(10)
        listener.close()


def knock(port: int, folder: Path, timeout_s: float) -> Connection:
    return connect(
        AccessSettings(ask_password=True),
        ServerSettings(name="server1", ssh=f"a@127.0.0.1:{port}"),
        Secrets(common={"ssh_password": Secret("not for everybody")}),
        HostKeys([], folder / "own"),
        timeout_s,
        decide=lambda _: True,
    )


def test_prompts_without_an_end_are_given_up(tmp_path: Path) -> None:
    asks = Asks()
    over = threading.Event()

    def serve(client: socket.socket) -> None:
        transport = paramiko.Transport(client)
        transport.add_server_key(paramiko.RSAKey.generate(2048))
        transport.start_server(server=asks)
        over.wait(30)
        transport.close()

    with listening(serve) as port:
        begun = time.monotonic()
        try:
            with pytest.raises(UnreachableError) as caught:
                knock(port, tmp_path, 3)
        finally:
            over.set()
        assert time.monotonic() - begun < 20
        assert caught.value.message.isprintable()
        assert asks.answers <= 3


@pytest.mark.parametrize("piece", [b"x" * 4096, b"Welcome\r\n" * 400], ids=["line", "lines"])
def test_a_greeting_without_an_end_is_given_up(tmp_path: Path, piece: bytes) -> None:
    def serve(client: socket.socket) -> None:
        while True:
            client.sendall(piece)

    with listening(serve) as port:
        tracemalloc.start()
        try:
            begun = time.monotonic()
            with pytest.raises(UnreachableError) as caught:
                knock(port, tmp_path, 3)
            assert time.monotonic() - begun < 20
            assert tracemalloc.get_traced_memory()[1] < ROOM
        finally:
            tracemalloc.stop()
        assert caught.value.message.isprintable()
        assert len(caught.value.message) < 3000
