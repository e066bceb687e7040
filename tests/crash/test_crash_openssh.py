"""The same over OpenSSH's own servers, at the records on which most depends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash_practice import APPLY_RECORDS, Bench, assert_killed, bench_over_openssh

pytestmark = pytest.mark.sshd

STAGING, STAGED, STOPPING, COMMITTING, STARTING = 4, 11, 13, 17, 21


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench_over_openssh(tmp_path_factory.mktemp("crash")) as made:
        yield made


@pytest.mark.parametrize("record", [STAGING, STOPPING, COMMITTING, STARTING])
def test_resume_and_then_an_undo_that_is_killed(practice: Bench, record: int) -> None:
    assert_killed(practice.apply(record=record, before=False))
    practice.assert_encrypted(practice.then("resume"))
    assert_killed(practice.then("undo", record=record % 5 + 2, before=False))
    practice.assert_as_before(practice.then("resume"))


@pytest.mark.parametrize("record", [STAGED, APPLY_RECORDS - 1])
def test_undo(practice: Bench, record: int) -> None:
    assert_killed(practice.apply(record=record, before=True))
    practice.assert_as_before(practice.then("undo"))
