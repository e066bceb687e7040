"""Killed at any record of its journal, an apply is taken back to the last byte by undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash_practice import APPLY_RECORDS, Bench, assert_killed, bench


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("crash")) as made:
        yield made


@pytest.mark.parametrize("record", range(1, APPLY_RECORDS + 1))
def test_every_original_is_there_again(practice: Bench, record: int) -> None:
    assert_killed(practice.apply(record=record, before=False))
    practice.assert_as_before(practice.then("undo"))
