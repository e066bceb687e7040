"""A network of three machines that are none: namespaces on one bridge, which end with us."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from real_artifacts import HERE, MissingToolError, cache
from waiting import end

NUMBERS = (1, 2, 3)
BRIDGE = "neo4jtls0"
_NETWORK = "10.213.7"
_CLEARED_S = 60
_HOSTS = Path("/etc/netns")  # `ip netns exec` lays these files over /etc


def namespace(number: int) -> str:
    """The network namespace of a server."""
    return f"neo4jtls-{number}"


def ip_address(number: int) -> str:
    """The address of a server, as its peers and this machine reach it."""
    return f"{_NETWORK}.{10 + number}"


def host_name(number: int) -> str:
    """The name under which the servers, and only they, know a server."""
    return f"server{number}.cluster.test"


@contextlib.contextmanager
def network() -> Iterator[None]:
    """Lay the network, one at a time on this machine, and take it away with all that runs in it.

    Raises:
        MissingToolError: this machine or this user can't have network namespaces.
    """
    for tool in ("ip", "nsenter", "mount"):
        if shutil.which(tool) is None:
            raise MissingToolError(f"a real cluster needs {tool}, which this machine does not have")
    if os.geteuid() != 0:
        raise MissingToolError("a real cluster needs root: each server is a network namespace")
    with (cache() / "network.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _end(_lifeline(lock.fileno()))  # what a machine that fell over may have left
        lifeline = _lifeline(lock.fileno())
        try:
            _lay()
            yield
        finally:
            _end(lifeline)


def _lifeline(lock: int) -> subprocess.Popen[bytes]:
    """Start what clears up even after we were killed; it holds the lock until it has."""
    return subprocess.Popen(
        [str(HERE / "lifeline.sh"), BRIDGE, *map(namespace, NUMBERS)],
        stdin=subprocess.PIPE,
        pass_fds=(lock,),
        start_new_session=True,
    )


def _end(lifeline: subprocess.Popen[bytes]) -> None:
    try:
        lifeline.communicate(timeout=_CLEARED_S)
    finally:
        end(lifeline)


def _lay() -> None:
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{_NETWORK}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number in NUMBERS:
            _plug_in(number)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise MissingToolError(f"no network namespaces can be made here: {said}") from None


def _plug_in(number: int) -> None:
    name, outside = namespace(number), f"neo4jtls{number}"
    files = _HOSTS / name
    files.mkdir(parents=True, exist_ok=True)
    names = "".join(f"{ip_address(other)} {host_name(other)}\n" for other in NUMBERS)
    (files / "hosts").write_text(f"127.0.0.1 localhost\n{names}")
    (files / "resolv.conf").write_text("")  # an unknown name is refused at once
    _ip("netns", "add", name)
    _ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", outside, "master", BRIDGE, "up")
    _ip("-n", name, "addr", "add", f"{ip_address(number)}/24", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")
    _ip("-n", name, "link", "set", "lo", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=_CLEARED_S)
