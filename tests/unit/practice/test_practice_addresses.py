from __future__ import annotations

import socket
import sys
from contextlib import closing

import pytest

from wizard.model.version import Version
from wizard.practice import addresses
from wizard.practice.addresses import REAL_PORTS, find_places

V5 = Version(5, 26)
V2025 = Version(2025, 6)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds all of 127.0.0.0/8")
def test_each_server_has_an_address_of_its_own_with_the_real_ports() -> None:
    places = find_places(3, V5)
    assert len({ip for ip, _ in places}) == 3
    assert all(ports == REAL_PORTS for _, ports in places)
    assert all(ip.startswith("127.") and ip != "127.0.0.1" for ip, _ in places)


def test_there_is_no_discovery_port_from_2025_on() -> None:
    assert all("discovery" not in ports for _, ports in find_places(2, V2025))


def test_on_one_address_no_port_is_given_twice() -> None:
    places = find_places(9, V5, one_address=True)
    given = [(ip, port) for ip, ports in places for port in ports.values()]
    assert len(set(given)) == len(given) == 9 * len(REAL_PORTS)
    for ip, port in given:
        with closing(socket.socket()) as free:
            free.bind((ip, port))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds all of 127.0.0.0/8")
def test_a_block_with_a_taken_port_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = iter([f"127.77.{n}" for n in range(1, 200)])

    def block(servers: int, ports: dict[str, int]) -> tuple[tuple[str, dict[str, int]], ...]:
        net = next(blocks)
        return tuple((f"{net}.{n}", dict(ports)) for n in range(1, servers + 1))

    monkeypatch.setattr(addresses, "_block", block)
    with socket.create_server(("127.77.1.2", 7000)):
        assert find_places(3, V5)[0][0] == "127.77.2.1"
