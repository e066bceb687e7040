"""The secrets file: read only when nobody else can read it, and never written."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from wizard.errors import SecretsError
from wizard.model.secrets import NAMES, Secrets
from wizard.model.text import shown
from wizard.secret import Secret

MAX_BYTES = 1 << 16
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_secrets(path: Path) -> Secrets:
    """Read secrets: names at the top, overrides under `[servers.NAME]`.

    Raises:
        SecretsError: the file can't be read, is open to others, is a link, belongs to somebody
            else, is no TOML or holds an unknown name. No message holds any of its content but
            names of keys.
    """
    document = _document(_read_private(path))
    tables = document.pop("servers", {})
    if not isinstance(tables, dict):
        raise SecretsError("The secrets file has to hold the servers' own secrets in tables.")
    by_server = {}
    for server, table in tables.items():
        if not isinstance(table, dict):
            raise SecretsError(f"In the secrets file, servers.{shown(server)} has to be a table.")
        by_server[server] = _named(table, f"servers.{shown(server)}.")
    return Secrets(common=_named(document, ""), by_server=by_server)


def _named(table: Mapping[str, object], place: str) -> dict[str, Secret]:
    found = {}
    for name, value in table.items():
        if name not in NAMES:
            raise SecretsError(
                f"The secrets file has an unknown name {place + shown(name)}.",
                hint=f"It may hold: {', '.join(NAMES)}.",
                code="secret-refused",
            )
        if not isinstance(value, str) or not value:
            raise SecretsError(
                f"In the secrets file, {place}{name} has to be a text in quotes.",
                code="secret-refused",
            )
        found[name] = Secret(value)
    return found


def _document(raw: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        # Without the cause: it would carry a piece of the file into a report.
        raise SecretsError(
            "The secrets file is no valid TOML.",
            hint='Each secret is one line such as key_password = "...".',
            code="secret-refused",
        ) from None


def _read_private(path: Path) -> bytes:
    """Read a file through one descriptor, so that what was checked is what is read."""
    try:
        # O_NONBLOCK: a named pipe in its place must not stop the wizard.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise SecretsError(
            f"The secrets file {str(path)!r} can't be opened: {error.strerror}.",
            hint="Name a regular file that belongs to you; a link is not followed.",
        ) from error
    try:
        _check_private(os.fstat(handle), path)
        return os.read(handle, MAX_BYTES)
    finally:
        os.close(handle)


def _check_private(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SecretsError(f"The secrets file {str(path)!r} is no regular file.")
    if status.st_uid != os.geteuid():
        raise SecretsError(f"The secrets file {str(path)!r} belongs to another user.")
    if status.st_mode & _OTHERS:
        raise SecretsError(
            f"The secrets file {str(path)!r} is open to others: "
            f"its mode is {status.st_mode & 0o777:04o}.",
            hint=f"Close it with: chmod 600 {path}",
            code="secrets-open",
        )
