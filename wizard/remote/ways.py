"""Which way leads to a server: the one place that knows every kind of connection.

A further kind is a class like `SshWay` and one entry in WAYS.
"""

from __future__ import annotations

from collections.abc import Callable

from wizard.model.settings import ServerSettings
from wizard.remote.reaching import Knock, Means, Way
from wizard.remote.ssh.way import SshWay

WAYS: tuple[Callable[[Means], Way], ...] = (SshWay,)
"""The first that leads to a server is taken; SSH leads to all."""


class Ways:
    """All the ways of one walk, each made once."""

    def __init__(self, means: Means) -> None:
        self._ways = [make(means) for make in WAYS]

    def knock(self, server: ServerSettings) -> Knock:
        """Reach a server by its way, and send nothing that could log in.

        Raises:
            UnreachableError: it can't be reached.
        """
        return next(way for way in self._ways if way.leads_to(server)).knock(server)

    def close(self) -> None:
        """Close what stands between; the connections are closed before."""
        for way in self._ways:
            way.close()
