"""SSH servers that stop letting us in, allow little, or are judged from outside: ssh-audit."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cuts import Scene
from fake_neo4j import make_home
from sshd import make_key, running_sshd

from wizard.errors import RemoteError, UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.staging import stage, validate
from wizard.remote.steps import restore
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd


@contextlib.contextmanager
def scene(folder: Path, *options: str) -> Iterator[Scene]:
    """An sshd with lines of sshd_config of its own."""
    with running_sshd(folder / "sshd", options=options) as sshd:
        yield Scene(sshd=sshd, home=make_home(folder / "a home"))


def test_one_session_at_a_time_is_told_before_anything_is_done(tmp_path: Path) -> None:
    with scene(tmp_path, "MaxSessions 1") as one, contextlib.closing(one.log_in()) as connection:
        server = ServerSettings(name="server1", ssh=one.sshd.ssh, home=str(one.home))
        with pytest.raises(RemoteError, match="no further session") as caught:
            survey(connection, server, ())
        assert caught.value.code == "session-refused"


def test_as_many_sessions_as_are_needed_are_enough(tmp_path: Path) -> None:
    with scene(tmp_path, "MaxSessions 3") as one, contextlib.closing(one.log_in()) as connection:
        server = ServerSettings(name="server1", ssh=one.sshd.ssh, home=str(one.home))
        before, order = one.trees(), one.order()
        logs = [connection.follow(str(one.home / "logs" / name)) for name in ("a.log", "b.log")]
        for follower in logs:
            follower.close()
        survey(connection, server, ())
        logs = [connection.follow(str(one.home / "logs" / name)) for name in ("a.log", "b.log")]
        stage(connection, order)
        validate(connection, order)
        restore(connection, order.run, order.server)
        for follower in logs:
            follower.close()
        assert one.trees() == before


def test_a_login_that_ends_in_the_midst_of_a_run_is_asked_once_and_resumed(tmp_path: Path) -> None:
    with scene(tmp_path) as one:
        before, order = one.trees(), one.order()
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, order)
        keys = one.sshd.directory / "authorized_keys"
        allowed = keys.read_bytes()
        keys.write_bytes(b"")
        with pytest.raises(UnreachableError) as caught:
            one.log_in()
        assert caught.value.code == "login-refused"
        assert one.sshd.log().count("Failed publickey") <= 1
        keys.write_bytes(allowed)
        with contextlib.closing(one.log_in()) as connection:
            validate(connection, order)
            restore(connection, order.run, order.server)
        assert one.trees() == before


def test_another_host_key_in_the_midst_of_a_run_stops_before_the_login(tmp_path: Path) -> None:
    with scene(tmp_path) as one:
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, one.order())
        for name in ("host_key", "host_key.pub"):
            (one.sshd.directory / name).unlink()
        make_key(one.sshd.directory / "host_key")
        one.sshd.restart()
        logged = len(one.sshd.log())
        with pytest.raises(UnreachableError) as caught:
            one.log_in()
        assert caught.value.code == "host-key-changed"
        assert "publickey" not in one.sshd.log()[logged:]


def test_what_our_client_offers_stands_the_audit() -> None:
    report = audited()
    assert {"kex", "key", "enc", "mac"} <= report.keys()
    for kind in ("kex", "key", "enc", "mac"):
        names = report[kind]
        failed = {
            name["algorithm"]: name["notes"]["fail"] for name in names if "fail" in name["notes"]
        }
        assert failed == {}, kind
    offered = {name["algorithm"] for name in report["kex"]}
    assert "kex-strict-c-v00@openssh.com" in offered


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_a_server_with_one_kind_of_host_key_is_entered(tmp_path: Path, kind: str) -> None:
    (tmp_path / "sshd").mkdir()
    make_key(tmp_path / "sshd" / "host_key", "-t", kind)
    with scene(tmp_path) as one:
        for known in (one.sshd.known_hosts, tmp_path / "nothing"):
            asked: list[str] = []
            connection = connect(
                AccessSettings(identity_file=str(one.sshd.identity_file)),
                ServerSettings(name="server1", ssh=one.sshd.ssh),
                Secrets(),
                HostKeys([known], tmp_path / f"own-{known.name}"),
                10,
                decide=lambda seen, asked=asked: asked.append(seen.kind) is None,
            )
            connection.close()
            assert len(asked) == (known != one.sshd.known_hosts)


def test_the_audit_finds_what_paramiko_offers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.remote.ssh.handshake._WEAK", {})
    report = audited()
    assert [name for name in report["enc"] if "fail" in name["notes"]]


def audited() -> dict[str, list[dict[str, dict[str, list[str]]]]]:
    """What ssh-audit says of our client, which it lets connect."""
    port = low_port()
    command = [sys.executable, "-m", "ssh_audit.ssh_audit", "-4", "-c", "-p", str(port), "-jj"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as audit:
        try:
            knocking = threading.Thread(target=knock, args=(port, audit), daemon=True)
            knocking.start()
            told, _ = audit.communicate(timeout=60)
            knocking.join(60)
            assert not knocking.is_alive()
        finally:
            audit.kill()
    found: dict[str, list[dict[str, dict[str, list[str]]]]] = json.loads(told)
    return found


def low_port() -> int:
    """A free port that no connection gets by itself: one to a free port could meet itself there."""
    for port in random.sample(range(10_000, 30_000), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def knock(port: int, audit: subprocess.Popen[str]) -> None:
    """Connect as the wizard does, as soon as somebody listens."""
    between_looks = threading.Event()
    while audit.poll() is None:
        with contextlib.suppress(UnreachableError):
            connect(
                AccessSettings(),
                ServerSettings(name="server1", ssh=f"a@127.0.0.1:{port}"),
                Secrets(),
                HostKeys([], Path("none")),
                5,
            )
        between_looks.wait(0.1)
