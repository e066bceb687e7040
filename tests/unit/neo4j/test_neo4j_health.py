"""Neo4j's own rows, as its manual shows them, and what is wrong by them."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.model.version import Version
from wizard.neo4j.health import QUESTIONS, Expected, Question, problems_of, told_of

NAMES = ("server1", "server2", "server3")
EXPECTED = Expected(addresses={name: f"localhost:768{n}" for n, name in enumerate(NAMES, start=1)})
Rows = list[dict[str, Any]]


def servers(**changed: Any) -> Rows:
    """SHOW SERVERS of the Operations Manual, 'Monitor servers'; what is changed is the second's."""
    rows = [
        {"name": name, "address": address, "state": "Enabled", "health": "Available"}
        for name, address in zip(
            ("f4ae1895-26f1", "ffa55a5b-2aca", "server3"), EXPECTED.addresses.values(), strict=True
        )
    ]
    rows[1] |= changed
    return rows


def databases(**changed: Any) -> Rows:
    """SHOW DATABASES of the manual, 'Monitor databases'; what is changed is neo4j's second copy."""
    rows = [
        {
            "name": name,
            "type": kind,
            "aliases": [],
            "access": "read-write",
            "address": address,
            "role": "primary",
            "writer": address.endswith(leader),
            "requestedStatus": "online",
            "currentStatus": "online",
            "statusMessage": "",
            "default": name == "neo4j",
            "currentPrimariesCount": 3,
            "requestedPrimariesCount": 3,
        }
        for name, kind, leader in (("neo4j", "standard", "3"), ("system", "system", "1"))
        for address in EXPECTED.addresses.values()
    ]
    rows[1] |= changed
    return rows


def overview(*roles: str, version_3: bool = False) -> Rows:
    """dbms.cluster.overview() of the manual 3.5 or 4.1."""
    rows: Rows = []
    for role, address in zip(roles, EXPECTED.addresses.values(), strict=False):
        addresses = [f"bolt://{address}", "http://localhost:7474"]
        row: dict[str, Any] = {"id": f"id of {address}", "addresses": addresses, "groups": []}
        if version_3:
            rows.append({**row, "role": role, "database": "default"})
        else:
            rows.append({**row, "databases": {"neo4j": role, "system": "FOLLOWER"}})
    if rows and not version_3:
        rows[0]["databases"]["system"] = "LEADER"
    return rows


def codes(answers: dict[Question, Rows | None]) -> list[tuple[str, str | None]]:
    return [(p.code, p.server) for p in problems_of(told_of(answers), EXPECTED)]


def of_5(shown: Rows, listed: Rows) -> list[tuple[str, str | None]]:
    return codes({Question.SERVERS: shown, Question.DATABASES_AND_COUNTS: listed})


@pytest.mark.parametrize(
    ("version", "first"),
    [
        (Version(3, 5), "CALL dbms.cluster.overview()"),
        (Version(4, 4), "CALL dbms.cluster.overview()"),
        (Version(5, 1), "SHOW SERVERS"),
        (Version(2026, 8), "SHOW SERVERS"),
    ],
)
def test_every_version_is_asked_in_its_own_words(version: Version, first: str) -> None:
    questions = QUESTIONS.of(version)
    assert questions[0].value.startswith(first)
    assert any(one.is_about_databases for one in questions) is (version >= Version(4, 0))


def test_no_question_changes_anything() -> None:
    for question in Question:
        assert question.value.split()[0] in {"SHOW", "CALL"}


def test_a_healthy_cluster_has_no_problem() -> None:
    assert of_5(servers(), databases()) == []
    four = {Question.OVERVIEW: overview("FOLLOWER", "LEADER", "FOLLOWER")}
    assert codes(four) == []
    three = {Question.OVERVIEW: overview("FOLLOWER", "LEADER", "FOLLOWER", version_3=True)}
    assert codes(three) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"health": "Unavailable"}, "server-not-available"),
        ({"state": "Free"}, "server-not-enabled"),
        ({"state": "Cordoned"}, "server-not-enabled"),
        ({"state": "Deallocating"}, "server-not-enabled"),
    ],
)
def test_a_server_that_is_not_enabled_and_available_is_named(
    changed: dict[str, str], code: str
) -> None:
    assert of_5(servers(**changed), databases()) == [(code, "server2")]


@pytest.mark.parametrize(
    ("current", "code"),
    [
        *((state, "database-offline") for state in ("offline", "store copying", "initial")),
        *((state, "database-failed") for state in ("dirty", "quarantined")),
    ],
)
def test_a_copy_that_is_not_online_is_named_with_neo4js_own_words(current: str, code: str) -> None:
    listed = databases(
        currentStatus=current, role="unknown", statusMessage="Unable to start \x1b[31mdatabase"
    )
    found = problems_of(told_of({Question.DATABASES_AND_COUNTS: listed}), EXPECTED)
    assert [(one.code, one.server) for one in found] == [(code, "server2")]
    assert "Unable to start" in found[0].message
    assert "\x1b" not in found[0].message


def test_a_database_somebody_stopped_is_no_fault() -> None:
    listed = [
        {**row, "requestedStatus": "offline", "currentStatus": "offline", "writer": False}
        if row["name"] == "neo4j"
        else row
        for row in databases()
    ]
    assert of_5(servers(), listed) == []


def test_without_a_writer_there_is_no_leader() -> None:
    listed = [{**row, "writer": row["name"] == "system"} for row in databases()]
    assert ("leader-missing", None) in of_5(servers(), listed)
    composite = [{**row, "type": "composite", "writer": False} for row in databases()]
    assert of_5(servers(), composite) == []
    read_only = [{**row, "access": "read-only", "writer": False} for row in databases()]
    assert of_5(servers(), read_only) == []


def test_fewer_primaries_than_wanted_put_the_quorum_at_risk() -> None:
    listed = [{**row, "currentPrimariesCount": 2} for row in databases() if row["name"] == "neo4j"]
    assert of_5(servers(), listed) == [("quorum-at-risk", None)]


def test_a_server_that_only_one_side_knows_is_told() -> None:
    four = [*servers(), {**servers()[0], "address": "localhost:7684", "name": "the fourth"}]
    found = problems_of(told_of({Question.SERVERS: four}), EXPECTED)
    assert [one.code for one in found] == ["server-left-out"]
    assert "localhost:7684" in found[0].message
    assert of_5(servers()[:2], databases()) == [("server-not-in-cluster", "server3")]


def test_servers_that_all_call_themselves_localhost_are_counted_and_not_named() -> None:
    same = Expected(addresses=dict.fromkeys(NAMES, "localhost:7687"))
    rows = [{**row, "address": "localhost:7687"} for row in servers(health="Unavailable")]
    found = problems_of(told_of({Question.SERVERS: rows}), same)
    assert [(one.code, one.server) for one in found] == [("server-not-available", None)]


def test_the_overview_of_4_x_tells_of_leaders_and_of_those_that_do_not_vote() -> None:
    lost = {Question.OVERVIEW: overview("FOLLOWER", "FOLLOWER", "UNKNOWN")}
    assert codes(lost) == [("leader-missing", None), ("quorum-at-risk", None)]
    replica = {Question.OVERVIEW: overview("LEADER", "FOLLOWER", "READ_REPLICA")}
    replica[Question.OVERVIEW][2]["databases"]["system"] = "READ_REPLICA"
    assert codes(replica) == []


def real(*roles: tuple[int, str]) -> Rows:
    """What three cores of 3.4.18's open clustering code said, each after `role` was told."""
    return [
        {
            "id": f"183ad4d0-8cfe-4873-8420-{number}",
            "addresses": [f"bolt://server{number}.cluster.test:7687", "http://server1:7474"],
            "role": role,
            "groups": [],
            "database": "default",
        }
        for number, role in roles
    ]


def test_the_words_of_real_cores_are_understood() -> None:
    names = Expected(addresses={name: f"{name}.cluster.test:7687" for name in NAMES})

    def told(rows: Rows) -> list[tuple[str, str | None]]:
        found = problems_of(told_of({Question.OVERVIEW: rows}), names)
        return [(one.code, one.server) for one in found]

    assert told(real((1, "FOLLOWER"), (2, "LEADER"), (3, "FOLLOWER"))) == []
    alone = [("server-not-in-cluster", None), ("leader-missing", None)]
    assert told(real((2, "FOLLOWER"))) == alone  # the others were stopped


def test_a_database_stopped_in_4_x_needs_no_leader() -> None:
    stopped = [{**row, "requestedStatus": "offline"} for row in databases() if row["default"]]
    answers = {
        Question.OVERVIEW: overview("UNKNOWN", "UNKNOWN", "UNKNOWN"),
        Question.DATABASES: stopped,
    }
    assert codes(answers) == []


def test_in_4_x_the_role_says_who_takes_writes() -> None:
    listed = [
        {
            "name": "neo4j",
            "address": address,
            "role": role,
            "requestedStatus": "online",
            "currentStatus": "online",
            "error": "",
            "default": True,
        }
        for address, role in zip(EXPECTED.addresses.values(), ("follower",) * 3, strict=True)
    ]
    assert codes({Question.DATABASES: listed}) == [("leader-missing", None)]
    listed[0]["role"] = "leader"
    assert codes({Question.DATABASES: listed}) == []


def test_what_a_version_does_not_know_is_no_fault() -> None:
    assert codes({Question.SERVERS: None, Question.DATABASES_AND_COUNTS: None}) == []


@pytest.mark.parametrize("junk", [None, 7, ["x"], {"a": 1}, "\x1b]0;x\x07" * 9999])
def test_rows_of_the_wrong_kind_are_survived(junk: Any) -> None:
    for question in Question:
        row = dict.fromkeys([*servers()[0], *databases()[0], *overview("LEADER")[0]], junk)
        for problem in problems_of(told_of({question: [row, {}]}), EXPECTED):
            assert problem.message.isprintable()
            assert len(problem.message) < 1500
