"""What happens, as frozen values: the one stream every front end reads.

The JSON Lines of the command line are these values, one a line, in the order of their happening.
Nothing here holds a secret; every text is already safe to show.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from wizard.model.problems import Problem

SCHEMA = 1


class Result(StrEnum):
    """How a command ended; each has its exit code."""

    OK = "ok"
    PROBLEMS = "problems"
    REFUSED = "refused"
    REVERTED = "reverted"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    INTERRUPTED = "interrupted"


EXIT_CODES = {
    Result.OK: 0,
    Result.PROBLEMS: 1,
    Result.REFUSED: 2,
    Result.REVERTED: 3,
    Result.STOPPED: 4,
    Result.UNREACHABLE: 5,
    Result.INTERRUPTED: 130,
}


class LinkState(StrEnum):
    """What the logs say of one server's link to another."""

    SEEN = "seen"
    NOT_LOGGED = "not-logged"
    LOST = "lost"


class ProbeKind(StrEnum):
    """What a probe shows to a port."""

    OURS = "ours"
    NONE = "none"
    FOREIGN_CA = "foreign-ca"
    SELF_MADE = "self-made"
    EXPIRED = "expired"
    PLAINTEXT = "plaintext"
    OLD_TLS = "old-tls"


class Verdict(StrEnum):
    """What the port did with it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PLAINTEXT = "plaintext"
    FILTERED = "filtered"
    TIMEOUT = "timeout"
    NOT_TESTED = "not-tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; `at` is UTC, and None only in a plan, which has no time."""

    name: ClassVar[str] = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The first event of every command."""

    name: ClassVar[str] = "started"
    command: str
    run: str | None = None
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlanned(Event):
    """One change of the plan; `details` is what review shows of it, ready for JSON."""

    name: ClassVar[str] = "change_planned"
    server: str
    change: str
    kind: str
    what: str
    undo: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStarted(Event):
    """A change is being made on a server."""

    name: ClassVar[str] = "change_started"
    server: str
    change: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFinished(Event):
    """A change was made and read back."""

    name: ClassVar[str] = "change_finished"
    server: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFailed(Event):
    """A change could not be made."""

    name: ClassVar[str] = "change_failed"
    server: str
    change: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSkipped(Event):
    """A change was not needed."""

    name: ClassVar[str] = "change_skipped"
    server: str
    change: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Event):
    """What a server's log says of its link to a peer; address is `host:port` as logged."""

    name: ClassVar[str] = "link"
    server: str
    peer: str
    address: str
    state: LinkState


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Event):
    """One probe of one port.

    Attributes:
        origin: where it was sent from: a server's name, or `workstation`; `from` in JSON.
        expected: the verdict a protected port gives.
        ok: whether verdict and leaf are as they must be; None when it proves nothing.
        fingerprint: SHA-256 of the leaf the port served, hex, or None.
        detail: one sentence for people.
    """

    name: ClassVar[str] = "probe"
    origin: str
    server: str
    port: int
    kind: ProbeKind
    expected: Verdict
    verdict: Verdict
    ok: bool | None
    fingerprint: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFound(Event):
    """A problem, with its code and the way out."""

    name: ClassVar[str] = "problem"
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """A sentence for people, or a line of a server's log (then server and source are set).

    Attributes:
        plan: the SHA-256 of the plan, where the sentence tells it, and `parts` those of its parts.
        downtime_s: how long the cluster was down, in seconds, where the sentence tells it.
    """

    name: ClassVar[str] = "said"
    message: str
    server: str | None = None
    source: str | None = None
    plan: str | None = None
    parts: dict[str, str] | None = None
    downtime_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The last event of every command."""

    name: ClassVar[str] = "finished"
    result: Result
    exit_code: int


def to_json(event: Event) -> dict[str, object]:
    """Return an event as the object its JSON line holds; fields without a value are left out."""
    line: dict[str, object] = {"event": event.name}
    if event.at is not None:
        line["at"] = event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name == "at" or value is None:
            continue
        if isinstance(value, Problem):
            line.update(_problem(value))
        else:
            line["from" if field.name == "origin" else field.name] = value
    return line


def _problem(problem: Problem) -> dict[str, object]:
    shown = {"problem": problem.code, "severity": problem.severity}
    rest = ("server", "key", "file", "line", "message", "hint", "evidence")
    return shown | {name: getattr(problem, name) for name in rest if getattr(problem, name)}
