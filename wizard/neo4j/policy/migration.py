"""What 4.x makes of 3.5's settings for SSL policies before it reads any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.neo4j.versions import VersionRules
from wizard.neo4j.versions.tls import NAMED_BY

_POLICY = re.compile(r"dbms\.ssl\.policy\.([^.]+)(\.[^.]+)")


def migrated(values: Mapping[str, str], rules: VersionRules) -> dict[str, str]:
    """Return the settings as SettingMigrators.SslPolicyMigrator of 4.x leaves them.

    A setting that names a policy enables its scope, and the policy's settings take the place of
    those that stand under the scope already.
    """
    found = dict(values)
    if not rules.migrates_named_policies:
        return found
    scopes: dict[str, str] = {}
    for scope, setting in NAMED_BY.items():
        if setting in values:
            scopes[found.pop(setting)] = scope
            found[f"dbms.ssl.policy.{scope}.enabled"] = "true"
    for key in values:
        match = _POLICY.fullmatch(key)
        if match is None or scopes.get(match[1], match[1]) == match[1]:
            continue
        found[f"dbms.ssl.policy.{scopes[match[1]]}{match[2]}"] = found.pop(key)
    return found


def named_before(values: Mapping[str, str], scope: str) -> set[str]:
    """Return the setting that names a policy for a scope, and those of the policy it alone names.

    Args:
        values: what stands in neo4j.conf, before anything is migrated.
        scope: such as `cluster`.
    """
    if (name := values.get(NAMED_BY[scope])) is None:
        return set()
    used = {
        values[setting]
        for other, setting in NAMED_BY.items()
        if other != scope and setting in values
    }
    found = {NAMED_BY[scope]}
    if name not in used and name not in NAMED_BY:
        matches = ((key, _POLICY.fullmatch(key)) for key in values)
        found |= {key for key, match in matches if match and match[1] == name}
    return found
