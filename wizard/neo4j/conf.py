"""neo4j.conf as a value: read it as Neo4j does, change only the wizard's own lines, prove it.

Comments, order, blank lines, line terminators and odd bytes of everything else stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from wizard.errors import ConfError
from wizard.neo4j.properties import ENCODING, LINE, Element, is_continued, read_elements, terminator

BEGIN = "# >>> neo4j-tls: cluster encryption; these lines are kept by the wizard >>>"
END = "# <<< neo4j-tls <<<"

MAX_BYTES = 1 << 20
"""A neo4j.conf of a megabyte is no neo4j.conf."""

REPEATABLE = frozenset({"server.jvm.additional", "dbms.jvm.additional"})
"""The only settings that may stand more than once
(Operations Manual, "The neo4j.conf file", server.jvm.additional)."""

_SCOPED = re.compile(r"(dbms\.ssl\.policy\.)([^.]+)(\..*)", re.DOTALL)
_CANNOT_STAND = re.compile(r"[^\x20-\x7e]")  # Neo4j reads ISO-8859-1, and UTF-8 from 2025.01 on
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Conf:
    """A neo4j.conf.

    Attributes:
        elements: every entry, comment and blank stretch, in order; their sources are the file.
    """

    elements: tuple[Element, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the bytes of a neo4j.conf.

        Raises:
            ConfError: when Neo4j could not read them, or when they are no neo4j.conf at all.
        """
        _refuse_what_is_no_conf(raw)
        return cls(tuple(read_elements(raw.decode(ENCODING))))

    @property
    def values(self) -> Mapping[str, str]:
        """Every key with the value that counts: the last one, as from 4.0 on."""
        return MappingProxyType({e.key: e.value for e in self.elements if e.key is not None})

    def get(self, key: str, default: str | None = None) -> str | None:
        """Return the value that counts for a key, or the default."""
        return self.values.get(key, default)

    @property
    def duplicates(self) -> tuple[str, ...]:
        """The keys that stand more than once and may not, in the order of the file."""
        counted = Counter(e.key for e in self.elements if e.key is not None)
        return tuple(key for key, n in counted.items() if n > 1 and key not in REPEATABLE)

    def line_of(self, key: str) -> int | None:
        """Return the number of the line where the value that counts begins, from 1."""
        lines = [e.line for e in self.elements if e.key == key]
        return lines[-1] if lines else None

    def to_bytes(self) -> bytes:
        """Return the file, byte for byte."""
        return "".join(e.source for e in self.elements).encode(ENCODING)

    def with_settings(
        self,
        settings: Sequence[tuple[str, str]],
        removed: Collection[str] = (),
        *,
        free_names: bool = False,
        commands: Collection[str] = (),
    ) -> Conf:
        """Return a neo4j.conf in which these settings hold and the removed keys don't stand.

        A key that stands already is replaced on the spot, in whatever spelling it stands; its
        later duplicates go. The rest is added to one marked block at the end. Doing it again
        changes nothing, and the result is read back before it is returned.

        Args:
            settings: keys and values.
            removed: keys.
            free_names: whether policies have free names, whose case counts (3.5).
            commands: those of the keys whose value is a command for Neo4j to run.

        Raises:
            ConfError: when a value can't be expressed safely, or the result would not read back.
        """
        same = _exact if free_names else same_key
        wanted = {same(key): (key, value) for key, value in settings}
        for key, value in settings:
            _refuse_unsafe(key, value, may_be_command=key in commands)
        if len(wanted) != len(settings):
            raise ConfError("A setting was to be written to neo4j.conf twice.")
        gone = {same(key) for key in removed} - set(wanted)
        ending = self._line_ending()
        kept, missing = _replaced(self.elements, wanted, gone, same)
        after = Conf.parse("".join(_with_block(kept, missing, ending)).encode(ENCODING))
        _prove(self, after, wanted, gone, same)
        return after

    def _line_ending(self) -> str:
        endings = Counter(
            terminator(line) for e in self.elements for line in LINE.findall(e.source)
        )
        del endings[""]
        return endings.most_common(1)[0][0] if endings else "\n"


def same_key(key: str) -> str:
    """Return a key so that all spellings Neo4j takes for the same setting are equal.

    The scope in `dbms.ssl.policy.SCOPE.` is read without regard to case (SslPolicyScope); the free
    names of 3.5 are not.
    """
    match = _SCOPED.fullmatch(key)
    return key if match is None else match[1] + match[2].lower() + match[3]


def _exact(key: str) -> str:
    return key


def _refuse_what_is_no_conf(raw: bytes) -> None:
    reason = ""
    if raw.startswith(b"version https://git-lfs"):
        reason = "it is a Git LFS pointer to a file that was never fetched"
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        reason = "it is written in UTF-16"
    elif raw.startswith(b"\xef\xbb\xbf"):
        reason = "it begins with a byte order mark, which Neo4j takes for a part of the first key"
    elif b"\0" in raw:
        reason = "it holds NUL bytes"
    elif len(raw) > MAX_BYTES:
        reason = "it is larger than one megabyte"
    if reason:
        raise ConfError(
            f"The file that should be neo4j.conf is none: {reason}.",
            hint="Put a neo4j.conf in plain text there, as Neo4j was installed with.",
        )


def _refuse_unsafe(key: str, value: str, *, may_be_command: bool) -> None:
    if not _PLAIN_KEY.fullmatch(key):
        raise ConfError("A setting's name holds a character that can't stand in neo4j.conf.")
    if _CANNOT_STAND.search(value) or value != value.strip():
        raise ConfError(
            f"The value for {key} holds a control character, a blank at its edge or a letter "
            "outside ASCII, which neo4j.conf can't carry safely.",
            hint="Choose a value of plain letters, digits and signs.",
        )
    if not value or (is_command(value) and not may_be_command):
        raise ConfError(f"The value for {key} is empty, or Neo4j would take it for a command.")


def is_command(value: str) -> bool:
    """Whether Neo4j takes a value for a command to run (Config.isCommand)."""
    return value.strip().startswith("$(") and value.strip().endswith(")")


def entry(key: str, value: str, ending: str) -> str:
    """Return one line of neo4j.conf; a backslash is written twice, nothing else needs an escape."""
    return f"{key}={value.replace(chr(92), chr(92) * 2)}{ending}"


def _replaced(
    elements: tuple[Element, ...],
    wanted: Mapping[str, tuple[str, str]],
    gone: Collection[str],
    same: Callable[[str], str],
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the sources with our keys replaced, and the settings that stood nowhere."""
    sources: list[str] = []
    missing = dict(wanted)
    for element in elements:
        key = None if element.key is None else same(element.key)
        if key in missing:
            sources.append(entry(*missing.pop(key), terminator(element.source)))
        elif key is None or (key not in wanted and key not in gone):
            sources.append(element.source)
    return sources, list(missing.values())


def _with_block(sources: list[str], missing: list[tuple[str, str]], ending: str) -> list[str]:
    if not missing:
        return sources
    added = [entry(key, value, ending) for key, value in missing]
    stripped = [source.strip("\r\n") for source in sources]
    if END in stripped and BEGIN in stripped[: stripped.index(END)]:
        at = stripped.index(END)
        return [*sources[:at], *added, *sources[at:]]
    return [*_closed(sources, ending), BEGIN + ending, *added, END + ending]


def _closed(sources: list[str], ending: str) -> list[str]:
    """Make sure that a line put after these is a line of its own."""
    last = sources[-1] if sources else ""
    is_comment = last.lstrip(" \t\f").startswith(("#", "!"))
    closed = [*sources]
    if last and not terminator(last):
        closed.append(ending)
    # A backslash would swallow the next line; an empty one ends the entry without adding to it.
    if not is_comment and is_continued(last.removesuffix(terminator(last) if last else "")):
        # A lone carriage return and a line feed after it would be one terminator.
        closed += [ending, ending] if last.endswith("\r") else [ending]
    return closed


def _prove(
    before: Conf,
    after: Conf,
    wanted: Mapping[str, tuple[str, str]],
    gone: Collection[str],
    same: Callable[[str], str],
) -> None:
    ours = set(wanted) | set(gone)
    expected = [(e.key, e.value) for e in before.elements if e.key is not None]
    kept = [(key, value) for key, value in expected if same(key) not in ours]
    found = [(e.key, e.value) for e in after.elements if e.key is not None]
    if [pair for pair in found if same(pair[0]) not in ours] != kept:
        raise ConfError(
            "Changing neo4j.conf would change a setting that is none of the wizard's.",
            hint="Look at the end of the file: its last line may end in a backslash.",
        )
    if sorted(pair for pair in found if same(pair[0]) in ours) != sorted(wanted.values()):
        raise ConfError("A setting written to neo4j.conf would not read back as it was written.")
