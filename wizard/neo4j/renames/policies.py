"""Names of SSL policies' settings in other versions, for which validation has rules of its own."""

from __future__ import annotations

import re

from wizard.neo4j.renames.row import Renamed, Treatment
from wizard.neo4j.versions import VersionRules
from wizard.neo4j.versions.tls import NAMED_BY

_SETTING = re.compile(r"dbms\.ssl\.policy\.(?P<scope>[^.]+)\.(?P<suffix>[^.]+)")
_GIVEN_UP = "allow_key_generation"
_SOURCE = "SettingMigrators.SslPolicyMigrator and AllowKeyGenerationMigrator of 4.0.12 and 4.4.48"
_VALIDATOR = "SslPolicyConfigValidator of neo4j-kernel 3.5.35; Config of 4.0.12 and 5.1.0, asked"


def renamed_policy(key: str, rules: VersionRules) -> Renamed | None:
    """Return what a version makes of a policy's suffix that only other versions have, or None."""
    match = _SETTING.fullmatch(key)
    if match is None or match["suffix"] in rules.suffixes:
        return None
    if match["suffix"] == "enabled":
        name = NAMED_BY.get(match["scope"])
        return Renamed(name=name, treatment=Treatment.REFUSED, source=_VALIDATOR)
    if match["suffix"] == _GIVEN_UP:
        carried = rules.migrates_named_policies
        treatment = Treatment.MIGRATED if carried else Treatment.IGNORED
        return Renamed(name=None, treatment=treatment, source=_SOURCE)
    if match["suffix"] == "trust_expired":
        treatment = Treatment.REFUSED if rules.checks_suffixes else Treatment.IGNORED
        return Renamed(name=None, treatment=treatment, source=_VALIDATOR)
    return None
