"""Logging in, and in again: nothing is left open, tried twice or taken for something it is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wizard.engine.reconnecting import AWAY, Reconnecting
from wizard.engine.session import Session
from wizard.errors import HostKeyChangedError, RemoteError, SecretsError, UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import ServerSettings, Settings
from wizard.remote import ways
from wizard.remote.reaching import HostKeySeen, HostKeyState

WAIT_S = 20
NAMES = ("server1", "server2")


class Fake:
    """A connection, or a knock that becomes one; tells only whether it was closed."""

    def __init__(self, server: str = "server1", trouble: Exception | None = None) -> None:
        self.server, self._trouble = server, trouble
        self.unknown: HostKeySeen | None = None
        self.closed = self.gone = False

    def enter(self, _secrets: Secrets) -> Fake:
        if self._trouble is not None:
            raise self._trouble
        return self

    def close(self) -> None:
        self.closed = True


def reconnecting(
    log_in: Callable[[str], object], connections: dict[str, object]
) -> tuple[Reconnecting, threading.Event]:
    closed = threading.Event()
    made = Reconnecting(NAMES, connections, log_in, closed)  # type: ignore[arg-type]
    return made, closed


def test_two_that_lose_the_same_connection_make_one() -> None:
    lost, fresh, at_once = Fake(), Fake(), threading.Barrier(2)
    connections: dict[str, object] = {"server1": lost}
    made: list[str] = []

    def log_in(name: str) -> Fake:
        made.append(name)
        return fresh

    one, _closed = reconnecting(log_in, connections)

    def lose(_number: int) -> bool:
        at_once.wait(WAIT_S)
        return one.again("server1", lost, WAIT_S)  # type: ignore[arg-type]

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(lose, range(2))] == [True, True]
    assert made == ["server1"]
    assert connections == {"server1": fresh}
    assert (lost.closed, fresh.closed) == (True, False)


def test_a_host_key_that_has_changed_meanwhile_is_told_and_is_no_evidence() -> None:
    def log_in(name: str) -> Fake:
        raise HostKeyChangedError(name, "It is not the one that was known.", hint="Look.")

    lost = Fake()
    one, _closed = reconnecting(log_in, {"server1": lost})
    with pytest.raises(RemoteError, match="not the one that was known") as found:
        one.again("server1", lost, WAIT_S)  # type: ignore[arg-type]
    assert found.value.code == "host-key-changed"
    assert found.value.code in AWAY


def test_a_login_that_was_refused_is_not_tried_again() -> None:
    tries: list[str] = []

    def log_in(name: str) -> Fake:
        tries.append(name)
        raise UnreachableError(name, "No.", code="login-refused")

    one, _closed = reconnecting(log_in, {})
    assert one.again("server1", None, WAIT_S) is False
    assert tries == ["server1"]


def test_a_connection_that_comes_after_the_end_is_closed() -> None:
    fresh = Fake()
    connections: dict[str, object] = {}

    def log_in(_name: str) -> Fake:
        closed.set()
        return fresh

    one, closed = reconnecting(log_in, connections)
    assert one.again("server1", None, WAIT_S) is False
    assert fresh.closed


class FakeWay:
    def __init__(self, *knocks: Fake) -> None:
        self._knocks = {knock.server: knock for knock in knocks}

    def leads_to(self, _server: ServerSettings) -> bool:
        return True

    def knock(self, server: ServerSettings) -> Fake:
        return self._knocks[server.name]

    def close(self) -> None:
        """Nothing stands between."""


def session_over(
    way: FakeWay,
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    decide: Callable[[HostKeySeen], bool] = lambda _seen: True,
) -> Session:
    monkeypatch.setattr(ways, "WAYS", (lambda _means: way,))
    servers = tuple(ServerSettings(name=name, ssh=f"admin@{name}") for name in NAMES)
    settings = Settings(cluster="payments", servers=servers)
    return Session(settings, Secrets(), decide, {"HOME": str(home)})


def test_who_was_let_in_is_let_go_also_when_another_login_ends_it(
    monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    inside, outside = Fake("server1"), Fake("server2", SecretsError("No passphrase was given."))
    with session_over(FakeWay(inside, outside), monkeypatch, own_home) as session:
        with pytest.raises(SecretsError):
            session.connect()
        assert not inside.closed
    assert inside.closed


def test_nobody_is_kept_waiting_when_the_person_leaves_the_question(
    monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    def leave(_seen: HostKeySeen) -> bool:
        raise KeyboardInterrupt

    knocks = [Fake(name) for name in NAMES]
    knocks[0].unknown = HostKeySeen(
        server="server1",
        host="10.0.0.1",
        port=22,
        kind="ssh-ed25519",
        fingerprint="SHA256:x",
        state=HostKeyState.UNKNOWN,
    )
    session = session_over(FakeWay(*knocks), monkeypatch, own_home, leave)
    with session, pytest.raises(KeyboardInterrupt):
        session.connect()
    assert all(knock.closed for knock in knocks)


def test_who_is_let_in_after_the_session_was_closed_is_let_go(
    monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    class Late(Fake):
        def enter(self, _secrets: Secrets) -> Fake:
            session.close()
            return self

    knocks = [Late(name) for name in NAMES]
    session = session_over(FakeWay(*knocks), monkeypatch, own_home)
    session.connect()
    assert all(knock.closed for knock in knocks)
    assert not session.connections
