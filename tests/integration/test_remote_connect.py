"""Logging in to a real sshd: who is let in, who is refused, and what is never sent."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest
from sshd import Sshd, free_port, make_key, password_user, running_sshd
from waiting import until

from wizard.engine import session
from wizard.errors import (
    HostKeyChangedError,
    HostKeyUnknownError,
    RemoteError,
    SecretsError,
    UnreachableError,
)
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, Become, ServerSettings, Settings
from wizard.remote.connection import Connection
from wizard.remote.reaching import HostKeySeen, HostKeyState
from wizard.remote.ssh import authentication
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import begin, connect, jump_hosts
from wizard.remote.ssh.private_keys import Keyring
from wizard.secret import Secret

pytestmark = pytest.mark.sshd

FORBIDDING = ("AllowTcpForwarding no", "DisableForwarding yes", "PermitOpen none")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def known(sshd: Sshd, tmp_path: Path) -> HostKeys:
    return HostKeys([sshd.known_hosts], tmp_path / "own")


def at(ssh: str, name: str = "server1") -> ServerSettings:
    return ServerSettings(name=name, ssh=ssh)


def by_key(path: Path) -> AccessSettings:
    return AccessSettings(identity_file=str(path))


def says_hello(connection: Connection) -> bool:
    stdin = b"/dev/null\n1\n"
    return connection.run("tail", stdin, timeout_s=10).exit_code == 0


def secret(**values: str) -> Secrets:
    return Secrets(common={name: Secret(value) for name, value in values.items()})


def test_a_key_of_every_usual_form_lets_us_in(sshd: Sshd, known: HostKeys, tmp_path: Path) -> None:
    authorized = sshd.directory / "authorized_keys"
    kinds = [("-t", "ed25519"), ("-t", "ecdsa"), ("-t", "rsa", "-m", "PEM"), ("-t", "rsa")]
    for number, kind in enumerate(kinds):
        key = make_key(tmp_path / f"key{number}", *kind)
        with authorized.open("a", encoding="ascii") as file:
            file.write(key.with_suffix(".pub").read_text("ascii"))
        with contextlib.closing(connect(by_key(key), at(sshd.ssh), Secrets(), known, 10)) as open_:
            assert says_hello(open_)


def test_an_encrypted_pkcs8_key_is_read_with_its_passphrase(
    sshd: Sshd, known: HostKeys, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "key", "-t", "rsa", "-m", "PKCS8")
    public = key.with_suffix(".pub").read_text("ascii")
    with (sshd.directory / "authorized_keys").open("a", encoding="ascii") as file:
        file.write(public)
    command = ["ssh-keygen", "-q", "-p", "-m", "PKCS8", "-f", str(key), "-N", "open sesame"]
    subprocess.run(command, check=True, capture_output=True)
    assert b"ENCRYPTED PRIVATE KEY" in key.read_bytes()
    word = secret(identity_passphrase="open sesame")
    with contextlib.closing(connect(by_key(key), at(sshd.ssh), word, known, 10)) as open_:
        assert says_hello(open_)
    for passphrase, said in (
        (Secrets(), "none was given"),
        (secret(identity_passphrase="no"), "with"),
    ):
        with pytest.raises(SecretsError, match=said):
            connect(by_key(key), at(sshd.ssh), passphrase, known, 10)


def test_a_password_lets_us_in(sshd: Sshd, known: HostKeys) -> None:
    access = AccessSettings(ask_password=True)
    with password_user(sshd.home) as (name, password):
        server = at(f"{name}@127.0.0.1:{sshd.port}")
        sshd.directory.chmod(0o755)  # the home of that user is in it
        words = secret(ssh_password=password)
        with contextlib.closing(connect(access, server, words, known, 10)) as open_:
            assert says_hello(open_)
            assert open_.login == name
        failed = sshd.log().count("Failed password")
        with pytest.raises(UnreachableError, match="the password") as caught:
            connect(access, server, secret(ssh_password="wrong"), known, 10)
        assert caught.value.code == "login-refused"
        assert sshd.log().count("Failed password") == failed + 1


def test_a_password_that_was_not_chosen_is_not_sent(sshd: Sshd, known: HostKeys) -> None:
    sshd.directory.chmod(0o755)
    with password_user(sshd.home) as (name, password):
        server, words = at(f"{name}@127.0.0.1:{sshd.port}"), secret(ssh_password=password)
        with pytest.raises(UnreachableError, match="no key, no agent and no password"):
            connect(AccessSettings(agent=True), server, words, known, 10)
        assert f"for {name}" not in sshd.log()
        chosen = AccessSettings(agent=True, ask_password=True)
        connect(chosen, server, words, known, 10).close()
        assert f"Accepted password for {name}" in sshd.log()


def test_a_refused_key_is_offered_once(sshd: Sshd, known: HostKeys, tmp_path: Path) -> None:
    stranger = make_key(tmp_path / "stranger")
    with pytest.raises(UnreachableError) as caught:
        connect(by_key(stranger), at(sshd.ssh), Secrets(), known, 10)
    assert caught.value.code == "login-refused"
    fingerprint = subprocess.check_output(["ssh-keygen", "-lf", str(stranger)], text=True).split()[
        1
    ]
    until(lambda: fingerprint in sshd.log(), "the server logs the key that was offered", 5)
    assert sshd.log().count(fingerprint) == 1


def test_no_way_to_log_in_is_said_so(sshd: Sshd, known: HostKeys) -> None:
    with pytest.raises(UnreachableError, match="no key, no agent and no password"):
        connect(AccessSettings(), at(sshd.ssh), Secrets(), known, 10)


# paramiko leaves the socket to an agent open when the agent goes away
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_agent_that_says_nothing_is_given_up(
    sshd: Sshd, known: HostKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "_AGENT_S", 0.5)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "agent"))
        mute.listen()
        with pytest.raises(UnreachableError, match="the agent, which does not answer"):
            connect(AccessSettings(agent=True), at(sshd.ssh), Secrets(), known, 10)
    until(
        lambda: "ssh-agent" not in {thread.name for thread in threading.enumerate()},
        "the thread that asked it ends",
    )


def test_an_unknown_host_key_is_refused_before_anything_is_sent_to_log_in(
    sshd: Sshd, tmp_path: Path
) -> None:
    nobody = HostKeys([tmp_path / "none"], tmp_path / "own")
    before = sshd.log().count("publickey")
    with pytest.raises(HostKeyUnknownError, match="SHA256:"):
        connect(by_key(sshd.identity_file), at(sshd.ssh), Secrets(), nobody, 10)
    with pytest.raises(HostKeyUnknownError):
        connect(
            by_key(sshd.identity_file), at(sshd.ssh), Secrets(), nobody, 10, decide=lambda _: False
        )
    (tmp_path / "none").write_text(f"@cert-authority * {sshd.host_key()}\n", "ascii")
    with pytest.raises(HostKeyUnknownError) as caught:
        connect(by_key(sshd.identity_file), at(sshd.ssh), Secrets(), nobody, 10)
    assert "Host authorities" in caught.value.hint
    assert sshd.log().count("publickey") == before
    assert not (tmp_path / "own").exists()


def test_a_decision_is_asked_once_and_remembered(sshd: Sshd, tmp_path: Path) -> None:
    keys = HostKeys([sshd.directory / "none"], tmp_path / "state" / "known_hosts")
    asked: list[HostKeySeen] = []

    def decide(seen: HostKeySeen) -> bool:
        asked.append(seen)
        return True

    for _ in range(2):
        connect(
            by_key(sshd.identity_file), at(sshd.ssh), Secrets(), keys, 10, decide=decide
        ).close()
    public = sshd.directory / "host_key.pub"
    expected = subprocess.check_output(["ssh-keygen", "-lf", str(public)], text=True).split()[1]
    assert [seen.fingerprint for seen in asked] == [expected]
    assert asked[0].state is HostKeyState.UNKNOWN
    assert (tmp_path / "state" / "known_hosts").stat().st_mode & 0o777 == 0o600


def test_two_servers_behind_one_ssh_server_are_one_decision(sshd: Sshd, tmp_path: Path) -> None:
    keys = HostKeys([], tmp_path / "own")
    access = AccessSettings(identity_file=str(sshd.identity_file))
    with contextlib.ExitStack() as open_ones:
        knocks = [
            begin(ServerSettings(name=name, ssh=sshd.ssh), access, keys, 10)
            for name in ("server1", "server2")
        ]
        for knock in knocks:
            open_ones.callback(knock.close)
        assert all(knock.unknown for knock in knocks)
        knocks[0].accept()
        assert [knock.unknown for knock in knocks] == [None, None]


@pytest.mark.parametrize("hangs_up", ["the server", "the wizard"])
def test_a_person_may_take_longer_over_a_fingerprint_than_servers_wait(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, hangs_up: str
) -> None:
    others = set(threading.enumerate())

    def are_gone() -> bool:
        ours = set(threading.enumerate()) - others
        return not any(isinstance(one, paramiko.Transport) and one.is_active() for one in ours)

    with running_sshd(tmp_path / "sshd") as sshd:

        def decide(_seen: HostKeySeen) -> bool:
            if hangs_up == "the server":
                sshd.restart()
            until(are_gone, "the connection has ended")
            return True

        if hangs_up == "the wizard":
            monkeypatch.setattr(session, "PATIENCE_OF_SERVERS_S", 0.0)
        access = AccessSettings(identity_file=str(sshd.identity_file))
        servers = (ServerSettings(name="server1", ssh=sshd.ssh),)
        settings = Settings(cluster="payments", servers=servers, access=access)
        environ = {"HOME": str(own_home), "XDG_STATE_HOME": str(own_home / "state")}
        with session.Session(settings, Secrets(), decide, environ) as opened:
            opened.connect()
            assert opened.unreached == {}
            assert opened.connections["server1"].run("runs", timeout_s=20).exit_code == 0


def test_a_changed_host_key_stops_everything(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as server:
        keys = HostKeys([server.known_hosts], tmp_path / "own")
        connect(by_key(server.identity_file), at(server.ssh), Secrets(), keys, 10).close()
        for name in ("host_key", "host_key.pub"):
            (server.directory / name).unlink()
        make_key(server.directory / "host_key")
        server.restart()
        before = server.log().count("publickey")
        with pytest.raises(HostKeyChangedError, match="not the one that was known"):
            connect(
                by_key(server.identity_file),
                at(server.ssh),
                Secrets(),
                keys,
                10,
                decide=lambda _: True,
            )
        assert server.log().count("publickey") == before
        assert not (tmp_path / "own").exists()


def test_a_revoked_host_key_is_refused(sshd: Sshd, tmp_path: Path) -> None:
    revoked = tmp_path / "known_hosts"
    revoked.write_text(
        sshd.known_hosts.read_text("ascii") + f"@revoked * {sshd.host_key()}\n", "ascii"
    )
    knock = begin(
        at(sshd.ssh), by_key(sshd.identity_file), HostKeys([revoked], tmp_path / "own"), 10
    )
    assert knock.seen.state is HostKeyState.REVOKED
    with pytest.raises(HostKeyChangedError, match="revoked"):
        knock.accept()
    with pytest.raises(HostKeyChangedError, match="revoked"):
        knock.enter(Secrets())


def test_a_known_key_of_a_less_liked_type_is_asked_for_first(tmp_path: Path) -> None:
    other = make_key(tmp_path / "rsa_host_key", "-t", "rsa")
    with running_sshd(tmp_path / "sshd", options=(f"HostKey {other}",)) as server:
        public = " ".join(other.with_suffix(".pub").read_text("ascii").split()[:2])
        (tmp_path / "known").write_text(f"[127.0.0.1]:{server.port} {public}\n", "ascii")
        keys = HostKeys([tmp_path / "known"], tmp_path / "own")
        knock = begin(at(server.ssh), by_key(server.identity_file), keys, 10)
        knock.close()
        assert (knock.seen.kind, knock.seen.state) == ("ssh-rsa", HostKeyState.KNOWN)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("root@127.0.0.1:{port}", "refuses SSH connections"),
        ("root@no.such.invalid", "not known here"),
    ],
)
def test_what_cannot_be_reached_gets_its_sentence(
    answer: str, said: str, known: HostKeys, tmp_path: Path
) -> None:
    server = at(answer.format(port=free_port()))
    with pytest.raises(UnreachableError, match=said):
        begin(server, by_key(tmp_path / "none"), known, 5)


@contextlib.contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on loopback and let `serve` treat each connection in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[socket.socket] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    accepted.append(connection)
                    serve(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for connection in accepted:
            connection.close()


def test_a_server_that_says_nothing_is_given_up_in_time(known: HostKeys, tmp_path: Path) -> None:
    with listener(lambda _: None) as port:
        start = time.monotonic()
        with pytest.raises(UnreachableError, match="did not answer within 1 seconds"):
            begin(at(f"root@127.0.0.1:{port}"), by_key(tmp_path / "none"), known, 1)
        assert time.monotonic() - start < 3


def test_a_dropped_banner_is_tried_three_times(known: HostKeys, tmp_path: Path) -> None:
    seen: list[int] = []

    def drop(connection: socket.socket) -> None:
        seen.append(1)
        connection.close()

    with listener(drop) as port, pytest.raises(UnreachableError, match="ended the SSH connection"):
        begin(at(f"root@127.0.0.1:{port}"), by_key(tmp_path / "none"), known, 10)
    assert len(seen) == 3


def test_what_is_no_ssh_server_gets_a_calm_sentence(known: HostKeys, tmp_path: Path) -> None:
    def web(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 \x1b[31mBad\r\n\r\n" * 100)

    with listener(web) as port, pytest.raises(UnreachableError) as caught:
        begin(at(f"root@127.0.0.1:{port}"), by_key(tmp_path / "none"), known, 2)
    assert "\x1b" not in caught.value.message


def test_a_server_with_weak_algorithms_only_is_refused(tmp_path: Path) -> None:
    weak = ("Ciphers aes256-cbc", "MACs hmac-sha1")
    with running_sshd(tmp_path / "sshd", options=weak) as server:
        keys = HostKeys([server.known_hosts], tmp_path / "own")
        with pytest.raises(UnreachableError, match="no longer safe"):
            begin(at(server.ssh), by_key(server.identity_file), keys, 5)


def test_an_alias_of_the_persons_ssh_config_is_followed(
    sshd: Sshd, known: HostKeys, tmp_path: Path
) -> None:
    home = tmp_path / "person"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "config").write_text(
        f"Host db1\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n"
        f"  IdentityFile {sshd.identity_file}\n",
        "ascii",
    )
    for path in (os.environ["PATH"], "/nonexistent"):
        environ = {"HOME": str(home), "PATH": path}
        server = at("db1")
        with contextlib.closing(
            connect(AccessSettings(), server, Secrets(), known, 10, environ=environ)
        ) as open_:
            assert says_hello(open_)
            assert open_.login == sshd.user


def test_servers_behind_a_jump_host_share_one_connection_to_it(sshd: Sshd, tmp_path: Path) -> None:
    with running_sshd(tmp_path / "inner", identity_file=sshd.identity_file) as inner:
        known_hosts = tmp_path / "known"
        known_hosts.write_bytes(sshd.known_hosts.read_bytes() + inner.known_hosts.read_bytes())
        keys = HostKeys([known_hosts], tmp_path / "own")
        access = AccessSettings(identity_file=str(sshd.identity_file), jump=sshd.ssh)
        before = sshd.log().count("Accepted publickey")
        jumps = jump_hosts(access, Secrets(), keys, 10)
        opened = [
            connect(access, at(inner.ssh, f"server{n}"), Secrets(), keys, 10, jumps=jumps)
            for n in range(4)
        ]
        assert all(says_hello(connection) for connection in opened)
        opened[0].close()
        assert all(says_hello(connection) for connection in opened[1:])
        jumps.close()
        assert sshd.log().count("Accepted publickey") == before + 1
        with pytest.raises(RemoteError, match="lost"):
            says_hello(opened[1])


def test_twelve_servers_are_logged_in_to_at_once(sshd: Sshd, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(running_sshd(tmp_path / str(n), identity_file=sshd.identity_file))
            for n in range(12)
        ]
        known_hosts = tmp_path / "known"
        known_hosts.write_bytes(b"".join(server.known_hosts.read_bytes() for server in servers))
        keys, keyring = HostKeys([known_hosts], tmp_path / "own"), Keyring()

        def visit(server: Sshd) -> bool:
            access = by_key(sshd.identity_file)
            connection = connect(access, at(server.ssh), Secrets(), keys, 20, keyring=keyring)
            with contextlib.closing(connection):
                return says_hello(connection)

        with ThreadPoolExecutor(12) as pool:
            assert list(pool.map(visit, servers)) == [True] * 12


def test_a_lost_connection_frees_who_waits_and_says_so(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as server:
        keys = HostKeys([server.known_hosts], tmp_path / "own")
        connection = connect(by_key(server.identity_file), at(server.ssh), Secrets(), keys, 10)
        follower = connection.follow(str(tmp_path / "quiet.log"))
        caught: list[BaseException] = []

        def read() -> None:
            try:
                list(follower)
            except RemoteError as error:
                caught.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        server.stop()
        reader.join(10)
        assert not reader.is_alive()
        assert [str(error) for error in caught] == ["The connection to server1 was lost."]
        with pytest.raises(RemoteError, match="was lost"):
            says_hello(connection)
        connection.close()


def test_tcp_connections_start_on_the_server(sshd: Sshd, known: HostKeys) -> None:
    def echo(connection: socket.socket) -> None:
        connection.sendall(connection.recv(100).upper())

    connection = connect(by_key(sshd.identity_file), at(sshd.ssh), Secrets(), known, 10)
    with contextlib.closing(connection), listener(echo) as port:
        pipe = connection.open_tcp("localhost", port, 5)
        pipe.sendall(b"hello")
        assert pipe.recv(100) == b"HELLO"
        pipe.settimeout(0.1)
        with pytest.raises(TimeoutError):
            pipe.recv(1)
        pipe.close()
        for host in ("127.0.0.1", "no.such.invalid"):
            with pytest.raises(RemoteError) as caught:
                connection.open_tcp(host, free_port(), 10)
            assert caught.value.code == "tcp-refused"


@pytest.mark.parametrize("line", FORBIDDING)
def test_forbidden_forwarding_is_told_apart(tmp_path: Path, line: str) -> None:
    with running_sshd(tmp_path / "sshd", options=(line,)) as server:
        keys = HostKeys([server.known_hosts], tmp_path / "own")
        connection = connect(by_key(server.identity_file), at(server.ssh), Secrets(), keys, 10)
        with contextlib.closing(connection), pytest.raises(RemoteError) as caught:
            connection.open_tcp("127.0.0.1", 22, 5)
        assert caught.value.code == "tcp-forbidden"


def test_many_who_ask_at_once_each_learn_why_their_own_connection_was_refused(
    tmp_path: Path,
) -> None:
    closed, forbidden = free_port(), 22
    allowed = f"PermitOpen 127.0.0.1:{closed}"
    with running_sshd(tmp_path / "sshd", options=(allowed,)) as server:
        keys = HostKeys([server.known_hosts], tmp_path / "own")
        connection = connect(by_key(server.identity_file), at(server.ssh), Secrets(), keys, 10)

        def told(port: int) -> tuple[int, str]:
            with pytest.raises(RemoteError) as caught:
                connection.open_tcp("127.0.0.1", port, 10)
            return port, caught.value.code

        with contextlib.closing(connection), ThreadPoolExecutor(16) as pool:
            answers = set(pool.map(told, [closed, forbidden] * 100))
    assert answers == {(closed, "tcp-refused"), (forbidden, "tcp-forbidden")}


def test_sudo_that_is_missing_is_told_before_anything_is_done(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd", environment={"PATH": str(tmp_path)}) as server:
        keys = HostKeys([server.known_hosts], tmp_path / "own")
        for become in (Become.SUDO, Become.SUDO_PASSWORD):
            access = AccessSettings(identity_file=str(server.identity_file), become=become)
            connection = connect(access, at(server.ssh), secret(sudo_password="x"), keys, 10)
            with contextlib.closing(connection), pytest.raises(RemoteError) as caught:
                says_hello(connection)
            assert caught.value.code == "become-refused"
