"""What the folders of the runs on a server tell: each run's own words, and nothing is trusted.

A manifest is the only record of a run that a workstation finds which has never heard of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from wizard.errors import RemoteError
from wizard.model.text import shown
from wizard.remote.answers import run_script, unhex
from wizard.remote.connection import Connection

_RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
_MEMBER = re.compile(r"([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?) (yes|no)")
_SENT = re.compile(r"([0-9a-f]{64}) (.+)")
_LEAF = re.compile(r"([0-9a-f]{64}) ([0-9T:+.-]+[+]00:00)")
_FIELDS = 2
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """A run as one server has it; every text is the server's own word.

    Attributes:
        base_directory: the folder of its certificates.
        before, after: SHA-256 (hex) of neo4j.conf as it was and as the run wants it.
        members: every server of the run, and whether its Neo4j ran before.
        sent: by path below the base directory, SHA-256 (hex) of each new file.
        fingerprint, not_after: of its leaf: SHA-256 (hex) of the DER, and its last moment.
    """

    run: str
    server: str
    home: str
    conf_file: str
    base_directory: str
    before: str
    after: str
    members: Mapping[str, bool]
    sent: Mapping[str, str]
    fingerprint: str
    not_after: datetime


def run_folders(connection: Connection) -> tuple[RunFolder, ...]:
    """Return the runs whose way back stands on a server, oldest first; one read-only look.

    Raises:
        RemoteError: `undo-damaged` where a manifest is not one of ours, is not complete, or is of
            another run or server than its folder.
    """
    server = connection.server
    told = run_script(connection, "runs", server).all("manifest")
    pairs = [fields for fields in told if len(fields) == _FIELDS]
    if len(pairs) > _MOST:
        raise _damaged(server, f"there are {len(pairs)} of them")
    found = (_folder(server, _text(run), _text(words)) for run, words in pairs)
    return tuple(sorted(found, key=lambda folder: folder.run))


def original_conf(connection: Connection, folder: RunFolder) -> bytes:
    """Return the neo4j.conf that stood on a server before a run; nothing changes.

    Raises:
        RemoteError: `undo-damaged` where it is not the file that was saved.
    """
    server = connection.server
    content = run_script(connection, "original", folder.run, server).raw("original")
    if hashlib.sha256(content).hexdigest() != folder.before:
        raise _damaged(server, folder.run)
    return content


def _folder(server: str, run: str, text: str) -> RunFolder:
    lines = text.removesuffix("\n").split("\n")
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    members = [_MEMBER.fullmatch(line[7:]) for line in lines if line.startswith("member=")]
    sent = [_SENT.fullmatch(line[5:]) for line in lines if line.startswith("sent=")]
    leaf = _LEAF.fullmatch(values.get("leaf", ""))
    fits = _RUN.fullmatch(run) and values.get("run") == run and values.get("server") == server
    whole = lines[-1:] == ["complete=yes"] and members and all(members) and all(sent)
    if not fits or not whole or not leaf:
        raise _damaged(server, run)
    try:
        return RunFolder(
            run=run,
            server=server,
            home=values["home"],
            conf_file=values["conf_file"],
            base_directory=values["base_directory"],
            before=values["before_sha256"],
            after=values["after_sha256"],
            members=MappingProxyType({one[1]: one[2] == "yes" for one in members if one}),
            sent=MappingProxyType({one[2]: one[1] for one in sent if one}),
            fingerprint=leaf[1],
            not_after=datetime.fromisoformat(leaf[2]),
        )
    except (KeyError, ValueError) as error:
        raise _damaged(server, run) from error


def _damaged(server: str, detail: str) -> RemoteError:
    return RemoteError(
        server,
        f"The undo files on {server} are damaged, altered or of another version of the wizard:"
        f" {shown(detail, 60)}.",
        hint="Nothing was changed; undo.sh in that folder puts this server back by hand.",
        code="undo-damaged",
    )


def _text(digits: str) -> str:
    return unhex(digits).decode("utf-8", errors="surrogateescape")
