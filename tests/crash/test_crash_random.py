"""Killed at twenty moments that nobody chose, an apply can be brought to its end or taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash_practice import Bench, bench, killed_at_random

KILLS = 20


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("crash")) as made:
        yield made


@pytest.mark.parametrize("seed", range(KILLS))
def test_it_ends_well(practice: Bench, seed: int) -> None:
    killed_at_random(practice, seed)
