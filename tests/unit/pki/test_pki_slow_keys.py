"""Making large keys stops nothing else, tells how far it is, and keeps several cores at work."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki import material
from wizard.pki.keys import PrivateKey, make_key
from wizard.pki.material import LeafRequest, make_material

LONG_ENOUGH_S = 120
MANY = 10_000


def test_python_goes_on_while_an_rsa_key_is_made() -> None:
    begun, ended, steps = threading.Event(), threading.Event(), 0

    def slow() -> None:
        begun.set()
        for _ in range(3):
            make_key(KeyAlgorithm.RSA_4096)
        ended.set()

    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(slow)
        assert begun.wait(LONG_ENOUGH_S)
        while not ended.is_set() and steps < MANY:
            steps += 1
        still_at_work = not ended.is_set()
        made.result(LONG_ENOUGH_S)
    # One call makes a key: if it kept the interpreter, at most a few steps would have gone by.
    assert (steps, still_at_work) == (MANY, True)


def requests(count: int) -> list[LeafRequest]:
    return [
        LeafRequest(
            server=f"server{number}",
            subject=Subject(common_name=f"server{number}"),
            dns_names=(f"server{number}.example",),
            ip_addresses=(),
            password=None,
        )
        for number in range(count)
    ]


def test_two_keys_are_made_at_a_time_and_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)

    def waited(algorithm: KeyAlgorithm) -> PrivateKey:
        together.wait(LONG_ENOUGH_S)  # broken, and an error, where nobody makes another
        assert algorithm is KeyAlgorithm.RSA_4096
        return make_key(KeyAlgorithm.EC_P256)

    monkeypatch.setattr(material, "make_key", waited)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    told: list[str] = []
    made = make_material(
        requests(4),
        trust=TrustModel.SELF_SIGNED,
        algorithm=KeyAlgorithm.RSA_4096,
        now=datetime.now(UTC),
        lifetime_days=30,
        made=told.append,
    )
    assert sorted(told) == sorted(made) == [f"server{number}" for number in range(4)]
