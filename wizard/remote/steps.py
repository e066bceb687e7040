"""The steps of a run on one server; each can be done again, and none trusts what it did before.

Order: stage, validate, stop, commit, start; restore takes all of it back at any point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname
from types import MappingProxyType

from wizard.errors import RemoteError
from wizard.remote.answers import lines, odd, run_script, unhex
from wizard.remote.archive import StageFile
from wizard.remote.connection import Connection
from wizard.remote.log_lines import UNREADABLE, unreadable
from wizard.remote.staging import StageOrder, StageReport, commit, stage, validate

__all__ = [
    "RestoreReport",
    "Service",
    "StageFile",
    "StageOrder",
    "StageReport",
    "commit",
    "is_running",
    "read_tail",
    "restore",
    "stage",
    "start",
    "stop",
    "validate",
]

_TIMEOUT_S = 60.0
_START_TIMEOUT_S = 180.0
_MARK_FIELDS = 2
_NOISE_BYTES = 64 * 1024
"""Room for what login files print before a script's own output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How Neo4j is started and stopped on a server.

    Attributes:
        service: `systemd:NAME` or `bin`, that one perhaps with ` --expand-commands` behind it.
        home: NEO4J_HOME.
        conf_file: neo4j.conf.
        run, server: whose folder on the server keeps word of a stop or start that is under way;
            without them it is kept in a folder for temporary files.
    """

    service: str
    home: str
    conf_file: str
    run: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What restore did.

    Attributes:
        restored: False when there was nothing of this run on the server.
        left: folders that still hold files which are not of this run.
    """

    restored: bool
    left: tuple[str, ...] = ()


def stop(connection: Connection, service: Service, timeout_s: float) -> None:
    """Ask Neo4j to end and wait until its process is gone; it is never killed.

    A lost connection does not end the work, and calling again waits for the same work.

    Raises:
        RemoteError: `still-running` when it has not ended in time or was started again by
            something else, `service` when refused.
    """
    parameters = (*_work_lines(service), str(int(timeout_s)))
    answer = run_script(connection, "stop", *parameters, timeout_s=timeout_s + _TIMEOUT_S)
    if "started-again" in answer:
        server = connection.server
        raise RemoteError(
            server,
            f"Neo4j on {server} was started again by something else while it was stopped.",
            hint="Find out what restarts it, a watchdog for example, and hold that.",
            code="still-running",
        )


def is_running(connection: Connection, service: Service) -> bool:
    """Say whether Neo4j's process is up.

    Raises:
        RemoteError: the server does not tell.
    """
    word = run_script(connection, "status", *_service_lines(service)).first("running")[:1]
    if word not in (["yes"], ["no"]):
        raise odd(connection.server)
    return word == ["yes"]


def start(connection: Connection, service: Service, logs: Sequence[str]) -> Mapping[str, int]:
    """Start Neo4j unless it is up, and return where each log ended before (path to bytes).

    A lost connection does not end the work. Calling again waits for the same work and returns the
    same marks, for as long as the Neo4j that this run has started is up.

    Raises:
        RemoteError: `start-failed` with the last words of the start command.
    """
    parameters = (*_work_lines(service), str(int(_START_TIMEOUT_S)), *logs)
    timeout_s = _START_TIMEOUT_S + _TIMEOUT_S
    answer = run_script(connection, "start", *parameters, timeout_s=timeout_s)
    told = [fields for fields in answer.all("mark") if len(fields) == _MARK_FIELDS]
    marks = {_path(path): int(size) for size, path in told if size.isdecimal()}
    return MappingProxyType({path: marks[path] for path in logs if path in marks})


def restore(connection: Connection, run: str, server: str) -> RestoreReport:
    """Put neo4j.conf and the certificate folders back; start nothing. Nothing left to do is fine.

    Raises:
        RemoteError: `undo-damaged`, or `conf-changed` when neo4j.conf was edited after the run.
    """
    answer = run_script(connection, "restore", run, server)
    if "restored" not in answer and "nothing" not in answer:
        raise odd(connection.server)
    left = tuple(_path(fields[0]) for fields in answer.all("left") if fields)
    return RestoreReport(restored="restored" in answer, left=left)


def read_tail(connection: Connection, path: str, max_bytes: int = 65536) -> bytes:
    """Return the last bytes of a file, or of `journal:UNIT`; none where there is no such file.

    Raises:
        RemoteError: `log-unreadable` where it may not be read.
    """
    stdin = lines(connection.server, path, str(max_bytes))
    completed = connection.run(
        "tail", stdin, timeout_s=_TIMEOUT_S, max_bytes=max_bytes + _NOISE_BYTES
    )
    if completed.exit_code == UNREADABLE:
        raise unreadable(connection.server, path)
    return completed.stdout


def _service_lines(service: Service) -> tuple[str, str, str]:
    return service.service, service.home, dirname(service.conf_file)


def _work_lines(service: Service) -> tuple[str, ...]:
    return (*_service_lines(service), service.run, service.server)


def _path(digits: str) -> str:
    return unhex(digits).decode("utf-8", errors="surrogateescape")
