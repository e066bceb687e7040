"""What a simulated process is told by its host, and what it tells back."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.model.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The first line from the host.

    Attributes:
        address: the host name this server is known by where neo4j.conf names none.
        hosts: the names the practice cluster resolves.
        faults: the names of the faults that act on this server.
        overlay: PEM texts that faults need, by purpose.
        expand_commands: whether it was started with `--expand-commands`.
    """

    home: str
    ip: str
    address: str
    version: Version
    hosts: Mapping[str, str]
    faults: frozenset[str]
    overlay: Mapping[str, str]
    expand_commands: bool = False

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> Order:
        """Read the host's line."""
        version = Version.parse(told["version"])
        if version is None:
            raise ValueError("the host named no version")
        return cls(
            home=told["home"],
            ip=told["ip"],
            address=told["address"],
            version=version,
            hosts=told["hosts"],
            faults=frozenset(told["faults"]),
            overlay=told.get("overlay", {}),
            expand_commands=bool(told.get("expand_commands")),
        )


def report(state: str) -> None:
    """Tell the host how far this process is: listening, started."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), f"{state}\n".encode("ascii"))


def follow_host(told: Callable[[Mapping[str, Any]], None]) -> None:
    """Pass on the host's further lines; when the host is gone, this process goes at once."""

    def follow() -> None:
        for line in sys.stdin.buffer:
            told(json.loads(line))
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
