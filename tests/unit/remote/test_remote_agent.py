"""What an SSH agent holds is offered sparingly, and what was left out is told."""

from __future__ import annotations

from pathlib import Path

import paramiko
import pytest

from wizard.errors import UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings
from wizard.remote.ssh import authentication
from wizard.remote.ssh.authentication import Authentication
from wizard.remote.ssh.private_keys import Keyring
from wizard.remote.ssh.targets import Target
from wizard.secret import Secret

CLEAR = "\x1b[2J"


class Refusing:
    """A server that refuses every key, and hangs up on a password in many words."""

    def __init__(self) -> None:
        self.offered: list[object] = []

    def auth_publickey(self, _user: str, key: object) -> list[str]:
        self.offered.append(key)
        raise paramiko.AuthenticationException

    def auth_password(self, _user: str, _password: str, *, fallback: bool) -> list[str]:
        assert not fallback
        raise paramiko.SSHException(f"{CLEAR}never " * 5000)

    def is_active(self) -> bool:
        return True

    def is_authenticated(self) -> bool:
        return False


def refused(monkeypatch: pytest.MonkeyPatch, home: Path, *keys: object) -> tuple[Refusing, str]:
    monkeypatch.setattr(authentication, "_keys_of_the_agent", lambda: keys)
    server = Refusing()
    logging_in = Authentication(
        server="server1",
        target=Target(user="admin", host="10.0.0.1", port=22, known_as="10.0.0.1"),
        access=AccessSettings(agent=True, ask_password=not keys),
        secrets=Secrets(common={"ssh_password": Secret("hunter2")}),
        keyring=Keyring(),
        environ={"HOME": str(home), "TOKEN": "swordfish"},
    )
    assert "swordfish" not in repr(logging_in)
    assert "hunter2" not in repr(logging_in)
    with pytest.raises(UnreachableError) as found:
        logging_in.log_in(server)  # type: ignore[arg-type]
    return server, found.value.message


def test_of_many_keys_the_first_three_are_offered_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    server, message = refused(monkeypatch, own_home, *range(5))
    assert server.offered == [0, 1, 2]
    assert "a key of the agent, the first 3 of its 5" in message


def test_of_few_keys_each_is_offered_once(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    server, message = refused(monkeypatch, own_home, *range(3))
    assert server.offered == [0, 1, 2]
    assert "the first" not in message


def test_what_a_server_says_as_it_hangs_up_is_shown_short_and_harmless(
    monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    _server, message = refused(monkeypatch, own_home)
    assert CLEAR not in message
    assert "never" in message
    assert "hunter2" not in message
    assert len(message) < 500
