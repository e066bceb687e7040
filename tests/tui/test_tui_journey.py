"""What the screens share: answers and secrets between the steps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from screens.found import with_version
from screens.journey import Journey
from screens.place import Left
from wizard.interview import INTERVIEW
from wizard.interview.answers import Answers
from wizard.interview.complete import fields_of
from wizard.model.version import Version
from wizard.secret import Secret


@pytest.fixture
def journey(world: Any) -> Journey:
    """A walk on a cluster of one's own, at its beginning."""
    made = Journey(engine=world.engine(), environ={"HOME": str(world.directory)})
    rows = [{"name": "server1", "ssh": "admin@server1"}]
    answers = {"walk": "own", "cluster.name": "payments", "servers": rows, "login": "agent"}
    made.settle(Left(forward=False, answers=answers))
    return made


def test_a_secret_that_is_no_longer_asked_for_is_not_used(journey: Journey) -> None:
    typed = {"ca_password": Secret("a password typed before going back")}
    journey.settle(Left(forward=True, answers={"ca_password": "ask"}, secrets=typed))
    assert journey.secrets().of("ca_password") is not None
    journey.settle(Left(forward=True, answers={"ca_password": "generate"}))
    assert journey.secrets().of("ca_password") is None


def test_another_kind_of_walk_starts_with_no_answer_of_the_first(journey: Journey) -> None:
    journey.settle(Left(forward=True, answers={"walk": "practice"}))
    assert dict(journey.given) == {"walk": "practice"}
    assert journey.on_practice


def test_other_servers_are_logged_in_to_anew(journey: Journey, world: Any) -> None:
    journey.connect(lambda _key: True)
    journey.connect(lambda _key: True)
    assert len(world.sessions) == 1
    rows = [{"name": "server1", "ssh": "root@elsewhere"}]
    journey.settle(Left(forward=True, answers={"servers": rows}))
    journey.connect(lambda _key: True)
    assert [session.closed for session in world.sessions] == [True, False]


def test_a_later_walk_begins_with_the_answers_of_the_last_one(journey: Journey, world: Any) -> None:
    journey.settle(Left(forward=True, answers={"login": "agent", "keys.lifetime_days": 365}))
    days = next(one for step in INTERVIEW for one in step.fields if one.key == "keys.lifetime_days")
    rows = next(one for step in INTERVIEW for one in step.fields if one.key == "servers")
    for _walk in range(2):  # the second time after a walk that was left on its second page
        again = Journey(engine=world.engine(), environ=journey.environ)
        again.settle(Left(forward=True, answers={"walk": "own"}))
        [row] = again.offer(rows, again.given).value  # type: ignore[union-attr]  # a list of rows
        assert row["ssh"] == "admin@server1"
        again.settle(Left(forward=True, answers={"cluster.name": "payments"}))
        assert again.offer(days, again.given).value == 365


@pytest.mark.parametrize(("version", "asked"), [("3.5.35", False), ("5.26.1", True)])
def test_a_password_of_the_keys_is_asked_for_only_where_neo4j_can_open_them(
    version: str,
    asked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    facts = SimpleNamespace(version=Version.parse(version), expands_commands=False)
    given = with_version(Answers({"neo4j": "3.5"}), [facts, facts])  # type: ignore[list-item]
    fields = [one.key for one in fields_of(given)]
    assert ("keys.password" in fields) is asked
    assert ("neo4j" in given) is not asked
    mixed = [facts, SimpleNamespace(version=Version(4, 4), expands_commands=True)]
    assert "keys.password_in" not in fields
    assert "neo4j" not in with_version(given, mixed)  # type: ignore[arg-type]
