"""The SSH server of a practice server: logins, commands, files and forwarded connections."""

from __future__ import annotations

import os
import socket
import threading
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest
from waiting import until

from wizard.practice.cluster import PracticeCluster

DEADLINE_S = 10.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster() as running:
        yield running


@contextmanager
def connected(cluster: PracticeCluster, server: int = 0) -> Iterator[paramiko.Transport]:
    place = cluster.servers[server]
    key = paramiko.ECDSAKey.from_private_key_file(str(cluster.directory / "login_key"))
    transport = paramiko.Transport(socket.create_connection((place.ip, place.ssh_port)))
    try:
        transport.connect(username="practice", pkey=key)
        yield transport
    finally:
        transport.close()


def run(
    transport: paramiko.Transport, command: str, stdin: bytes = b""
) -> tuple[int, bytes, bytes]:
    channel = transport.open_session(timeout=DEADLINE_S)
    channel.settimeout(DEADLINE_S)
    channel.exec_command(command)
    channel.sendall(stdin)
    channel.shutdown_write()
    out, errors = channel.makefile("rb").read(), channel.makefile_stderr("rb").read()
    return channel.recv_exit_status(), out, errors


def test_the_password_of_the_secrets_logs_in_and_no_other(cluster: PracticeCluster) -> None:
    place = cluster.servers[0]
    secrets = tomllib.loads((cluster.directory / "secrets.toml").read_text())
    for user, password, welcome in (
        ("practice", secrets["ssh_password"], True),
        ("practice", "guess", False),
        ("root", secrets["ssh_password"], False),
    ):
        transport = paramiko.Transport(socket.create_connection((place.ip, place.ssh_port)))
        try:
            transport.start_client()
            transport.auth_password(user, password, fallback=False)
        except paramiko.AuthenticationException:
            assert not welcome
        else:
            assert welcome
        finally:
            transport.close()


def test_another_key_is_refused(cluster: PracticeCluster) -> None:
    place = cluster.servers[0]
    transport = paramiko.Transport(socket.create_connection((place.ip, place.ssh_port)))
    transport.start_client()
    with pytest.raises(paramiko.AuthenticationException):
        transport.auth_publickey("practice", paramiko.ECDSAKey.generate())
    transport.close()


def test_the_host_keys_are_those_of_known_hosts(cluster: PracticeCluster) -> None:
    known = (cluster.directory / "known_hosts").read_text()
    for number, place in enumerate(cluster.servers):
        with connected(cluster, number) as transport:
            key = transport.get_remote_server_key()
        line = f"[{place.ip}]:{place.ssh_port} {key.get_name()} {key.get_base64()}\n"
        assert line in known


def test_a_command_runs_in_its_servers_home_with_its_pipes_and_status(
    cluster: PracticeCluster,
) -> None:
    server = cluster.servers[1]
    with connected(cluster, 1) as transport:
        script = 'pwd; echo "$HOME $NEO4J_HOME $LC_ALL"; cat; echo oops >&2; exit 7'
        code, out, errors = run(transport, script, b"from stdin")
        assert (code, errors) == (7, b"oops\n")
        home = Path(server.home).parent
        assert out.decode() == f"{home}\n{home} {server.home} C\nfrom stdin"
        assert run(transport, "kill -9 $$")[0] == 137
        assert run(transport, "head -c 3000000 /dev/zero")[1] == bytes(3_000_000)


def test_what_is_sent_arrives_whole(cluster: PracticeCluster) -> None:
    content = os.urandom(2_000_000)
    with connected(cluster) as transport:
        code, _, _ = run(transport, "cat > upload", content)
        assert code == 0
        assert (cluster.servers[0].folder / "upload").read_bytes() == content


def test_short_commands_never_outrun_their_answer_under_load(cluster: PracticeCluster) -> None:
    def many(server: int) -> list[tuple[int, bytes, bytes]]:
        with connected(cluster, server % 3) as transport:
            return [run(transport, "echo done") for _ in range(40)]

    with ThreadPoolExecutor(9) as pool:
        ended = [result for results in pool.map(many, range(9)) for result in results]
    assert ended == [(0, b"done\n", b"")] * 360


def test_closing_a_channel_ends_its_command_and_what_that_started(
    cluster: PracticeCluster,
) -> None:
    folder = cluster.servers[0].folder
    with connected(cluster) as transport:
        channel = transport.open_session()
        channel.exec_command("sleep 1000 & echo $! > child; echo $$; wait")
        pid = int(channel.recv(100))
        until((folder / "child").exists, "the child is started")
        pids = (pid, int((folder / "child").read_text()))
        channel.close()
        until(lambda: not any(map(alive, pids)), "the command and its child end")


def test_closing_the_connection_ends_its_commands(cluster: PracticeCluster) -> None:
    with connected(cluster) as transport:
        channel = transport.open_session()
        channel.exec_command("echo $$; exec tail -F neo4j/logs/neo4j.log")
        pid = int(channel.recv(6).split()[0])
        assert alive(pid)
    until(lambda: not alive(pid), "tail ends")


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_log_is_followed_line_by_line(cluster: PracticeCluster) -> None:
    log = cluster.servers[0].folder / "followed.log"
    log.write_text("one\n")
    with connected(cluster) as transport:
        channel = transport.open_session()
        channel.settimeout(DEADLINE_S)
        channel.exec_command("tail -c +1 -F followed.log")
        assert channel.recv(100) == b"one\n"
        with log.open("a") as stream:
            stream.write("two\n")
        assert channel.recv(100) == b"two\n"


def test_files_go_over_sftp_with_modes_and_atomic_rename(cluster: PracticeCluster) -> None:
    home = cluster.servers[0].folder
    with connected(cluster) as transport:
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        assert sftp.normalize(".") == str(home)
        sftp.mkdir("sent", 0o700)
        with sftp.open("sent/one", "w") as stream:
            stream.write("first")
        with sftp.open("sent/two", "w") as stream:
            stream.write("second")
        sftp.chmod("sent/two", 0o600)
        with pytest.raises(OSError, match="Failure"):
            sftp.rename("sent/two", "sent/one")
        sftp.posix_rename("sent/two", "sent/one")
        assert sftp.listdir("sent") == ["one"]
        assert (home / "sent" / "one").read_text() == "second"
        assert (home / "sent" / "one").stat().st_mode & 0o777 == 0o600
        with pytest.raises(FileNotFoundError):
            sftp.stat("sent/two")
        sftp.remove("sent/one")
        sftp.rmdir("sent")
        assert not (home / "sent").exists()


def test_the_clusters_own_names_are_reached_through_a_server(cluster: PracticeCluster) -> None:
    other = cluster.servers[2]
    with connected(cluster) as transport:
        for name in (other.address, other.ip):
            channel = transport.open_channel("direct-tcpip", (name, 2222), ("127.0.0.1", 0))
            channel.settimeout(DEADLINE_S)
            assert channel.recv(4) == b"SSH-"
            channel.close()


def test_nothing_else_is_reached_through_a_server(cluster: PracticeCluster) -> None:
    with connected(cluster) as transport:
        for target, code in (
            (("192.0.2.1", 80), 1),
            (("server9.practice.internal", 7000), 2),
            ((cluster.servers[0].ip, 1), 2),
        ):
            with pytest.raises(paramiko.ChannelException) as refused:
                transport.open_channel("direct-tcpip", target, ("127.0.0.1", 0))
            assert refused.value.code == code


def test_a_forward_carries_both_ends_of_file(cluster: PracticeCluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, connected(cluster) as transport:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                received = b""
                while block := connection.recv(4096):
                    received += block
                connection.sendall(received.upper())

        thread = threading.Thread(target=answer)
        thread.start()
        target = ("localhost", listener.getsockname()[1])
        channel = transport.open_channel("direct-tcpip", target, ("127.0.0.1", 0))
        channel.settimeout(DEADLINE_S)
        channel.sendall(b"hello")
        channel.shutdown_write()
        assert channel.makefile("rb").read() == b"HELLO"
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


def test_getent_knows_the_practice_names(cluster: PracticeCluster) -> None:
    server = cluster.servers[1]
    with connected(cluster) as transport:
        assert run(transport, f"getent hosts {server.address}")[1].split()[0].decode() == server.ip
        assert run(transport, "getent hosts server9.practice.internal")[0] == 2
