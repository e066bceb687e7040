"""Neo4j's log lines as values: text lines of both logs, and the JSON lines of debug.log.

A line that means nothing to us is None. What a failure means is `wizard.neo4j.logs.problems`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wizard.neo4j.logs.failures import (
    Failed,
    Hindrance,
    LoaderError,
    LogLine,
    StartFailed,
    TlsFailure,
    failure_in,
)
from wizard.neo4j.logs.messages import (
    Bootstrapped,
    ConnectedTo,
    FailedToConnect,
    LeaderKnown,
    LeaderLost,
    Listening,
    LostConnection,
    Member,
    PolicyLoaded,
    RemoteInterface,
    Started,
    Starting,
    Stopped,
    Stopping,
    ThisServer,
    WaitingForLeader,
    WaitingForPeers,
)
from wizard.neo4j.logs.problems import problem_of

__all__ = [
    "Bootstrapped",
    "ConnectedTo",
    "Failed",
    "FailedToConnect",
    "Hindrance",
    "LeaderKnown",
    "LeaderLost",
    "Listening",
    "LoaderError",
    "LogLine",
    "LogReader",
    "LostConnection",
    "Member",
    "PolicyLoaded",
    "RemoteInterface",
    "StartFailed",
    "Started",
    "Starting",
    "Stopped",
    "Stopping",
    "ThisServer",
    "TlsFailure",
    "WaitingForLeader",
    "WaitingForPeers",
    "problem_of",
    "read_line",
]

MAX_CHARACTERS = 65_536
"""Longer lines are cut before they are looked at; a JSON line carries its whole stack trace."""


def _policy(scope: str, text: str) -> PolicyLoaded:
    """Read what SslPolicy.toString adds to the name."""
    found = _IN_FORCE.search(text)
    if found is None:
        return PolicyLoaded(scope=scope)
    ciphers = found["ciphers"]
    return PolicyLoaded(
        scope=scope,
        tls_versions=tuple(found["versions"].split(", ")),
        ciphers=None if ciphers is None else tuple(ciphers.split(", ")),
        client_auth=found["asks"],
    )


_IN_FORCE = re.compile(
    r", ciphers=(?:null|\[(?P<ciphers>[^\]]*)\]), tlsVersions=\[(?P<versions>[^\]]*)\],"
    r" clientAuth=(?P<asks>\w+)\}$"
)
"""The end of SslPolicy.toString; what stands before it are names out of certificates."""

_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d{4}"
_TEXT = re.compile(
    rf"(?P<at>{_TIME}) (?P<level>[A-Z]+) +"
    r"(?:\[(?P<category>[\w$]+(?:\.[\w$]+)+)\] )?(?P<message>.*)"
)
_JOURNAL = re.compile(r"\A\S.{0,80}? neo4j\[\d+\]: ")
"""What journald puts before a line of the user log."""

_PEER = r"(?P<host>[^/\s\[\]()]*)/(?P<ip>\[[0-9a-fA-F:.%]+\]|[0-9a-fA-F:.]+):(?P<port>\d{1,5})"
_DIALLED = r"(?:(?P<host>[^/\s:\[\]()]*)/?(?P<ip>\[[0-9a-fA-F:.%]+\]|[0-9.]*)):(?P<port>\d{1,5})"

_OF_DATABASE = r"(?:\[(?P<database>[^\]/\s]+)/\w+\] )?"
"""What debug.log of 4.0 and later puts before a message about one database."""

Maker = Callable[[re.Match[str]], LogLine]

_MEANINGS: tuple[tuple[re.Pattern[str], Maker], ...] = (
    (re.compile(r"Starting\.\.\."), lambda _: Starting()),
    (re.compile(r"Started\."), lambda _: Started()),
    (
        re.compile(r"Neo4j Server shutdown initiated by request|Stopping\.\.\."),
        lambda _: Stopping(),
    ),
    (re.compile(r"Stopped\."), lambda _: Stopped()),
    (
        re.compile(
            r"(?:Database '[^']*' is w|W)aiting for a total of (\d{1,4}) core members\.{2,3}"
        ),
        lambda m: WaitingForPeers(expected=int(m[1])),
    ),
    (
        re.compile(r"This instance bootstrapped the (?:'([^']*)' database|cluster)\."),
        lambda m: Bootstrapped(database=m[1] or ""),
    ),
    (
        re.compile(r"Remote interface available at (\S+)"),
        lambda m: RemoteInterface(url=m[1]),
    ),
    (
        re.compile(r"Loaded SSL policy '([^']+)' = .*"),
        lambda m: _policy(m[1].lower(), m[0]),
    ),
    (re.compile(r"Waiting to hear from leader\.{2,3}"), lambda _: WaitingForLeader()),
    (re.compile(r"This instance is ServerId\{(\w+)\}.*"), lambda m: ThisServer(identity=m[1])),
    (
        re.compile(r"\[?(\w+-server)\]?:? bound to '?([^\s']+)'?.*"),
        lambda m: Listening(listener=m[1], address=m[2]),
    ),
    (
        re.compile(r"(Discovered|Lost) core member at (\S+)"),
        lambda m: Member(address=m[2], is_there=m[1] == "Discovered"),
    ),
    (
        re.compile(rf"{_OF_DATABASE}Leader changed from \S+ to null"),
        lambda m: LeaderLost(database=m["database"] or ""),
    ),
    (
        re.compile(
            rf"{_OF_DATABASE}(?:First leader elected: .*|Leader changed from \S+ to .*"
            r"|Leader for \{\w+\}/(?P<named>\S+) is now LeaderInfo\{.*|Bound to cluster with id .*)"
        ),
        lambda m: LeaderKnown(database=m["database"] or m["named"] or ""),
    ),
    (
        re.compile(rf"Connected to {_PEER} \[(?P<protocol>\w+ version:[\d.]+(?: \([^)]*\))?)\]"),
        lambda m: ConnectedTo(
            host=m["host"], ip=m["ip"].strip("[]"), port=int(m["port"]), protocol=m["protocol"]
        ),
    ),
    (
        re.compile(
            rf"Handshake completed on channel \[id: \w+, L:\S+ - R:{_PEER}\]\. "
            r"Installing: ProtocolStack\{applicationProtocol=(?P<protocol>\w+),.*"
        ),
        lambda m: ConnectedTo(
            host=m["host"], ip=m["ip"].strip("[]"), port=int(m["port"]), protocol=m["protocol"]
        ),
    ),
    (
        re.compile(rf"Lost connection to:? (?:\S+ \()?{_PEER}.*"),
        lambda m: LostConnection(host=m["host"], ip=m["ip"].strip("[]"), port=int(m["port"])),
    ),
    (
        re.compile(rf"Failed to connect to: {_DIALLED}\. Retrying in \d+ ms"),
        lambda m: FailedToConnect(host=m["host"], ip=m["ip"].strip("[]"), port=int(m["port"])),
    ),
)
"""Each message in full, and what it means; the texts are those of Neo4j's own classes and of
public logs of 3.5 to 5.20."""


def read_line(text: str) -> LogLine | None:
    """Return what one line of neo4j.log, debug.log or the journal means, or None.

    Lines of stack traces are read too. A failure of a Bolt or HTTP client is not a cluster's and
    is None; a stack trace below it needs `LogReader`, which remembers whose it is.
    """
    return LogReader().read(text)


class LogReader:
    """Reads the lines of one file in order, and knows whose stack trace it is in."""

    def __init__(self) -> None:
        self._strangers_trace = False
        self._remote = ""
        self._at: datetime | None = None

    def read(self, text: str) -> LogLine | None:
        """Return what the next line means, or None."""
        line = text[:MAX_CHARACTERS].rstrip("\r\n")
        if line.startswith("{") and (found := _json_fields(line)) is not None:
            at, level, category, message, trace = found
        elif (match := _TEXT.fullmatch(_JOURNAL.sub("", line, count=1))) is not None:
            at, level, category = match["at"], match["level"], match["category"] or ""
            message, trace = match["message"], ""
        else:
            return self._of_a_trace(line)
        self._strangers_trace = _is_a_clients(category, message)
        channel = _REMOTE.search(message)
        self._remote = channel["ip"].strip("[]") if channel is not None else ""
        self._at = _time(at)
        meaning = _meaning(message.rstrip())
        if meaning is None and not self._strangers_trace and level not in {"DEBUG", "INFO"}:
            meaning = failure_in(f"{message}\n{trace}", level)
        if meaning is None:
            return None
        told = replace(meaning, at=self._at, level=level, category=category)
        return self._of_the_channel(told)

    def _of_a_trace(self, line: str) -> LogLine | None:
        """Read a line without a time: of a stack trace, cut off, or copied out of a log."""
        if self._strangers_trace:
            return None
        if line.startswith("{"):  # JSON that was too long, and lost its end
            line = line.replace("\\n", "\n").replace('\\"', '"')
        bare = _meaning(line.strip())
        return bare if isinstance(bare, ConnectedTo) else self._of_the_channel(failure_in(line))

    def _of_the_channel(self, meaning: LogLine | None) -> LogLine | None:
        """Add to a failure who was at the other end and when, by its line or the one above it."""
        if isinstance(meaning, Failed):
            return replace(meaning, remote=self._remote, told_at=self._at)
        return meaning


def _meaning(message: str) -> LogLine | None:
    for pattern, make in _MEANINGS:
        if (match := pattern.fullmatch(message)) is not None:
            return make(match)
    return None


def _json_fields(line: str) -> tuple[str, str, str, str, str] | None:
    """Return time, level, category, message and stack trace (StructuredLayoutWithMessage.json)."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("message"), str):
        return None
    names = ("time", "level", "category", "message", "stacktrace")
    at, level, category, message, trace = (str(found.get(name) or "") for name in names)
    return at, level, category, message, trace


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f%z")
    except ValueError:
        return None


_REMOTE = re.compile(
    r"\[id: \w+, L:\S+ [-!] R:[^/\s\]]*/(?P<ip>\[[0-9a-fA-F:.%]+\]|[0-9a-fA-F:.]+):\d{1,5}\]"
)
"""A connection as Netty shows it."""

_LOCAL_PORT = re.compile(r"L:[^\s\]]*:(\d{1,5})\b")
_CLIENT_PORTS = frozenset({"7687", "7473", "7474"})


def _is_a_clients(category: str, message: str) -> bool:
    """Whether a line is about a Bolt or HTTP client, whose TLS is not the cluster's.

    Bolt's classes also serve the routing port 7688, which the cluster policy protects.
    """
    local = _LOCAL_PORT.search(message)
    if local is not None and local[1] in _CLIENT_PORTS:
        return True
    is_bolt = category.startswith(("o.n.b.", "org.neo4j.bolt.", "o.n.s.w.", "o.e.j."))
    return is_bolt and (local is None or local[1] != "7688")
