"""Killed at any record of its way back, an apply that failed is brought back to the last byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash_practice import BACK_RECORDS, TURN, Bench, assert_killed, bench_that_fails


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench_that_fails(tmp_path_factory.mktemp("crash"), "damaged-key") as made:
        yield made


def test_every_record_is_counted(practice: Bench) -> None:
    """The numbers of the test below are all there are; left alone, it comes back by itself."""
    practice.assert_reverted(practice.apply())
    journal = practice.last_journal()
    assert len(journal) == TURN + BACK_RECORDS - 1
    assert '"back-begun"' in journal[TURN - 1]


@pytest.mark.parametrize("record", range(TURN, TURN + BACK_RECORDS))
def test_every_original_is_there_again(practice: Bench, record: int) -> None:
    assert_killed(practice.apply(record=record, before=record % 4 > 1))
    if record % 2:
        practice.assert_as_before(practice.then("undo"))
    else:
        # Killed once more on the way back it still knows what it was.
        assert_killed(practice.then("resume", record=1 + record % 3, before=False))
        practice.assert_reverted(practice.then("resume"))
    practice.assert_as_before(practice.then("undo"))
