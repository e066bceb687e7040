"""The steps of a run on one server; each can be done again, and none trusts what it did before.

Order: stage, validate, stop, commit, start, finalise; restore takes all of it back at any point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from types import MappingProxyType

from wizard.errors import RemoteError
from wizard.model.text import shown
from wizard.remote.answers import Answer, lines, stat_from, unhex
from wizard.remote.archive import StageFile, pack
from wizard.remote.connection import Connection
from wizard.remote.execution import script_text

__all__ = [
    "RestoreReport",
    "Service",
    "StageFile",
    "StageOrder",
    "StageReport",
    "commit",
    "finalise",
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
_ALL_BITS = 0o7777
_NOISE_BYTES = 64 * 1024
"""Room for what login files print before a script's own output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How Neo4j is started and stopped on a server.

    Attributes:
        service: `systemd:NAME` or `bin`.
        home: NEO4J_HOME.
        conf_file: neo4j.conf.
    """

    service: str
    home: str
    conf_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOrder:
    """Everything that is to be put on one server before anything there is replaced.

    Attributes:
        run: the run's id.
        of_the_run: every server of the run in words, for the person who runs undo.sh by hand.
        conf: the new neo4j.conf; conf_sha256: the hash of the present one as surveyed.
        conf_mode: the permission bits of the new one.
        owner_uid, owner_gid: who owns the new files; only obeyed where the login is root.
        base_directory: the new folder, directly in `certificates`.
        files: what goes into it, folders before what is in them.
    """

    run: str
    server: str
    of_the_run: tuple[str, ...]
    home: str
    conf_file: str
    certificates: str
    base_directory: str
    conf: bytes = field(repr=False)
    conf_sha256: str
    conf_mode: int
    owner_uid: int
    owner_gid: int
    files: tuple[StageFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What was read back from the server after staging.

    Attributes:
        sha256: absolute path to hash, of every new file and of the staged neo4j.conf.
        undo: the folder with the original and undo.sh.
    """

    sha256: Mapping[str, str]
    undo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What restore did.

    Attributes:
        restored: False when there was nothing of this run on the server.
        left: folders that still hold files which are not of this run.
    """

    restored: bool
    left: tuple[str, ...] = ()


def undo_script() -> bytes:
    """Return undo.sh: it stands on its own, with the shared functions in front."""
    return b"#!/bin/sh\n" + script_text("undo")


def stage(connection: Connection, order: StageOrder) -> StageReport:
    """Put the new folder and the new neo4j.conf beside what stands; replace nothing.

    Raises:
        RemoteError: `conf-changed`, `path-exists`, `link`, `not-writable`, `too-little-space`,
            `archive`, or `mismatch` when what was read back is not what was sent.
    """
    server = order.server
    folders = [file.path for file in order.files if file.content is None]
    files = [file.path for file in order.files if file.content is not None]
    parameters = [
        order.run,
        server,
        order.home,
        order.conf_file,
        order.certificates,
        order.base_directory,
        order.conf_sha256,
        _sha256(order.conf),
        f"{order.conf_mode:o}",
        str(order.owner_uid),
        str(order.owner_gid),
    ]
    for names in (list(order.of_the_run), folders, files):
        parameters += [str(len(names)), *names]
    script = undo_script().rstrip(b"\n").replace(b"\n", b"\1") + b"\n"
    staged_conf = StageFile(path=".neo4j.conf", mode=0o600, content=order.conf)
    payload = pack([*order.files, staged_conf])
    completed = connection.run(
        "stage", lines(server, *parameters) + script + payload, timeout_s=_TIMEOUT_S
    )
    return _read_back(order, Answer(server, completed))


def validate(connection: Connection, order: StageOrder) -> StageReport:
    """Read everything that was staged back once more; nothing changes.

    Raises:
        RemoteError: `mismatch`, `conf-changed` or `undo-damaged`.
    """
    answer = _run(connection, "check", order.run, order.server)
    if answer.first("conf") not in ([order.conf_sha256], [_sha256(order.conf)]):
        raise RemoteError(
            order.server,
            f"{shown(order.conf_file)} on {order.server} was changed while the run was prepared.",
            hint="Look at who edits it, then run the plan again.",
            code="conf-changed",
        )
    return _read_back(order, answer)


def stop(connection: Connection, service: Service, timeout_s: float) -> None:
    """Ask Neo4j to end and wait until its process is gone; it is never killed.

    Raises:
        RemoteError: `still-running` when it has not ended in time, `service` when refused.
    """
    parameters = (*_service_lines(service), str(int(timeout_s)))
    _run(connection, "stop", *parameters, timeout_s=timeout_s + _TIMEOUT_S)


def is_running(connection: Connection, service: Service) -> bool:
    """Say whether Neo4j's process is up."""
    return _run(connection, "status", *_service_lines(service)).first("running")[:1] == ["yes"]


def commit(connection: Connection, order: StageOrder) -> None:
    """Put the new neo4j.conf in place by one rename, if the old one is still the surveyed one.

    Raises:
        RemoteError: `conf-changed`, `mismatch`, `undo-damaged` or `not-writable`.
    """
    answer = _run(connection, "commit", order.run, order.server)
    if answer.first("hash") != [_sha256(order.conf)] or not _has_mode(
        answer.first("stat"), order.conf_mode
    ):
        raise _mismatch(order.server, order.conf_file)


def start(connection: Connection, service: Service, logs: Sequence[str]) -> Mapping[str, int]:
    """Start Neo4j unless it is up, and return where each log ended before (path to bytes).

    Raises:
        RemoteError: `start-failed` with the last words of the start command.
    """
    parameters = (*_service_lines(service), *logs)
    answer = _run(connection, "start", *parameters, timeout_s=_START_TIMEOUT_S)
    marks = {_path(fields[0]): int(fields[1]) for fields in answer.all("mark")}
    return MappingProxyType(marks)


def restore(connection: Connection, run: str, server: str) -> RestoreReport:
    """Put neo4j.conf and the certificate folders back; start nothing. Nothing left to do is fine.

    Raises:
        RemoteError: `undo-damaged`, or `conf-changed` when neo4j.conf was edited after the run.
    """
    expected = hashlib.sha256(undo_script()).hexdigest()
    answer = _run(connection, "restore", run, server, expected)
    left = tuple(_path(fields[0]) for fields in answer.all("left"))
    return RestoreReport(restored="restored" in answer, left=left)


def finalise(connection: Connection, order: StageOrder) -> None:
    """Remove what only the way there needed; the undo folder stays.

    Raises:
        RemoteError: `conf-changed` or `undo-damaged`.
    """
    _run(connection, "finalise", order.run, order.server)


def read_tail(connection: Connection, path: str, max_bytes: int = 65536) -> bytes:
    """Return the last bytes of a file, or none where it can't be read."""
    stdin = lines(connection.server, path, str(max_bytes))
    completed = connection.run(
        "tail", stdin, timeout_s=_TIMEOUT_S, max_bytes=max_bytes + _NOISE_BYTES
    )
    return completed.stdout


def _run(
    connection: Connection, script: str, *parameters: str, timeout_s: float = _TIMEOUT_S
) -> Answer:
    stdin = lines(connection.server, *parameters)
    return Answer(connection.server, connection.run(script, stdin, timeout_s=timeout_s))


def _service_lines(service: Service) -> tuple[str, str, str]:
    return service.service, service.home, dirname(service.conf_file)


def _read_back(order: StageOrder, answer: Answer) -> StageReport:
    """Compare what the server says of every file with what was sent, in the order it was sent."""
    files = [file for file in order.files if file.content is not None]
    folders = [file for file in order.files if file.content is None]
    wanted = {_place(order, file): _sha256(file.content or b"") for file in files}
    staged = join(dirname(order.conf_file), f".neo4j.conf.{order.run}")
    wanted[staged] = _sha256(order.conf)
    hashes = [*wanted.values(), order.conf_sha256, _sha256(undo_script())]
    told = [fields[0] for fields in answer.all("hash")]
    places = [*wanted, "the original neo4j.conf in the undo folder", "undo.sh"]
    modes = [*(file.mode for file in (*files, *folders)), order.conf_mode]
    owners = [*(_place(order, file) for file in (*files, *folders)), staged]
    stats = answer.all("stat")
    if len(told) != len(hashes) or len(stats) != len(modes):
        raise _mismatch(order.server, order.base_directory)
    for place, found, expected in zip(places, told, hashes, strict=True):
        if found != expected:
            raise _mismatch(order.server, place)
    for place, fields, mode in zip(owners, stats, modes, strict=True):
        if not _has_mode(fields, mode):
            raise _mismatch(order.server, place)
    return StageReport(sha256=MappingProxyType(wanted), undo=answer.text("undo"))


def _place(order: StageOrder, file: StageFile) -> str:
    return normpath(join(order.base_directory, file.path))


def _has_mode(fields: Sequence[str], mode: int) -> bool:
    stat = stat_from(fields)
    return stat is not None and stat.mode & _ALL_BITS == mode


def _mismatch(server: str, place: str) -> RemoteError:
    return RemoteError(
        server,
        f"{shown(place)} on {server} is not as it was written: its content or its mode differs.",
        hint="Check the disk of that server, and whether something else changes this file.",
        code="mismatch",
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _path(digits: str) -> str:
    return unhex(digits).decode("utf-8", errors="surrogateescape")
