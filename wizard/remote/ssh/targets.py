"""Where an `ssh` answer leads: `user@host:port`, or an alias of the person's ssh_config."""

from __future__ import annotations

import getpass
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import paramiko

from wizard.errors import UnreachableError
from wizard.model.text import shown
from wizard.remote.home_path import home_path

_ALIAS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,252}")
_MAX_PORT = 65535
_RESOLVE_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One SSH destination, with nothing left to look up.

    Attributes:
        known_as: the name host keys are filed under (HostKeyAlias, else the host).
        identity_files: key files the alias names, in order; only used when no key was answered.
        jump: the alias's own ProxyJump, or None.
    """

    user: str
    host: str
    port: int
    known_as: str
    identity_files: tuple[str, ...] = ()
    jump: str | None = None


def resolve(ssh: str, server: str, environ: Mapping[str, str]) -> Target:
    """Read an `ssh` answer; only one without `user@` is looked up in ~/.ssh/config.

    Raises:
        UnreachableError: the answer has no host, or a port that is none.
    """
    user, _, place = ssh.strip().rpartition("@")
    host, port = _host_and_port(place, server)
    if user:
        return Target(user=user, host=host, port=port or 22, known_as=host)
    options = _options(host, environ)
    if options.get("proxycommand", "none") != "none":
        raise UnreachableError(
            server,
            f"The alias {shown(host)} uses ProxyCommand, which is not supported.",
            hint="Use ProxyJump in ~/.ssh/config, or name the jump host as access.jump.",
        )
    jump = options.get("proxyjump", "none")
    name = options.get("hostname", host)
    return Target(
        user=options.get("user") or getpass.getuser(),
        host=name,
        port=port or int(options.get("port", "22")),
        known_as=options.get("hostkeyalias", name),
        identity_files=tuple(options.get("identityfile", "").split("\n")) if options else (),
        jump=None if jump == "none" else jump,
    )


def _host_and_port(place: str, server: str) -> tuple[str, int | None]:
    """Split `host`, `host:port`, `[v6]:port` or a bare IPv6 address."""
    match = re.fullmatch(r"\[([^\[\]]+)\](?::(\d{1,5}))?|([^:\[\]\s]+)(?::(\d{1,5}))?", place)
    if match is None and re.fullmatch(r"[0-9A-Fa-f:.]+(%\w+)?", place):
        return place, None
    port = int((match and (match[2] or match[4])) or 0)
    if match is None or port > _MAX_PORT or place.startswith("-"):
        raise UnreachableError(
            server,
            f"The SSH address {shown(place)} of {server} can't be read.",
            hint="Write it as user@host, user@host:port, user@[IPv6]:port, or as an alias.",
        )
    return match[1] or match[3], port or None


def _options(alias: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what ~/.ssh/config says of a name, keys in lower case; empty without a file."""
    if not _ALIAS.fullmatch(alias):
        return {}
    program = shutil.which("ssh", path=environ.get("PATH"))
    config = home_path("~/.ssh/config", environ)
    own_home = pwd.getpwuid(os.getuid()).pw_dir
    usual = os.path.realpath(environ.get("HOME") or own_home) == os.path.realpath(own_home)
    if program is None:
        return _options_without_ssh(alias, config)
    if not usual and not config.exists():
        return {}
    command = [program, *([] if usual else ["-F", str(config)]), "-G", alias]
    return _options_of_ssh(command)


def _options_of_ssh(command: list[str]) -> dict[str, str]:
    """Ask the ssh program itself, the exact reader of its own configuration (ssh(1), -G)."""
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed program; the alias is letters and digits
            command, capture_output=True, check=True, timeout=_RESOLVE_TIMEOUT_S, text=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    options: dict[str, str] = {}
    for line in answer.splitlines():
        key, _, value = line.partition(" ")
        joined = f"{options[key]}\n{value}" if key in options else value
        options[key] = joined if key == "identityfile" else options.get(key, value)
    return options


def _options_without_ssh(alias: str, config: Path) -> dict[str, str]:
    """Read the file with paramiko's own reader; it knows no Include."""
    try:
        found = paramiko.SSHConfig.from_path(str(config)).lookup(alias)
    except (OSError, paramiko.SSHException):
        return {}
    return {
        key: "\n".join(value) if isinstance(value, list) else str(value)
        for key, value in found.items()
    }
