"""A real OpenSSH sshd on loopback: own port, own host key, own home; and a user with a password.

Tests that use it carry the mark `sshd`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest
from waiting import end, until

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin") or ""
_START_S = 10
_TOOL_S = 60


@dataclass(kw_only=True)
class Sshd:
    """A running sshd.

    Attributes:
        home: HOME of everyone who logs in.
        known_hosts: a file that knows its host key.
        identity_file: the private key that may log in as `user`.
    """

    directory: Path
    port: int
    user: str
    home: Path
    known_hosts: Path
    identity_file: Path
    process: subprocess.Popen[bytes]
    options: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    environment: Mapping[str, str] = field(default_factory=dict)
    within: tuple[str, ...] = ()

    @property
    def ssh(self) -> str:
        """The `ssh` answer that leads here."""
        return f"{self.user}@{self.host}:{self.port}"

    def host_key(self) -> str:
        """Type and base64 of the host key, as a known_hosts line ends."""
        words = (self.directory / "host_key.pub").read_text("ascii").split()
        return " ".join(words[:2])

    def log(self) -> str:
        """What sshd has logged so far."""
        return (self.directory / "log").read_text("utf-8", errors="replace")

    def restart(self) -> None:
        """Stop it and start it again on the same port, with the files as they stand now."""
        self.stop()
        self.process = _start(self.directory, self.host, self.port, self.within)

    def stop(self) -> None:
        """End it and every session it serves."""
        children = _children(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(_START_S)
        finally:
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            end(self.process)


@contextlib.contextmanager
def running_sshd(
    directory: Path,
    *,
    identity_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    options: tuple[str, ...] = (),
    host: str = "127.0.0.1",
    user: str | None = None,
    within: tuple[str, ...] = (),
) -> Iterator[Sshd]:
    """Run an sshd whose files live in a directory; `options` are lines of sshd_config.

    `within` is a command that starts it and becomes it, such as `unshare --mount`.
    """
    if not SSHD:
        _left_out("this test needs sshd, which this machine does not have")
    directory.mkdir(parents=True, exist_ok=True)
    home = directory / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    key = identity_file or make_key(directory / "id_ed25519")
    authorized = directory / "authorized_keys"
    shutil.copyfile(f"{key}.pub", authorized)
    authorized.chmod(0o644)
    make_key(directory / "host_key")
    variables = {"HOME": str(home), "SHLVL": "9", **(environment or {})}
    settings = [
        f"HostKey {directory}/host_key",
        f"AuthorizedKeysFile {authorized}",
        "PidFile none",
        "PermitRootLogin yes",
        "PasswordAuthentication yes",
        "KbdInteractiveAuthentication no",
        "StrictModes no",
        "UsePAM no",
        "LogLevel VERBOSE",
        "MaxStartups 100",
        "SetEnv " + " ".join(f'"{name}={value}"' for name, value in variables.items()),
    ]
    # The first word on a subject counts in sshd_config, so a test's own lines come first.
    (directory / "sshd_config").write_text("\n".join([*options, *settings, ""]), "utf-8")
    port = free_port(host)
    process = _start(directory, host, port, within)
    known_hosts = directory / "known_hosts"
    sshd = Sshd(
        directory=directory,
        port=port,
        user=user or _own_name(),
        home=home,
        known_hosts=known_hosts,
        identity_file=key,
        process=process,
        host=host,
        options=options,
        environment=variables,
        within=within,
    )
    known_hosts.write_text(f"[{host}]:{port} {sshd.host_key()}\n", "ascii")
    try:
        yield sshd
    finally:
        sshd.stop()


@contextlib.contextmanager
def password_user(
    home: Path, shell: str = "/bin/sh", uid: int | None = None
) -> Iterator[tuple[str, str]]:
    """Make a user of this machine with a random password; yields both, and removes the user.

    With a uid of 0 it is root under another name, whose password can be known.
    """
    if os.geteuid() != 0:
        _left_out("only root can make a user with a password")
    name = f"wizard{secrets.token_hex(4)}"
    password = secrets.token_urlsafe(18)
    same = [] if uid is None else ["-o", "-u", str(uid)]
    subprocess.run(
        ["useradd", *same, "-M", "-d", str(home), "-s", shell, name], check=True, timeout=_TOOL_S
    )
    try:
        subprocess.run(
            ["chpasswd"], input=f"{name}:{password}\n".encode(), check=True, timeout=_TOOL_S
        )
        yield name, password
    finally:
        # -f: sessions of this user may be a moment away from their end
        subprocess.run(["userdel", "-f", name], check=True, capture_output=True, timeout=_TOOL_S)


def _left_out(reason: str) -> NoReturn:
    """Skip with the reason; under CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def make_key(path: Path, *options: str) -> Path:
    """Make an OpenSSH key pair without a passphrase, unless it is there already."""
    if not path.exists():
        kind = options or ("-t", "ed25519")
        command = ["ssh-keygen", "-q", *kind, "-N", "", "-C", "test", "-f", str(path)]
        subprocess.run(command, check=True, timeout=_TOOL_S)
    return path


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _start(
    directory: Path, host: str, port: int, within: tuple[str, ...]
) -> subprocess.Popen[bytes]:
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, parents=True, exist_ok=True)
    command = [*within, SSHD, "-D", "-e", "-f", str(directory / "sshd_config")]
    command += ["-o", f"ListenAddress {host}:{port}"]
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or _listens(host, port), "it listens", _START_S)
        assert process.poll() is None, "it has ended"
    except BaseException as error:
        end(process)
        said = (directory / "log").read_text("utf-8", errors="replace")
        error.add_note(f"sshd did not start: {said}")
        raise
    return process


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def _children(pid: int) -> list[int]:
    """Every process below one, so that no session outlives its sshd."""
    found = subprocess.run(
        ["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False, timeout=_TOOL_S
    )
    direct = [int(word) for word in found.stdout.split()]
    return direct + [below for child in direct for below in _children(child)]


def _own_name() -> str:
    return (
        os.environ.get("USER")
        or subprocess.check_output(["id", "-un"], text=True, timeout=_TOOL_S).strip()
    )
