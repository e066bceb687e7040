"""Killed at any record of its journal, an apply or an undo is brought to its end by resume."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash_practice import APPLY_RECORDS, UNDO_RECORDS, Bench, assert_killed, bench


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("crash")) as made:
        yield made


def test_every_record_is_counted(practice: Bench) -> None:
    """The numbers of the tests below are all there are."""
    assert practice.apply().exit_code == 0
    assert len(practice.last_journal()) == APPLY_RECORDS
    practice.assert_as_before(practice.then("undo"))
    assert len(practice.last_journal()) == APPLY_RECORDS + UNDO_RECORDS


@pytest.mark.parametrize("again", range(1, 4))
def test_one_that_had_made_nothing_may_be_cut_off_again_when_it_is_taken_up(
    practice: Bench, again: int
) -> None:
    assert_killed(practice.apply(record=1, before=False))
    assert_killed(practice.then("resume", record=again, before=False))
    practice.assert_encrypted(practice.then("resume"))
    practice.assert_as_before(practice.then("undo"))


@pytest.mark.parametrize("record", range(1, APPLY_RECORDS + 1))
def test_apply_ends_as_if_nothing_had_happened(practice: Bench, record: int) -> None:
    assert_killed(practice.apply(record=record, before=False))
    practice.assert_encrypted(practice.then("resume"))
    # The way back has fewer records; each of them gets its turn as well.
    of_undo = 1 + (record - 1) % UNDO_RECORDS
    assert_killed(practice.then("undo", record=of_undo, before=False))
    practice.assert_as_before(practice.then("resume"))
