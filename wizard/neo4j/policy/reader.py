"""The values of the cluster policy, parsed by Neo4j's rules and refused in Neo4j's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from posixpath import join
from types import MappingProxyType
from typing import TypeVar

from wizard.errors import ConfError
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.path_values import as_java_reads
from wizard.neo4j.policy.migration import migrated
from wizard.neo4j.properties import read_elements
from wizard.neo4j.versions import Duplicates, VersionRules, rules_for

POLICIES = "dbms.ssl.policy."
PREFIX = POLICIES + "cluster."
"""What the settings of the cluster scope begin with, and of the policy the wizard writes in 3.5."""

CLUSTER = "cluster"
_Default = TypeVar("_Default")


def values_of(conf: Conf, version: Version) -> Mapping[str, str]:
    """Return every value as a version reads it: its encoding, and of a duplicate the one it takes.

    Settings of 3.5 that 4.x turns into others by itself stand under the names 4.x makes of them.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    elements: Sequence[tuple[str | None, str]] = [(e.key, e.value) for e in conf.elements]
    if rules.reads_utf8:
        text = conf.to_bytes().decode(errors="replace")
        elements = [(e.key, e.value) for e in read_elements(text)]
    if rules.duplicates is Duplicates.FIRST_WINS:
        elements = elements[::-1]
    values = {key: value for key, value in elements if key is not None}
    return MappingProxyType(migrated(values, rules))


def policy_name(values: Mapping[str, str], rules: VersionRules) -> str | None:
    """Return the policy that protects the cluster, or None when it is plaintext by the settings.

    From 4.0 on it is always that of the scope `cluster`, whether it is enabled or not.
    """
    if not rules.named_policies:
        return CLUSTER
    name = values.get(rules.apply_setting[CLUSTER], "").strip()  # Settings.STRING of 3.5 trims
    return name or None


def boolean_of(
    values: Mapping[str, str], keys: Sequence[str], rules: VersionRules, *, default: bool
) -> bool:
    """Return the first of these settings that stands, all of them names of one setting.

    Raises:
        ConfError: with Neo4j's message, which names the first of the names.
    """
    value = next((values[key] for key in keys if key in values), str(default))
    read = value.strip() if rules.trims_choices else value
    if read.lower() in {"true", "false"}:
        return read.lower() == "true"
    told = value.strip() if rules.trims_choices else value
    raise refused(rules.bad_boolean.format(key=keys[0], value=told))


class PolicyReader:
    """The settings of one policy by suffix.

    Attributes:
        name: the scope, or in 3.5 the policy's name.
        given: what stands in neo4j.conf, by suffix.
    """

    def __init__(self, values: Mapping[str, str], rules: VersionRules, name: str) -> None:
        self._values, self._rules, self.name = values, rules, name
        self._prefix = f"{POLICIES}{name}."
        self.given = {
            key.removeprefix(self._prefix): value
            for key, value in values.items()
            if key.startswith(self._prefix)
        }

    def path(self, suffix: str, default: str, parent: str) -> str:
        """Return a path below its parent, which from 4.0 on may not lead out of it with `..`."""
        value = as_java_reads(self.given.get(suffix, default), self._rules.version)
        found = join(parent, value) if value else parent
        if ".." in found.split("/") and self._rules.bad_path:
            key = self._prefix + suffix
            raise refused(self._rules.bad_path.format(key=key, path=found))
        return found

    def boolean(self, suffix: str, *, default: bool) -> bool:
        """Return a switch, in any case; whether blanks may stand around depends on the version."""
        return boolean_of(self._values, (self._prefix + suffix,), self._rules, default=default)

    def listed(self, suffix: str, default: _Default) -> tuple[str, ...] | _Default:
        """Return the parts between commas; none when the value is empty, the default when unset."""
        value = self.given.get(suffix)
        if value is None:
            return default
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def client_auth(self) -> ClientAuth:
        """Return whether a peer must show a certificate."""
        value = self.given.get("client_auth", "REQUIRE")
        if self._rules.trims_choices:
            value = value.strip()
        try:
            return ClientAuth(value.upper())
        except ValueError:
            key = f"{self._prefix}client_auth"
            raise refused(self._rules.bad_client_auth.format(key=key, value=value)) from None


def refused(message: str) -> ConfError:
    """Return the error for a line on which Neo4j does not start, in its own words."""
    return ConfError(
        message,
        hint="Neo4j would refuse to start with this line; correct it in neo4j.conf.",
        code="setting-refused",
    )
