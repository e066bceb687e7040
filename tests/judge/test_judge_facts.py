"""The table of versions against Neo4j's own classes: every fact they can show, in every version."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge_artifacts import ALL_VERSIONS, THREE, Installed
from judge_facts import observed
from judge_process import Judge

from wizard.model.version import Version
from wizard.neo4j.versions import rules_for

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles

READS = frozenset({"reads_pkcs1", "reads_sec1"})
"""No rows of their own: `old_key_formats` is about what only 4.x reads."""


def differences(seen: dict[str, object], version: Version) -> dict[str, tuple[object, object]]:
    """What Neo4j shows and the table says, where they are not the same."""
    rules = rules_for(version)
    said = {name: getattr(rules, name) for name in seen if name not in READS}
    said |= {"reads_pkcs1": True, "reads_sec1": version != THREE}
    return {name: (seen[name], said[name]) for name in seen if seen[name] != said[name]}


@pytest.mark.parametrize("version", ALL_VERSIONS, ids=str)
def test_every_fact_of_the_table_is_what_neo4j_shows(
    version: Version, installed: dict[Version, Installed], tmp_path: Path
) -> None:
    with Judge(installed[version]) as judge:
        assert differences(observed(judge, tmp_path), version) == {}


def test_the_facts_of_another_version_are_told_apart(
    installed: dict[Version, Installed], tmp_path: Path
) -> None:
    with Judge(installed[THREE]) as judge:
        seen = observed(judge, tmp_path)
    every_one = {"reads_utf8", "strict_by_default", "strict_settings", "duplicates", "scopes"}
    every_one |= {"named_policies", "checks_suffixes", "absolute_overrides", "needs_revoked_dir"}
    every_one |= {"checks_tls_versions", "key_passwords", "reads_sec1", "suffixes"}
    every_one |= {"base_directory_has_default", "tls_versions", "verify_hostname"}
    assert every_one <= set(differences(seen, ALL_VERSIONS[-1]))
