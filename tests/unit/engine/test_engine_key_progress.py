"""Slow keys are told of one by one, and a wish to stop is heard between two of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.engine.events import Event, Said
from wizard.engine.making.key_progress import in_sight
from wizard.engine.request import Request
from wizard.errors import CancelledError, MaterialError
from wizard.model.secrets import Secrets
from wizard.model.settings import KeyAlgorithm, ServerSettings, Settings

SERVERS = ("server1", "server2", "server3")


@pytest.fixture
def request_of_mine(tmp_path: Path) -> Request:
    return Request(
        settings=Settings(
            cluster="payments", servers=(ServerSettings(name="server1", ssh="admin@10.0.0.1"),)
        ),
        secrets=Secrets(),
        environ={"HOME": str(tmp_path)},
        clock=lambda: datetime.now(UTC),
        decide_host_key=lambda _seen: False,
        confirm=lambda _plan: False,
    )


def walked(
    request: Request, algorithm: KeyAlgorithm, work: Callable[[Callable[[str], None]], int]
) -> tuple[list[Event], int]:
    events: list[Event] = []
    steps = in_sight(request, SERVERS, algorithm, work)
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            return events, end.value


def all_told(told: Callable[[str], None]) -> int:
    for server in SERVERS:
        told(server)
    return 3


def test_each_rsa_key_is_told_and_quick_ones_are_not(request_of_mine: Request) -> None:
    events, answer = walked(request_of_mine, KeyAlgorithm.RSA_4096, all_told)
    assert answer == 3
    assert [event.message for event in events if isinstance(event, Said)] == [
        f"Private key {number} of 3 is made, for server{number}." for number in (1, 2, 3)
    ]
    assert walked(request_of_mine, KeyAlgorithm.EC_P256, all_told) == ([], 3)


def test_a_wish_to_stop_and_an_error_come_through(request_of_mine: Request) -> None:
    def refused(_told: Callable[[str], None]) -> int:
        raise MaterialError("No.")

    with pytest.raises(MaterialError):
        walked(request_of_mine, KeyAlgorithm.EC_P256, refused)
    request_of_mine.cancel.set()
    with pytest.raises(CancelledError):
        walked(request_of_mine, KeyAlgorithm.RSA_4096, all_told)
