"""What 4.x makes of 3.5's settings for SSL policies before it reads any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.model.version import Version
from wizard.neo4j.versions import VersionRules, rules_for

_POLICY = re.compile(r"dbms\.ssl\.policy\.([^.]+)(\.[^.]+)")
_NAMED = rules_for(Version(3, 5)).apply_setting


def migrated(values: Mapping[str, str], rules: VersionRules) -> dict[str, str]:
    """Return the settings as SettingMigrators.SslPolicyMigrator of 4.x leaves them.

    A setting that names a policy enables its scope, and the policy's settings take the place of
    those that stand under the scope already.
    """
    found = dict(values)
    if not rules.migrates_named_policies:
        return found
    scopes: dict[str, str] = {}
    for scope, setting in _NAMED.items():
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
    if (name := values.get(_NAMED[scope])) is None:
        return set()
    used = {
        values[setting] for other, setting in _NAMED.items() if other != scope and setting in values
    }
    found = {_NAMED[scope]}
    if name not in used and name not in _NAMED:
        matches = ((key, _POLICY.fullmatch(key)) for key in values)
        found |= {key for key, match in matches if match and match[1] == name}
    return found
