"""The SSH side of a practice cluster: keys made anew for every run, and one SSH server a server."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import paramiko

from wizard.practice.answers import (
    KNOWN_HOSTS,
    LOGIN_KEY,
    random_password,
    write_private,
    write_secrets,
)
from wizard.practice.guard import Guard
from wizard.practice.layout import PracticeServer
from wizard.practice.ssh_server import Login, SshServer


def open_logins(
    directory: Path, servers: Sequence[PracticeServer], guard: Guard, ca_password: str
) -> ExitStack:
    """Start every SSH server and write keys, known_hosts and secrets into the directory.

    Closing what it returns ends them.
    """
    # paramiko logs every client that goes away as an error with its traceback.
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    logging.getLogger("paramiko").propagate = False
    login = Login(
        key=paramiko.ECDSAKey.generate(),
        password=random_password(),
        hosts={server.address: server.ip for server in servers},
    )
    write_private(directory / LOGIN_KEY, _private_text(login.key))
    write_secrets(directory, login.password, ca_password)
    opened = ExitStack()
    lines = []
    for server in servers:
        host_key = paramiko.ECDSAKey.generate()
        (server.folder / "ssh").mkdir(mode=0o700)
        write_private(server.folder / "ssh" / "host_key", _private_text(host_key))
        running = SshServer(server, login, host_key, guard)
        opened.callback(running.close)
        name = f"[{server.ip}]:{server.ssh_port}"
        lines.append(f"{name} {host_key.get_name()} {host_key.get_base64()}\n")
    write_private(directory / KNOWN_HOSTS, "".join(lines))
    return opened


def _private_text(key: paramiko.PKey) -> str:
    text = io.StringIO()
    key.write_private_key(text)
    return text.getvalue()
