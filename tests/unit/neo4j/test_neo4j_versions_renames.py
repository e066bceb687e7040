"""What became of a setting's name, and what a version does with the name of another."""

from __future__ import annotations

import pytest

from wizard.model.cluster import Channel
from wizard.model.version import Version
from wizard.neo4j.renames import Treatment, renamed
from wizard.neo4j.renames.settings import MOVES
from wizard.neo4j.versions import rules_for

V3, V4, V5, V25 = Version(3, 5), Version(4, 4), Version(5, 26), Version(2026, 8)
MIGRATED, REFUSED, IGNORED = Treatment.MIGRATED, Treatment.REFUSED, Treatment.IGNORED


def told(key: str, version: Version, *, strict: bool | None = None) -> tuple[str | None, Treatment]:
    found = renamed(key, version, strict=strict)
    assert found is not None, key
    assert found.source
    return found.name, found.treatment


@pytest.mark.parametrize(
    ("key", "version", "name", "treatment"),
    [
        ("dbms.directories.logs", V5, "server.directories.logs", MIGRATED),
        ("dbms.directories.logs", V25, "server.directories.logs", MIGRATED),
        ("server.directories.logs", V4, "dbms.directories.logs", IGNORED),
        ("dbms.connectors.default_listen_address", V4, "dbms.default_listen_address", MIGRATED),
        ("dbms.connectors.default_listen_address", V5, "server.default_listen_address", REFUSED),
        ("server.default_listen_address", V3, "dbms.connectors.default_listen_address", IGNORED),
        ("dbms.connector.bolt.tls_level", V25, "server.bolt.tls_level", MIGRATED),
        ("dbms.active_database", V5, "initial.dbms.default_database", REFUSED),
        ("dbms.memory.heap.max_size", V5, "server.memory.heap.max_size", MIGRATED),
        ("dbms.jvm.additional", V5, "server.jvm.additional", MIGRATED),
        ("dbms.logs.debug.level", V5, None, MIGRATED),
        ("dbms.backup.address", V4, "dbms.backup.listen_address", IGNORED),
        ("causal_clustering.ssl_policy", V4, "dbms.ssl.policy.cluster.enabled", MIGRATED),
        ("causal_clustering.ssl_policy", V5, "dbms.ssl.policy.cluster.enabled", REFUSED),
        ("dbms.ssl.policy.cluster.enabled", V3, "causal_clustering.ssl_policy", REFUSED),
        ("dbms.ssl.policy.cluster.allow_key_generation", V4, None, MIGRATED),
        ("dbms.ssl.policy.cluster.allow_key_generation", V5, None, IGNORED),
        ("dbms.ssl.policy.cluster.trust_expired", V4, None, IGNORED),
        ("server.discovery.listen_address", V25, None, REFUSED),
        ("dbms.cluster.discovery.v2.endpoints", V25, "dbms.cluster.endpoints", MIGRATED),
        ("dbms.memory.off_heap.max_size", V25, None, MIGRATED),
        ("server.memory.off_heap.max_size", V25, None, REFUSED),
    ],
)
def test_names_of_other_versions(
    key: str, version: Version, name: str | None, treatment: Treatment
) -> None:
    assert told(key, version) == (name, treatment)


def test_strict_validation_decides_over_what_nobody_carries_over() -> None:
    key = "server.directories.logs"
    assert told(key, V4, strict=True)[1] is REFUSED
    assert told("dbms.connectors.default_listen_address", V5, strict=False)[1] is IGNORED
    assert told("dbms.directories.logs", V5, strict=False)[1] is MIGRATED


@pytest.mark.parametrize("key", ["foo.bar", "server.directories.logs", "dbms.ssl.policy.bolt.x"])
def test_a_name_that_is_known_or_that_no_version_has_is_not_told(key: str) -> None:
    assert renamed(key, V5) is None


def test_the_tables_agree_on_the_names_of_addresses() -> None:
    for old, new in ((V3, V4), (V4, V5)):
        before, after = rules_for(old), rules_for(new)
        for channel in Channel:
            if channel in before.advertised and channel in after.advertised:
                for kind in ("advertised", "listen"):
                    was, now = getattr(before, kind)[channel], getattr(after, kind)[channel]
                    assert was == now or told(was, new)[0] == now
        for kind in ("default_advertised", "default_listen", "backup_listen", "logs_directory"):
            was, now = getattr(before, kind), getattr(after, kind)
            assert was == now or told(was, new)[0] == now
    assert told(rules_for(V5).members, V25)[0] == rules_for(V25).members


def test_a_name_is_given_up_once_in_a_version_and_for_another() -> None:
    seen = [(move.old, move.into) for move in MOVES]
    assert len(seen) == len(set(seen))
    assert all(move.old != move.new for move in MOVES)


def test_every_way_ends() -> None:
    for move in MOVES:
        for version in (V3, V4, V5, V25):
            for key in (move.old, move.new):
                assert key is None or renamed(key, version) is None or told(key, version)
