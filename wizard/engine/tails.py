"""The ends of the servers' logs, from each server's last start on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wizard.engine.following import Seen, from_one_start, since_last_start
from wizard.engine.parallel import together
from wizard.engine.session import Session
from wizard.remote.steps import read_tail
from wizard.secret import Secret

TAIL_BYTES = 2 * 1024 * 1024
"""How much of the end of a log is read: more than a start and a day of a quiet cluster."""


def tails_of(session: Session, servers: Iterable[str], secrets: Sequence[Secret]) -> list[Seen]:
    """Read them all at once; the logs of a server that can't be asked are left out.

    Args:
        session: an open one that has surveyed these servers.
        servers: whose logs.
        secrets: what no line may show.
    """
    names = tuple(servers)

    def tails(name: str) -> list[Seen]:
        one, connection = session.facts[name], session.connections[name]
        paths = [path for path in (one.neo4j_log, f"{one.logs}/debug.log") if path]
        return from_one_start(
            [
                since_last_start(
                    name, path.rpartition("/")[2], read_tail(connection, path, TAIL_BYTES), secrets
                )
                for path in paths
            ]
        )

    gathered = together(names, tails)
    return [seen for name in names for seen in gathered.answers.get(name, ())]
