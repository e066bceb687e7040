"""The values of the cluster policy, parsed by Neo4j's rules and refused in Neo4j's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from posixpath import join
from typing import TypeVar

from wizard.errors import ConfError
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.path_values import as_java_reads
from wizard.neo4j.properties import read_elements

PREFIX = "dbms.ssl.policy.cluster."
_Default = TypeVar("_Default")


def values_of(conf: Conf, version: Version) -> Mapping[str, str]:
    """Return every value as a version reads it: from 2025.01 on neo4j.conf is UTF-8 for Neo4j."""
    if not version.is_calendar:
        return conf.values
    elements = read_elements(conf.to_bytes().decode(errors="replace"))
    return {element.key: element.value for element in elements if element.key is not None}


def boolean_of(values: Mapping[str, str], keys: Sequence[str], *, default: bool) -> bool:
    """Return the first of these settings that stands, all of them names of one setting.

    Raises:
        ConfError: with Neo4j's message, which names the first of the names.
    """
    value = next((values[key] for key in keys if key in values), str(default)).strip()
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise refused_value(
        keys[0], f"'{value}' is not a valid boolean value, must be 'true' or 'false'"
    )


class PolicyReader:
    """The settings of the cluster scope by suffix.

    Attributes:
        given: what stands in neo4j.conf, by suffix.
    """

    def __init__(self, values: Mapping[str, str], version: Version) -> None:
        self._values, self._version = values, version
        self.given = {
            key.removeprefix(PREFIX): value
            for key, value in values.items()
            if key.startswith(PREFIX)
        }

    def path(self, suffix: str, default: str, parent: str) -> str:
        """Return a path below its parent, which may not lead out of it with `..`."""
        value = as_java_reads(self.given.get(suffix, default), self._version)
        found = join(parent, value) if value else parent
        if ".." in found.split("/"):
            key = PREFIX + suffix
            raise refused_value(
                key,
                f"Failed to validate '{found}' for '{key}': '{found}' is not a normalized path.",
            )
        return found

    def boolean(self, suffix: str, *, default: bool) -> bool:
        """Return a switch, in any case and with any blanks around."""
        return boolean_of(self._values, (PREFIX + suffix,), default=default)

    def listed(self, suffix: str, default: _Default) -> tuple[str, ...] | _Default:
        """Return the parts between commas; none when the value is empty, the default when unset."""
        value = self.given.get(suffix)
        if value is None:
            return default
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def client_auth(self) -> ClientAuth:
        """Return whether a peer must show a certificate."""
        value = self.given.get("client_auth", "REQUIRE").strip()
        try:
            return ClientAuth(value.upper())
        except ValueError:
            raise refused_value(
                f"{PREFIX}client_auth", f"'{value}' not one of [NONE, OPTIONAL, REQUIRE]"
            ) from None


def refused_value(key: str, reason: str) -> ConfError:
    """Return the error for a value Neo4j refuses."""
    return refused(f"Error evaluating value for setting '{key}'. {reason}")


def refused(message: str) -> ConfError:
    """Return the error for a line on which Neo4j does not start, in its own words."""
    return ConfError(
        message,
        hint="Neo4j would refuse to start with this line; correct it in neo4j.conf.",
        code="setting-refused",
    )
