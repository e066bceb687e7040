"""What a session does with servers that have answered and wait to be logged in to."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from wizard.engine import session
from wizard.errors import RemoteError, UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings, Settings
from wizard.remote.reaching import HostKeySeen, HostKeyState

WAIT_S = 20
SEEN = HostKeySeen(
    server="server1",
    host="a",
    port=22,
    kind="ssh-ed25519",
    fingerprint="SHA256:a",
    state=HostKeyState.UNKNOWN,
)


class Opened:
    """A connection that does nothing."""

    def close(self) -> None:
        """There is nothing to close."""


class Leaving:
    """A knock that takes its time to hang up; who logs in meanwhile is cut off."""

    unknown = SEEN

    def __init__(self) -> None:
        self.begun, self.may_end, self.closed = (threading.Event() for _ in range(3))

    @property
    def gone(self) -> bool:
        return self.closed.is_set()

    def accept(self) -> None:
        """From now on it may end."""
        threading.Timer(0.2, self.may_end.set).start()

    def enter(self, _secrets: Secrets) -> Opened:
        self.may_end.set()
        raise UnreachableError("server1", "The login was refused.", code="login-refused")

    def close(self) -> None:
        self.begun.set()
        assert self.may_end.wait(WAIT_S)
        self.closed.set()


class Fresh:
    """A knock that waits for its login."""

    unknown, gone = None, False

    def enter(self, _secrets: Secrets) -> Opened:
        return Opened()

    def close(self) -> None:
        """There is nothing to close."""


class Doors:
    """The first knock is one that leaves."""

    def __init__(self, *knocks: object) -> None:
        self._knocks = list(knocks)

    def knock(self, _server: ServerSettings) -> object:
        return self._knocks.pop(0)

    def close(self) -> None:
        """Nothing stands between."""


class Between(Doors):
    """Something stands between, and is there again once somebody knocks."""

    opened: session.Session
    stands = True

    def knock(self, server: ServerSettings) -> object:
        self.opened.close()
        self.stands = True
        return super().knock(server)

    def close(self) -> None:
        self.stands = False


def settings_of(address: str) -> Settings:
    servers = (ServerSettings(name="server1", ssh=address),)
    return Settings(cluster="payments", servers=servers, access=AccessSettings())


def test_what_stands_between_is_closed_also_where_it_comes_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = Between(Fresh())
    monkeypatch.setattr(session, "Ways", lambda _means: between)

    def lost() -> None:
        raise RemoteError("server1", "The connection was lost.", code="connection-lost")

    environ = {"HOME": str(tmp_path)}
    opened = session.Session(settings_of("a@a"), Secrets(), lambda _: False, environ)
    between.opened = opened
    with pytest.raises(RemoteError, match="was lost"):
        opened.held("server1", lost)
    assert not between.stands


def test_a_server_that_is_just_being_left_is_knocked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = Leaving()
    monkeypatch.setattr(session, "PATIENCE_OF_SERVERS_S", 0.0)
    monkeypatch.setattr(session, "Ways", lambda _means: Doors(leaving, Fresh()))
    environ = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}

    def decide(_seen: HostKeySeen) -> bool:
        return leaving.begun.wait(WAIT_S)

    with session.Session(settings_of("a@a"), Secrets(), decide, environ) as opened:
        opened.connect()
        assert opened.unreached == {}
        assert list(opened.connections) == ["server1"]
