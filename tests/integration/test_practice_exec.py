"""However quickly a command ends, its client gets the answer to its request first."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import paramiko
import pytest

from wizard.practice import ssh_server
from wizard.practice.addresses import find_places
from wizard.practice.guard import Guard
from wizard.practice.layout import parse_version, server_at
from wizard.practice.ssh_server import Login, Session, SshServer


class InstantThread:
    """A thread that has run when `start` returns: the quickest command there can be."""

    def __init__(self, *, target: Callable[[], None], daemon: bool) -> None:
        assert daemon
        self._target = target

    def start(self) -> None:
        self._target()


class InstantCommand:
    """A command that ends at once."""

    def __init__(self, *, channel: paramiko.Channel, **_: object) -> None:
        self._channel = channel

    def run(self) -> None:
        self._channel.send_exit_status(4)
        self._channel.close()


@contextmanager
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[paramiko.Transport]:
    directory = Path(tempfile.mkdtemp())
    version = parse_version("5.26")
    ((ip, ports),) = find_places(1, version)
    place = server_at(directory, 1, version, ip, ports)
    guard = Guard.__new__(Guard)
    key = paramiko.ECDSAKey.generate()
    login = Login(key=key, password="unused", hosts={})
    server = SshServer(place, login, paramiko.ECDSAKey.generate(), guard)
    transport = paramiko.Transport(socket.create_connection((ip, place.ssh_port)))
    try:
        transport.connect(username="practice", pkey=key)
        monkeypatch.setattr(ssh_server, "Command", InstantCommand)
        monkeypatch.setattr(ssh_server, "threading", SimpleNamespace(Thread=InstantThread))
        yield transport
    finally:
        monkeypatch.undo()
        transport.close()
        server.close()
        shutil.rmtree(directory)


def run(transport: paramiko.Transport) -> int:
    channel = transport.open_session(timeout=5)
    channel.settimeout(5)
    channel.exec_command("exit 4")
    return channel.recv_exit_status()


def test_a_command_that_ends_at_once_is_still_answered_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with client(monkeypatch) as transport:
        assert [run(transport) for _ in range(50)] == [4] * 50


def test_a_command_that_begins_before_the_answer_shows_a_closed_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = Session.check_channel_exec_request

    def early(session: Session, channel: paramiko.Channel, command: bytes) -> bool:
        accepted = plain(session, channel, command)
        session.answered(channel)
        return accepted

    with client(monkeypatch) as transport:
        monkeypatch.setattr(Session, "check_channel_exec_request", early)
        with pytest.raises(paramiko.SSHException, match="Channel closed"):
            run(transport)
