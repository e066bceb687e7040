"""The lines of a neo4j.conf that name an SSL policy, or were meant to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.near_names import NOTHING_NEAR, Near, nearest
from wizard.neo4j.properties import Element

PREFIX = "dbms.ssl.policy."
_HEAD = frozenset({PREFIX[:-1]})
_PARTS = PREFIX.count(".")
_LOOKS_LIKE_ONE = re.compile(r"(?i)ssl|polic|dbms.{0,2}s")
_NAME_BEFORE_SIGN = re.compile(r"[ \t\f]*([^=:\r\n]*[^=:\r\n\\ \t\f])[ \t\f]*[=:]")
_USUAL_NAMES = ("cluster", "backup", "bolt", "https")


class Slip(Enum):
    """Which part of a name Neo4j does not know."""

    NONE = auto()
    PREFIX = auto()
    SCOPE = auto()
    SUFFIX = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """One line about an SSL policy.

    Attributes:
        written: the name as it stands in the line, which Java may have cut at a blank.
        key: the name as Neo4j reads it; scope and suffix are its parts, empty when there are none.
        slip: what is wrong with it.
        near: the whole names that may have been meant.
    """

    element: Element
    written: str
    key: str
    scope: str
    suffix: str
    slip: Slip
    near: Near = NOTHING_NEAR

    @property
    def meant(self) -> str | None:
        """The whole name that was most likely meant, or None."""
        return self.near.names[0] if self.near.names else None

    @property
    def value(self) -> str:
        """What the line sets, with no regard to where Java cuts it; it may be a secret."""
        if self.written == self.key:
            return self.element.value.strip()
        return self.element.source.partition(self.written)[2].strip(" \t\f\r\n=:")


def policy_lines(reading: Reading) -> Iterator[PolicyLine]:
    """Yield every line that names an SSL policy, rightly or not."""
    names = _whole_names(reading)
    for element in reading.elements:
        if element.key is None or not _LOOKS_LIKE_ONE.search(element.source):
            continue
        found = _cut_at_a_blank(element, element.key, names) or _line(
            reading, element, element.key, names
        )
        if found is not None:
            yield found


def scopes_of(reading: Reading) -> frozenset[str]:
    """Return the scopes of this version, or in 3.5 the names of policies that make sense here."""
    rules = reading.rules
    if not rules.named_policies:
        return rules.scopes
    used = {reading.values.get(key, "").strip() for key in rules.apply_setting.values()}
    defined = {name for name, given in reading.policies.items() if "base_directory" in given}
    return frozenset({*used, *defined, *_USUAL_NAMES} - {""})


def _whole_names(reading: Reading) -> frozenset[str]:
    scopes = scopes_of(reading) - {"testing"}
    return frozenset(f"{PREFIX}{s}.{x}" for s in scopes for x in reading.rules.suffixes)


def _cut_at_a_blank(element: Element, key: str, names: frozenset[str]) -> PolicyLine | None:
    """Java ends a name at the first blank, so `client auth=X` sets `client`."""
    match = _NAME_BEFORE_SIGN.match(element.source)
    if match is None or match[1] == key or not match[1].startswith(key):
        return None
    near = nearest(match[1], names, guess=False)
    if not near.names and key.count(".") < _PARTS:
        near = _with_another_prefix(match[1]) or near
    if not near.names:
        return None
    scope, suffix = _parts(key)
    slip = Slip.SUFFIX if scope and _parts(near.names[0])[0] == scope else Slip.PREFIX
    return PolicyLine(
        element=element,
        written=match[1],
        key=key,
        scope=scope,
        suffix=suffix,
        slip=slip,
        near=near,
    )


def _line(reading: Reading, element: Element, key: str, names: frozenset[str]) -> PolicyLine | None:
    scope, suffix = _parts(key)
    slip, near = Slip.NONE, NOTHING_NEAR
    if not scope:
        near = nearest(key, names, guess=False)
        if not near.names:
            near = _with_another_prefix(key) or nearest(key, names, guess=_has_the_words(key))
        if not near.names and not key.startswith(PREFIX):
            return None
        slip = Slip.PREFIX
    elif not (reading.rules.named_policies or scope.lower() in reading.rules.scopes):
        slip, near = Slip.SCOPE, _nearest_scope(reading, scope, suffix, key, names)
    elif suffix not in reading.rules.suffixes:
        slip, near = Slip.SUFFIX, _nearest_suffix(reading, scope, suffix)
    return PolicyLine(
        element=element, written=key, key=key, scope=scope, suffix=suffix, slip=slip, near=near
    )


def _parts(key: str) -> tuple[str, str]:
    if not key.startswith(PREFIX):
        return "", ""
    scope, _, suffix = key.removeprefix(PREFIX).partition(".")
    return scope, suffix


def _with_another_prefix(key: str) -> Near | None:
    """The name with the right prefix, where its first parts are a slip away from that."""
    parts = key.split(".")
    for count in (_PARTS, _PARTS - 1, _PARTS + 1):
        head, rest = ".".join(parts[:count]), ".".join(parts[count:])
        if rest and nearest(head, _HEAD, guess=False).names:
            return Near((PREFIX + rest,), is_one_slip=True)
    return None


def _has_the_words(key: str) -> bool:
    return "ssl" in key.lower() and "polic" in key.lower() and "ssl_policy" not in key.lower()


def _nearest_scope(
    reading: Reading, scope: str, suffix: str, key: str, names: frozenset[str]
) -> Near:
    whole = nearest(key, names, guess=False)
    if whole.names:
        return whole
    near = nearest(scope, scopes_of(reading) - {"testing"})
    return Near(tuple(f"{PREFIX}{name}.{suffix}" for name in near.names), near.is_one_slip)


def _nearest_suffix(reading: Reading, scope: str, suffix: str) -> Near:
    known = reading.rules.suffixes
    if not suffix:  # the dot was left out
        return nearest(PREFIX + scope, _whole_names(reading), guess=False)
    near = nearest(suffix, known)
    return Near(tuple(f"{PREFIX}{scope}.{name}" for name in near.names), near.is_one_slip)
