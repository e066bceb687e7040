"""A jump host is logged in to once, whatever comes of it, and addresses share one time limit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from wizard.errors import UnreachableError
from wizard.remote.ssh import jump, sockets
from wizard.remote.ssh.jump import JumpHosts

WAIT_S = 20
WAITING = 8


class Fake:
    """A connection that is its own transport."""

    def __init__(self) -> None:
        self.active, self.closed = True, False

    @property
    def transport(self) -> Fake:
        return self

    def is_active(self) -> bool:
        return self.active

    def close(self) -> None:
        self.closed = True


def hosts(log_in: Callable[[str], object]) -> JumpHosts:
    return JumpHosts(log_in)  # type: ignore[arg-type]


def refusing() -> tuple[JumpHosts, list[str]]:
    tried: list[str] = []

    def log_in(place: str) -> Fake:
        tried.append(place)
        raise UnreachableError("jump", "No.", code="login-refused")

    return hosts(log_in), tried


def test_all_who_wait_for_a_jump_host_that_refuses_are_one_login() -> None:
    places, tried = refusing()
    at_once = threading.Barrier(WAITING)

    def ask(_number: int) -> str:
        at_once.wait(WAIT_S)
        with pytest.raises(UnreachableError) as found:
            places.to("bastion")
        return found.value.code

    with ThreadPoolExecutor(WAITING) as pool:
        assert [*pool.map(ask, range(WAITING))] == ["login-refused"] * WAITING
    assert tried == ["bastion"]


def test_later_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jump, "KEPT_S", 0.0)
    places, tried = refusing()
    for _ in range(2):
        with pytest.raises(UnreachableError):
            places.to("bastion")
    assert len(tried) == 2


def test_a_jump_host_that_was_lost_is_logged_in_to_anew() -> None:
    first, second = Fake(), Fake()
    coming = [second, first]
    places = hosts(lambda _place: coming.pop())
    assert places.to("bastion") is first
    assert places.to("bastion") is first
    first.active = False
    assert places.to("bastion") is second
    places.close()
    assert second.closed


def test_a_login_that_ends_after_everything_was_closed_is_hung_up() -> None:
    one = Fake()

    def log_in(_place: str) -> Fake:
        places.close()  # which waits for nobody's login
        return one

    places = hosts(log_in)
    places.to("bastion")
    assert one.closed


def test_all_addresses_of_a_name_share_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    now, limits = [0.0], []

    class Silent(socket.socket):
        def connect(self, _address: Any) -> None:
            limits.append(self.gettimeout())
            now[0] += self.gettimeout() or 0
            raise TimeoutError

    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1))] * 3
    monkeypatch.setattr(sockets, "QuickSocket", Silent)
    monkeypatch.setattr(sockets.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_: found)
    with pytest.raises(TimeoutError):
        sockets.dial("db1.example.com", 22, 9.0)
    assert limits[0] == 9.0
    assert sum(limits) < 10
