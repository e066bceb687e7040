"""Holds a lock on every server while a run changes it: the other wizard may be anywhere."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

from wizard.engine.parallel import together
from wizard.engine.places import make_private_folder, state_directory, write_private
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.text import shown
from wizard.remote.lock import Holder, lock, unlock

STATION = "station"
HELD = "already-running"
_KEY_LENGTH = 16
_LAST_WORDS_S = 2.0
_MOST = 64


class NotLockedError(BlockedError):
    """A server is in the hands of another wizard, or can't be locked; nothing was changed."""


@contextmanager
def locked_servers(
    request: Request,
    session: Session,
    run: str,
    conf_files: Mapping[str, str],
    *,
    going_back: bool = False,
) -> Iterator[None]:
    """Hold the lock of every server; the locks of a process that is gone are taken over.

    Args:
        request: the command.
        session: an open one.
        run: the run that is worked on.
        conf_files: by server, the neo4j.conf that is locked: it is what is changed.
        going_back: what is put back must not fail for want of a lock, as on a disk that is full:
            then only the lock of somebody else counts.

    Raises:
        NotLockedError: another wizard is working on a server, or it can't be locked.
    """
    holder = Holder(
        run=run,
        station=_station(request.environ),
        process=os.getpid(),
        since=f"{request.clock():%Y-%m-%dT%H:%M:%SZ}",
        host="-".join(socket.gethostname().split())[:_MOST] or "unnamed",
    )
    keys = {name: _key(path) for name, path in conf_files.items()}
    taken = together(keys, partial(_take, session, keys, holder, request.take_over))
    try:
        errors = [taken.errors[name] for name in sorted(taken.errors)]
        for error in errors:
            if going_back and error.code != HELD:
                continue
            raise NotLockedError(error.message, hint=error.hint, code=error.code) from error
        yield
    finally:
        together(taken.answers, partial(_give_back, session, keys, holder))


def _take(
    session: Session, keys: Mapping[str, str], holder: Holder, take_over: str | None, name: str
) -> None:
    def attempt(outlived: Holder | None) -> Holder | None:
        return session.held(
            name, lambda: lock(session.connections[name], keys[name], holder, outlived)
        )

    other = attempt(None)
    given_up = other is not None and take_over is not None and other.run == take_over
    if other is not None and (given_up or _is_outlived(other, holder)):
        other = attempt(other)
    if other is not None:
        raise NotLockedError(
            f"Another wizard is working on {name}: run {shown(other.run, _MOST)}, from"
            f" {shown(other.host, _MOST)}, since {shown(other.since, _MOST)}.",
            hint="Wait until it has ended, or go on with it there. If it has ended for certain,"
            f" add --take-over and the id of its run to undo or resume, or remove the file"
            f" .neo4j-tls/lock-{keys[name]} of the login on {name}.",
            code=HELD,
        )


def _give_back(session: Session, keys: Mapping[str, str], holder: Holder, name: str) -> None:
    session.held(
        name,
        lambda: unlock(session.connections[name], keys[name], holder),
        patience_s=_LAST_WORDS_S,
    )


def _is_outlived(other: Holder, own: Holder) -> bool:
    """Whether a lock is left from a process of this workstation that is gone, or from this one.

    A state folder may be shared by several hosts, and a process id means something on one alone.
    """
    if (other.station, other.host) != (own.station, own.host):
        return False
    if other.process in (0, own.process):
        return True
    try:
        os.kill(other.process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _key(conf_file: str) -> str:
    return hashlib.sha256(os.fsencode(conf_file)).hexdigest()[:_KEY_LENGTH]


def _station(environ: Mapping[str, str]) -> str:
    path = make_private_folder(state_directory(environ)) / STATION
    if not path.exists():
        with suppress(FileExistsError):
            write_private(path, secrets.token_hex(8).encode())
    return path.read_text("ascii", errors="replace").strip()[:_MOST] or "unnamed"
