"""A plan's fingerprint: the same for the same plan, another one as soon as anything has moved."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from planning_world import cluster, conf_of, settings

from wizard.errors import UsageError
from wizard.model.facts import FileStat, PolicyFiles
from wizard.model.settings import AccessSettings, KeyAlgorithm
from wizard.planning.approval import (
    approval_from,
    approval_lines,
    approval_of,
    departure,
)
from wizard.planning.plan import Plan
from wizard.planning.planner import make_plan
from wizard.planning.ticket import plan_markdown

STANDING = PolicyFiles(
    directory="/opt/neo4j/certificates/cluster",
    public_certificate=b"leaf",
    private_key_exists=True,
    trusted={"ca.crt": b"ca"},
)


def plan_with(**changes: Any) -> Plan:
    return make_plan(settings(), cluster(**changes))


def moved(plan: Plan) -> str:
    problem = departure(approval_of(plan_with()), plan)
    return "" if problem is None else problem.message


def test_equal_answers_and_servers_have_the_same_fingerprint() -> None:
    assert approval_of(plan_with()) == approval_of(plan_with())
    assert departure(approval_of(plan_with()), plan_with()) is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"conf": conf_of("server2") + b"\n"}, "server2: neo4j.conf"),
        ({"conf_stat": FileStat(mode=0o640, uid=7474, gid=7474)}, "server2: neo4j.conf"),
        ({"certificates_entries": ("./bolt",)}, "server2: certificates that stand"),
        ({"policy_files": STANDING}, "server2: certificates that stand"),
        ({"certificates_stat": FileStat(mode=0o755, uid=7475, gid=7474)}, "server2: changes"),
        ({"running": False}, "server2: version and state"),
        ({"service": "systemd:neo4j"}, "server2: changes"),
    ],
)
def test_whatever_moves_on_a_server_is_named(changes: dict[str, Any], part: str) -> None:
    told = moved(plan_with(**changes))
    assert part in told
    assert "server1" not in told


def test_what_was_staged_for_the_window_is_not_held_against_the_plan() -> None:
    staged = ("./cluster-20261122-101112-ab12", "./cluster-20261122-101112-ab12/private.key")
    assert moved(plan_with(certificates_entries=staged)) == ""
    assert moved(plan_with(certificates_entries=("./cluster-old", *staged))) != ""


def test_a_file_more_in_the_present_policy_counts() -> None:
    more = replace(STANDING, trusted={"ca.crt": b"ca", "other.crt": b"ca"})
    one, other = plan_with(policy_files=STANDING), plan_with(policy_files=more)
    assert approval_of(one).sha256 != approval_of(other).sha256


def test_other_answers_are_another_plan() -> None:
    plan = make_plan(settings(algorithm=KeyAlgorithm.RSA_4096), cluster())
    assert "answers" in moved(plan)


@pytest.mark.parametrize(
    "answers",
    [{"access": AccessSettings(agent=True)}, {"secrets_file": "elsewhere.toml"}],
)
def test_the_way_to_log_in_is_not_what_is_done(answers: dict[str, Any]) -> None:
    assert moved(make_plan(settings(**answers), cluster())) == ""


def test_a_clock_may_drift_between_approval_and_window() -> None:
    assert moved(plan_with(clock_offset_s=70.0)) == ""


def test_the_number_alone_binds_and_the_parts_are_evidence() -> None:
    before, after = plan_with(), plan_with(conf=conf_of("server2") + b"#\n")
    problem = departure(approval_from(approval_of(before).sha256.upper()), after)
    assert problem is not None
    assert (problem.code, problem.blocks) == ("plan-changed", True)
    assert approval_of(before).sha256 in problem.message
    for part, sha in approval_of(after).parts.items():
        assert f"{part} {sha}" in problem.evidence
        assert f"{part} {sha[:8]}" in problem.hint


@pytest.mark.parametrize("form", ["lines", "markdown", "json"])
def test_a_plan_kept_as_a_file_says_what_differs(form: str) -> None:
    approval = approval_of(plan_with())
    kept = {
        "lines": "\n".join(approval_lines(approval)),
        "markdown": plan_markdown(plan_with()),
        "json": '{"event":"started"}\n'
        + json.dumps({"message": approval_lines(approval)[-1], "parts": dict(approval.parts)}),
    }[form]
    read = approval_from(kept)
    assert read == approval
    problem = departure(read, plan_with(conf=conf_of("server2") + b"#\n"))
    assert problem is not None
    assert "server2: neo4j.conf" in problem.message
    assert "server3" not in problem.message


def test_parts_that_do_not_belong_to_the_number_are_not_believed() -> None:
    kept = plan_markdown(plan_with())
    part = approval_of(plan_with()).parts["server2: neo4j.conf"]
    read = approval_from(kept.replace(part, "0" * 64))
    assert read.sha256 == approval_of(plan_with()).sha256
    assert not read.parts


@pytest.mark.parametrize("text", ["", "yes", "0" * 63, "g" * 64, "# Nothing\n"])
def test_what_holds_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        approval_from(text)


def test_a_file_with_two_plans_is_refused() -> None:
    two = plan_markdown(plan_with()) + plan_markdown(plan_with(running=False))
    with pytest.raises(UsageError):
        approval_from(two)
