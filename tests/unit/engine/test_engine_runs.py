"""Run folders: private, found again, and never mixed up between clusters."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wizard.engine.places import make_private_folder, state_directory, write_private
from wizard.engine.records.journal import Kind
from wizard.engine.records.runs import (
    RunState,
    all_runs,
    make_run_folder,
    named_run,
    new_run_id,
    only_wizard,
    record_start,
    run_to_undo,
    standing_run,
)
from wizard.errors import JournalError, UsageError, WizardError

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def made(environ: dict[str, str], cluster: str, *kinds: Kind, minute: int = 0) -> str:
    run_id = new_run_id(NOON + timedelta(minutes=minute))
    folder = make_run_folder(environ, run_id)
    journal = record_start(
        folder,
        cluster=cluster,
        answers_toml="format = 1\n",
        plan={"run": run_id},
        clock=lambda: NOON,
    )
    with journal:
        for kind in kinds:
            journal.write(kind)
    return run_id


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "deep" / "state")}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_STATE_HOME": "/var/state", "HOME": "/h"}, "/var/state/neo4j-tls"),
        ({"XDG_STATE_HOME": "", "HOME": "/h"}, "/h/.local/state/neo4j-tls"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/h"}, "/h/.local/state/neo4j-tls"),
    ],
)
def test_the_state_folder_follows_xdg(environ: dict[str, str], expected: str) -> None:
    assert str(state_directory(environ)) == expected


def test_nothing_of_a_run_is_open_to_others(environ: dict[str, str]) -> None:
    old = os.umask(0)
    try:
        made(environ, "payments", Kind.APPLIED)
    finally:
        os.umask(old)
    found = [state_directory(environ), *state_directory(environ).rglob("*")]
    assert len(found) > 4
    assert [path for path in found if path.stat().st_mode & 0o077] == []


def test_a_folder_others_may_write_into_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(JournalError, match="not yours alone"):
        make_private_folder(folder)


def test_nothing_that_stands_is_overwritten(tmp_path: Path) -> None:
    write_private(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"one"


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), RunState.UNTOUCHED),
        ((Kind.INTENT,), RunState.UNFINISHED),
        ((Kind.INTENT, Kind.DONE), RunState.UNFINISHED),
        ((Kind.INTENT, Kind.APPLIED), RunState.APPLIED),
        ((Kind.INTENT, Kind.STOPPED), RunState.UNFINISHED),
        ((Kind.INTENT, Kind.REVERTED), RunState.REVERTED),
        ((Kind.APPLIED, Kind.UNDO_BEGUN), RunState.UNFINISHED),
        ((Kind.APPLIED, Kind.UNDO_BEGUN, Kind.UNDONE), RunState.UNDONE),
    ],
)
def test_the_journal_says_where_a_run_stands(
    environ: dict[str, str], kinds: tuple[Kind, ...], state: RunState
) -> None:
    made(environ, "payments", *kinds)
    assert [run.state for run in all_runs(environ)] == [state]


def test_undo_takes_the_last_run_that_is_not_undone(environ: dict[str, str]) -> None:
    made(environ, "payments", Kind.INTENT, Kind.APPLIED)
    second = made(environ, "payments", Kind.INTENT, Kind.APPLIED, minute=1)
    made(environ, "payments", Kind.INTENT, Kind.REVERTED, minute=2)
    chosen = run_to_undo(environ, None)
    assert chosen is not None
    assert chosen.id == second


def test_the_standing_run_is_the_one_the_servers_name(environ: dict[str, str]) -> None:
    first = made(environ, "payments", Kind.INTENT, Kind.APPLIED)
    second = made(environ, "payments", Kind.INTENT, Kind.APPLIED, minute=1)
    undone = made(environ, "payments", Kind.APPLIED, Kind.UNDONE, minute=2)
    folders = [state_directory(environ)]

    def found(cluster: str, *named: str) -> str | None:
        run = standing_run(folders, cluster, named)
        return run.id if run else None

    assert found("payments", first) == first
    assert found("payments", undone) is None
    assert found("payments", "20260101-000000-0000") is None
    assert found("payments") == second
    assert found("orders") is None


def test_a_folder_of_certificates_names_its_run() -> None:
    run_id = new_run_id(NOON)
    assert named_run(f"/var/lib/neo4j/certificates/cluster-{run_id}") == run_id
    assert named_run("/var/lib/neo4j/certificates/cluster") is None


def test_runs_of_several_clusters_have_to_be_named(environ: dict[str, str]) -> None:
    one = made(environ, "payments", Kind.INTENT)
    made(environ, "orders", Kind.INTENT, minute=1)
    with pytest.raises(UsageError) as refused:
        run_to_undo(environ, None)
    assert refused.value.code == "run-unknown"
    assert one in refused.value.message
    named = run_to_undo(environ, one)
    assert named is not None
    assert named.cluster == "payments"


@pytest.mark.parametrize("name", ["20200101-000000-0000", "../../etc", ""])
def test_an_unknown_run_is_refused(environ: dict[str, str], name: str) -> None:
    with pytest.raises(UsageError):
        run_to_undo(environ, name)


def test_without_any_run_there_is_nothing_to_undo(environ: dict[str, str]) -> None:
    assert run_to_undo(environ, None) is None


def test_a_second_wizard_for_the_same_cluster_is_refused(environ: dict[str, str]) -> None:
    with only_wizard(environ, "payments"):
        with only_wizard(environ, "orders"):
            pass
        with pytest.raises(WizardError, match="Another wizard"), only_wizard(environ, "payments"):
            pass
    with only_wizard(environ, "payments"):
        pass
