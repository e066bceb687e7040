"""The table of facts: every row has a source, begins with 3.5 and is found by its version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wizard.model.cluster import Channel
from wizard.model.version import Version
from wizard.neo4j.versions import (
    NEWEST_KNOWN,
    OLDEST,
    Duplicates,
    ServerMode,
    VersionRules,
    refusal,
    rules_for,
)
from wizard.neo4j.versions.fact import Fact, since

EVERY = (
    *(Version(3, 5, 35), Version(4, 0), Version(4, 1), Version(4, 2), Version(4, 3)),
    *(Version(4, 4, 48), Version(5, 0), Version(5, 26, 30), Version(2025, 1), Version(2026, 8)),
)


def facts() -> Iterator[tuple[str, Fact[object]]]:
    for owner in VersionRules.__mro__:
        for name, value in vars(owner).items():
            if isinstance(value, Fact):
                yield name, value


FACTS = dict(facts())


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_row_says_where_it_is_from_and_holds_for_every_version(name: str) -> None:
    fact = FACTS[name]
    firsts = [first for first, _ in fact.rows]
    assert fact.source
    assert firsts[0] == Version(3, 5)
    assert firsts == sorted(set(firsts))
    for version in EVERY:
        assert getattr(rules_for(version), name) == fact.of(version)


def test_no_two_rows_have_one_name() -> None:
    assert len(list(facts())) == len(FACTS) > 50


def test_a_value_holds_from_its_first_version_on_and_not_before() -> None:
    fact = since("a page", ("3.5", "a"), ("5.24", "b"), ("2025.01", "c"))
    found = [fact.of(v) for v in (Version(3, 5), Version(5, 23, 9), Version(5, 24))]
    assert found == ["a", "a", "b"]
    assert [fact.of(v) for v in (Version(5, 26), Version(2025, 1), Version(2040, 1))] == [
        "b",
        "c",
        "c",
    ]


def test_a_row_without_a_version_is_no_row() -> None:
    with pytest.raises(ValueError, match="no version"):
        since("a page", ("latest", 1))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("named_policies", [True, False, False, False, False, False, False, False, False, False]),
        ("key_passwords", [False, True, True, True, True, True, True, True, True, True]),
        ("trims_choices", [False, False, False, True, True, True, True, True, True, True]),
        ("expands_commands", [False, False, False, True, True, True, True, True, True, True]),
        ("strict_by_default", [False, False, False, False, False, False, True, True, True, True]),
        ("reads_utf8", [False] * 8 + [True, True]),
        ("verify_hostname", [False] * 8 + [True, True]),
        ("old_key_formats", [False, True, True, True, True, True, False, False, False, False]),
    ],
)
def test_facts_read_off_neo4js_own_classes(name: str, values: list[bool]) -> None:
    assert [getattr(rules_for(version), name) for version in EVERY] == values


def test_what_becomes_of_a_duplicate() -> None:
    kinds = [rules_for(v).duplicates for v in (Version(3, 5), Version(4, 0), Version(5, 0))]
    assert kinds == [Duplicates.FIRST_WINS, Duplicates.LAST_WINS, Duplicates.FATAL]


def test_the_ports_of_every_mode() -> None:
    def count(version: Version, mode: ServerMode) -> int:
        return len(rules_for(version).open_ports[mode])

    core, replica, single = ServerMode.CORE, ServerMode.READ_REPLICA, ServerMode.SINGLE
    assert [count(Version(3, 5), m) for m in (core, replica, single, ServerMode.HA)] == [3, 1, 0, 0]
    assert [count(Version(4, 0), m) for m in (core, replica, single)] == [3, 2, 0]
    assert [count(Version(4, 4), m) for m in (core, replica, single)] == [4, 3, 0]
    assert [count(Version(5, 26), m) for m in (core, replica, single)] == [4, 4, 4]
    assert count(Version(2025, 1), core) == 3
    for version in EVERY:
        rules = rules_for(version)
        assert set().union(*rules.open_ports.values()) == set(rules.listen) == set(rules.advertised)


@pytest.mark.parametrize("version", [Version(3, 5), Version(3, 6), Version(4, 0), Version(5, 0)])
def test_3_5_and_later_are_worked_on(version: Version) -> None:
    assert refusal(version) is None
    assert version >= OLDEST


@pytest.mark.parametrize(
    "version", [Version(2, 3), Version(3, 4), Version(3, 9), Version(4, 5), Version(6, 0)]
)
def test_what_is_not_worked_on_is_told_in_a_sentence(version: Version) -> None:
    told = refusal(version)
    assert told is not None
    assert str(version) in told
    assert told.endswith(".")


def test_a_version_to_come_has_the_rules_of_the_newest() -> None:
    newer, known = rules_for(Version(2031, 4)), rules_for(NEWEST_KNOWN)
    assert newer.newer_than_known
    assert not known.newer_than_known
    assert all(getattr(newer, name) == getattr(known, name) for name in FACTS)


def test_4_0_has_no_port_for_routing() -> None:
    assert Channel.ROUTING not in rules_for(Version(4, 0)).listen
    assert Channel.ROUTING in rules_for(Version(4, 1)).listen
