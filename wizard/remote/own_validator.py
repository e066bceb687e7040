"""What a server's own `neo4j-admin server validate-config` says of the staged neo4j.conf.

It is one more witness: it opens no keys, and knows nothing of peers. Where it can't be asked, or
gives no verdict in time, that is told and keeps nobody from going on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wizard.model.text import shown
from wizard.remote.answers import run_script, unhex
from wizard.remote.connection import Connection

ASK_S = 60
"""A JVM has to start for it; on a busy machine that takes some tens of seconds."""

_SLACK_S = 30.0
_MOST_WORDS = 8
_LENGTH = 300
_LABELS = ("Error:", "Warning:")
_DIGITS = re.compile(r"\d+")


class Word(StrEnum):
    """What came of asking."""

    PASSED = "passed"
    REFUSED = "refused"
    ABSENT = "absent"
    HOLDS_COMMANDS = "commands"
    NO_ROOM = "no-room"
    LATE = "late"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVerdict:
    """The answer of a server's own validator.

    Attributes:
        refused: its words on what is wrong with the staged file and not with the present one.
        standing: its words on what is wrong with both, and so was before.
        warned: its warnings about the staged file that the present one has not, safe to show.
    """

    word: Word
    refused: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def ask_validator(
    connection: Connection, run: str, server: str, seconds: int = ASK_S
) -> OwnVerdict:
    """Ask the server's own validator about what was staged; nothing real is touched.

    Raises:
        RemoteError: the connection was lost, the undo files are damaged, or neo4j.conf is neither
            the staged one nor the one before (`conf-changed`).
    """
    # The staged file may be refused, and is then compared with the present one: asked twice.
    answer = run_script(
        connection, "ask_neo4j", run, server, str(seconds), timeout_s=2 * seconds + _SLACK_S
    )
    for word in (Word.ABSENT, Word.HOLDS_COMMANDS, Word.NO_ROOM):
        if word.value in answer:
            return OwnVerdict(word=word)
    return _verdict(answer.first("staged"), answer.first("original"))


def _verdict(staged: Sequence[str], original: Sequence[str]) -> OwnVerdict:
    code, words = staged[0] if staged else "", _lines(staged)
    if code == Word.LATE:
        return OwnVerdict(word=Word.LATE)
    present = _lines(original)
    before = {_numberless(line) for label in _LABELS for line in _labelled(present, label)}
    errors, warned = (_labelled(words, label) for label in _LABELS)
    fresh = tuple(line for line in errors if _numberless(line) not in before)
    if code == "0":
        return OwnVerdict(word=Word.PASSED, warned=warned[:_MOST_WORDS])
    if not errors:
        return OwnVerdict(word=Word.UNCLEAR, standing=words[-1:])
    return OwnVerdict(
        word=Word.REFUSED if fresh else Word.PASSED,
        refused=fresh[:_MOST_WORDS],
        standing=tuple(line for line in errors if line not in fresh)[:_MOST_WORDS],
        warned=tuple(line for line in warned if _numberless(line) not in before)[:_MOST_WORDS],
    )


def _numberless(line: str) -> str:
    """The same complaint stands at another line once ours are there."""
    return _DIGITS.sub("#", line)


def _lines(fields: Sequence[str]) -> tuple[str, ...]:
    raw = unhex(fields[1]) if fields[1:] else b""
    lines = (shown(line.strip(), limit=_LENGTH) for line in raw.split(b"\n"))
    return tuple(line for line in lines if line)


def _labelled(lines: Sequence[str], label: str) -> tuple[str, ...]:
    """Return the validator's words behind a label, each once."""
    found = (line.removeprefix(label).strip() for line in lines if line.startswith(label))
    return tuple(dict.fromkeys(found))
