"""What lint says of each neo4j.conf inside a plan: before the change, and after it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from planning_world import NAMES, RESOLVED, cluster, conf_of, everywhere, facts_of, settings

from wizard.model.problems import Problem, Severity
from wizard.neo4j.lint import lint
from wizard.planning.lint_findings import MENDED, merged
from wizard.planning.plan import Plan
from wizard.planning.planner import make_plan
from wizard.planning.render import plan_text

CLUSTER = "dbms.ssl.policy.cluster."


def planned(*more: str) -> Plan:
    """A plan where these lines stand at the end of server2's neo4j.conf."""
    return make_plan(settings(), cluster(conf=conf_of("server2", *more)))


def found(plan: Plan, code: str) -> Problem:
    (problem,) = (p for p in plan.problems if p.code == code)
    return problem


def test_a_problem_that_stays_names_server_file_and_the_line_of_today() -> None:
    plan = planned("#", "dbms.ssl.policy.bolt.base_directroy=certificates/bolt")
    problem = found(plan, "policy-suffix-misspelt")
    assert (problem.server, problem.line) == ("server2", 6)
    assert problem.file == "/opt/neo4j/conf/neo4j.conf"
    assert problem.severity is not Severity.NOTE
    assert not problem.blocks
    text = " ".join(line.strip() for line in plan_text(plan))
    assert "In /opt/neo4j/conf/neo4j.conf, line 6." in text
    assert "server2: " in text


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((f"{CLUSTER}client_auth=NONE",), "policy-present-not-enabled"),
        ((f"{CLUSTER}enabled=true", f"{CLUSTER}trust_all=true"), "trust-all"),
        (("dbms.ssl.policy.Cluster.enabled=true",), "policy-scope-misspelt"),
    ],
)
def test_what_the_change_mends_is_no_problem_of_the_result(lines: Sequence[str], code: str) -> None:
    raw = conf_of("server2", *lines)
    before = [p for p in lint(raw, facts_of("server2").version) if p.code == code]  # type: ignore[arg-type]  # it has one
    assert before
    assert before[0].severity is not Severity.NOTE
    problem = found(planned(*lines), code)
    assert (problem.severity, problem.hint, problem.blocks) == (Severity.NOTE, MENDED, False)


def test_what_keeps_neo4j_from_starting_blocks_with_its_line() -> None:
    plan = planned("a.b=1", "a.b=2")
    (problem,) = (p for p in plan.problems if p.blocks)
    assert problem.server == "server2"
    assert problem.line in {5, 6}
    assert plan.changes == ()


def test_a_clean_cluster_has_neither_errors_nor_warnings() -> None:
    plan = make_plan(settings(), cluster())
    assert [p for p in plan.problems if p.severity is not Severity.NOTE] == []


def test_our_own_lines_are_never_a_problem() -> None:
    plan = make_plan(settings(), cluster())
    assert [p for p in plan.problems if (p.key or "").startswith(CLUSTER)] == []


def test_a_manager_is_told_of_once() -> None:
    raw = b"# This file is managed by Puppet\n" + conf_of("server2")
    told = make_plan(settings(), cluster(conf=raw, managed_by="Puppet"))
    assert [p.severity for p in told.problems if p.code == "conf-managed"] == [Severity.WARNING]


def test_a_note_of_every_server_is_told_once() -> None:
    plan = make_plan(settings(), everywhere(resolved=RESOLVED))
    assert found(plan, "backup-policy-missing").server is None
    with_backup = conf_of(
        "server2",
        "dbms.ssl.policy.backup.enabled=true",
        "dbms.ssl.policy.backup.base_directory=certificates/backup",
    )
    some = make_plan(settings(), cluster(conf=with_backup))
    told = [p.server for p in some.problems if p.code == "backup-policy-missing"]
    assert told == ["server1", "server3"]


def test_only_notes_are_merged() -> None:
    def on(server: str, severity: Severity) -> Problem:
        return Problem(code="x", severity=severity, message="It is so.", server=server)

    warnings = tuple(on(name, Severity.WARNING) for name in NAMES)
    assert merged(warnings, 3) == warnings
    assert len(merged((on(name, Severity.NOTE) for name in NAMES), 3)) == 1
    assert len(merged((on(name, Severity.NOTE) for name in NAMES[:2]), 3)) == 2
