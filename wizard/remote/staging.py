"""Putting everything new beside what stands, and in place by one rename: nothing goes unread.

What was staged is read back, content and mode, and compared with what was sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from types import MappingProxyType

from wizard.errors import RemoteError
from wizard.model.facts import FileStat
from wizard.model.text import shown
from wizard.remote.answers import Answer, lines, run_script, stat_from
from wizard.remote.archive import StageFile, pack
from wizard.remote.connection import Connection
from wizard.remote.dialects import POSIX, Dialect, script_text

_TIMEOUT_S = 60.0
_ALL_BITS = 0o7777
_HASH_LENGTH = 64


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
        known_conf_hash: SHA-256 (hex) of the new neo4j.conf where that is not at hand any more;
            such an order can be validated and committed, but not staged.
        service: how Neo4j is stopped and started there, as in `Service`, for finish.sh.
        members: every server of the run, and whether its Neo4j runs before it.
        leaf: SHA-256 (hex) of the DER of the server's leaf, and its last moment as text.
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
    known_conf_hash: str = ""
    service: str = "bin"
    members: tuple[tuple[str, bool], ...] = ()
    leaf: tuple[str, str] = ("", "")

    @property
    def conf_hash_after(self) -> str:
        """The hash of the new neo4j.conf, hex."""
        return self.known_conf_hash or _sha256(self.conf)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What was read back from the server after staging.

    Attributes:
        sha256: absolute path to hash, of every new file and of the staged neo4j.conf.
        undo: the folder with the original and undo.sh.
    """

    sha256: Mapping[str, str]
    undo: str


def undo_script(dialect: Dialect = POSIX) -> bytes:
    """Return undo.sh: it stands on its own, with the shared functions in front."""
    return dialect.opening + script_text("undo", dialect)


def finish_script(dialect: Dialect = POSIX) -> bytes:
    """Return finish.sh, which stands on its own, too."""
    return dialect.opening + script_text("finish", dialect)


def stage(connection: Connection, order: StageOrder) -> StageReport:
    """Put the new folder and the new neo4j.conf beside what stands; replace nothing.

    Raises:
        RemoteError: `conf-changed`, `path-exists`, `link`, `not-writable`, `too-little-space`,
            `group-lost`, `archive`, or `mismatch` when what was read back is not what was sent.
    """
    owner = (f"{order.conf_mode:o}", str(order.owner_uid), str(order.owner_gid))
    parameters = lines(order.server, *_manifest(order), *owner)
    more = (
        StageFile(path=".neo4j.conf", mode=0o600, content=order.conf),
        StageFile(path=".undo.sh", mode=0o600, content=undo_script(connection.dialect)),
        StageFile(path=".finish.sh", mode=0o600, content=finish_script(connection.dialect)),
    )
    payload = pack([*order.files, *more])
    completed = connection.run("stage", parameters + payload, timeout_s=_TIMEOUT_S)
    answer = Answer(order.server, completed)
    return _read_back(order, answer, {order.conf_sha256}, connection.dialect)


def validate(connection: Connection, order: StageOrder) -> StageReport:
    """Read everything that was staged back once more, from the disk on; nothing of it changes.

    Also sees that a stop and a start will have room to leave their word in the run's folder.

    Raises:
        RemoteError: `mismatch`, `conf-changed`, `undo-damaged` or `too-little-space`.
    """
    answer = run_script(connection, "check", order.run, order.server)
    hashes = {order.conf_sha256, order.conf_hash_after}
    return _read_back(order, answer, hashes, connection.dialect)


def commit(connection: Connection, order: StageOrder) -> None:
    """Put the new neo4j.conf in place by one rename, if the old one is still the surveyed one.

    Raises:
        RemoteError: `conf-changed`, `mismatch`, `undo-damaged` or `not-writable`.
    """
    answer = run_script(connection, "commit", order.run, order.server)
    if answer.first("hash") != [order.conf_hash_after] or not _has_mode(
        answer.first("stat"), order.conf_mode
    ):
        raise _mismatch(order.server, order.conf_file)


def _staged_conf(order: StageOrder) -> str:
    """Return where the new neo4j.conf waits: in a folder that one run at a time can make."""
    return join(dirname(order.conf_file), ".neo4j-tls", f"neo4j.conf.{order.run}")


def _manifest(order: StageOrder) -> list[str]:
    """Return the lines of the manifest but for what only the server knows, and the last one."""
    folders = [f"folder={file.path}" for file in order.files if file.content is None]
    contents = [file for file in order.files if file.content is not None]
    files = [f"file={file.path}" for file in contents]
    return [
        "format=1",
        f"run={order.run}",
        f"server={order.server}",
        f"home={order.home}",
        f"conf_file={order.conf_file}",
        f"service={order.service}",
        f"staged_conf={_staged_conf(order)}",
        f"certificates={order.certificates}",
        f"base_directory={order.base_directory}",
        f"before_sha256={order.conf_sha256}",
        f"after_sha256={order.conf_hash_after}",
        *(f"of_the_run={words}" for words in order.of_the_run),
        *(f"member={name} {'yes' if runs else 'no'}" for name, runs in order.members),
        *(f"sent={file.sha256} {file.path}" for file in contents),
        f"leaf={' '.join(order.leaf)}",
        *folders,
        *files,
        "complete=yes",
    ]


def _read_back(
    order: StageOrder, answer: Answer, conf_hashes: AbstractSet[str], dialect: Dialect
) -> StageReport:
    """Compare what the server says of every file with what was sent, in the script's order."""
    files = [file for file in order.files if file.content is not None]
    folders = [file for file in order.files if file.content is None][::-1]
    staged = _staged_conf(order)
    wanted = {_place(order, file): file.sha256 for file in files}
    wanted[staged] = order.conf_hash_after
    places = [*wanted, "the original neo4j.conf in the undo folder", "undo.sh", "finish.sh"]
    *told, conf_hash = [line.lstrip("\\")[:_HASH_LENGTH] for line in answer.block("hashes")] or [""]
    scripts = [_sha256(undo_script(dialect)), _sha256(finish_script(dialect))]
    _compare(order, places, told, [*wanted.values(), order.conf_sha256, *scripts])
    owners = [*(_place(order, file) for file in (*files, *folders)), staged]
    modes = [stat and stat.mode & _ALL_BITS for stat in map(_stat, answer.block("stats"))]
    _compare(order, owners, modes, [*(file.mode for file in (*files, *folders)), order.conf_mode])
    if conf_hash not in conf_hashes:
        raise RemoteError(
            order.server,
            f"{shown(order.conf_file)} on {order.server} was changed while the run was prepared.",
            hint="Look at who edits it, then run the plan again.",
            code="conf-changed",
        )
    undo = "\n".join(answer.block("undo"))
    return StageReport(sha256=MappingProxyType(wanted), undo=undo)


def _compare(
    order: StageOrder, places: Sequence[str], told: Sequence[object], wanted: Sequence[object]
) -> None:
    if len(told) != len(wanted):
        raise _mismatch(order.server, order.base_directory)
    for place, found, expected in zip(places, told, wanted, strict=True):
        if found != expected:
            raise _mismatch(order.server, place)


def _stat(line: str) -> FileStat | None:
    return stat_from(line.split(" "))


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
