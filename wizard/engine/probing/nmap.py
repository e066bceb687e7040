"""Runs nmap on this workstation against the ports of one server, for a second opinion."""

from __future__ import annotations

import ipaddress
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from wizard.engine.probing.nmap_answer import NmapAnswerError, Offered, read_answer

TIMEOUT_S = 120.0
_STEP_S = 0.5
_LARGEST = 4 * 1024 * 1024
_END_S = 5.0


class NmapError(Exception):
    """nmap has given no answer; the text says why, in a few words."""


def find_nmap(environ: Mapping[str, str]) -> Path | None:
    """Return where nmap is on the PATH, or None."""
    found = shutil.which("nmap", path=environ.get("PATH", os.defpath))
    return None if found is None else Path(found).absolute()


def ask_nmap(
    program: Path,
    address: str,
    ports: Sequence[int],
    *,
    cancelled: Callable[[], bool] = lambda: False,
    timeout_s: float = TIMEOUT_S,
) -> Mapping[int, Offered]:
    """Let nmap try every TLS version and cipher suite at these ports.

    Args:
        program: nmap itself.
        address: an IP address; a name could mean many hosts to nmap, or an option.
        ports: those of that address.
        cancelled: whether somebody wants to stop.
        timeout_s: after how long it is ended.

    Raises:
        NmapError: it could not be run, took too long, or what it said is no answer.
    """
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        raise NmapError("the address is none") from None
    command = [str(program), "-Pn", "-n", "--script", "ssl-enum-ciphers", "-oX", "-"]
    command += ["-p", ",".join(str(int(port)) for port in ports)]
    command += ["-6"] if host.version == 6 else []  # noqa: PLR2004 - the version of IP
    said = _run([*command, str(host)], time.monotonic() + timeout_s, cancelled)
    try:
        return read_answer(said)
    except NmapAnswerError as error:
        raise NmapError("it did not answer in its XML") from error


def _run(command: Sequence[str], ends: float, cancelled: Callable[[], bool]) -> bytes:
    try:
        process = subprocess.Popen(  # noqa: S603 - constants, numbers and one IP address
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C"},
        )
    except OSError as error:
        raise NmapError("it can't be run") from error
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        return _all_of(process.stdout.fileno(), ends, cancelled)
    finally:
        with suppress(OSError):  # installed to run as root, it is not ours to end
            process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_S)
        if process.stdout is not None:
            process.stdout.close()


def _all_of(stream: int, ends: float, cancelled: Callable[[], bool]) -> bytes:
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not cancelled():
            left = ends - time.monotonic()
            if left <= 0:
                raise NmapError("it took too long")
            if selector.select(min(left, _STEP_S)):
                more = os.read(stream, 65536)
                said += more
                if not more:
                    return said
                if len(said) > _LARGEST:
                    raise NmapError("it said too much")
    raise NmapError("it was stopped")
