"""A neo4j.conf as one version reads it: what every check looks at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from wizard.model.version import Version
from wizard.neo4j.properties import ENCODING, Element, read_leniently
from wizard.neo4j.versions import Duplicates, VersionRules, rules_for

_POLICY = re.compile(r"dbms\.ssl\.policy\.(?P<scope>[^.]+)\.(?P<suffix>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file, its version, and what that version makes of it.

    Attributes:
        raw: the bytes of the file.
        version: the version that would read it.
        rules: the facts about that version.
        elements: every entry, comment and blank stretch, decoded as this version decodes; lines
            that stop Java are among them, as `Malformed`.
        values: every key with the value that counts for this version.
        policies: the SSL policies, by scope (3.5: by name) as written, then suffix -> value.
        file: what the file is called in problems, or None.
    """

    raw: bytes = field(repr=False)
    version: Version
    rules: VersionRules
    elements: tuple[Element, ...]
    values: Mapping[str, str] = field(repr=False)
    policies: Mapping[str, Mapping[str, str]] = field(repr=False)
    file: str | None = None
    _lines: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, raw: bytes, version: Version, file: str | None = None) -> Self:
        """Read the bytes of a neo4j.conf; a line Java refuses is kept aside.

        Raises:
            BlockedError: when nothing is known about the version.
        """
        rules = rules_for(version)
        encoding = "utf-8" if rules.reads_utf8 else ENCODING
        elements = tuple(read_leniently(raw.decode(encoding, errors="replace")))
        counting = _that_count(elements, rules)
        values = {key: element.value for key, element in counting.items()}
        return cls(
            raw=raw,
            version=version,
            rules=rules,
            elements=elements,
            values=MappingProxyType(values),
            policies=MappingProxyType(_policies(values)),
            file=file,
            _lines={key: element.line for key, element in counting.items()},
        )

    @property
    def encoding(self) -> str:
        """How this version decodes the file."""
        return "utf-8" if self.rules.reads_utf8 else ENCODING

    @property
    def is_strict(self) -> bool:
        """Whether Neo4j refuses to start on a setting that it does not know."""
        said = next((self.values[k] for k in self.rules.strict_settings if k in self.values), "")
        return {"true": True, "false": False}.get(
            said.strip().lower(), self.rules.strict_by_default
        )

    def line_of(self, key: str) -> int | None:
        """Return the line where the value that counts begins, from 1; None if it never stands."""
        return self._lines.get(key)


def _that_count(elements: tuple[Element, ...], rules: VersionRules) -> dict[str, Element]:
    """Return the element that counts of each key: the first one in 3.5, the last one from 4.0."""
    found: dict[str, Element] = {}
    keeps_first = rules.duplicates is Duplicates.FIRST_WINS
    for element in elements:
        if element.key is None or (keeps_first and element.key in found):
            continue
        found[element.key] = element
    return found


def _policies(values: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        if (match := _POLICY.fullmatch(key)) is not None:
            found.setdefault(match["scope"], {})[match["suffix"]] = value
    return {scope: MappingProxyType(given) for scope, given in found.items()}
