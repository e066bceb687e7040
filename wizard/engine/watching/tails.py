"""The ends of the servers' logs, from each server's last start on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wizard.engine.parallel import together
from wizard.engine.session import Session
from wizard.engine.watching.following import Seen, from_one_start, since_last_start
from wizard.engine.watching.log_places import log_places, source_of
from wizard.errors import RemoteError
from wizard.remote.steps import read_tail
from wizard.secret import Secret

TAIL_BYTES = 2 * 1024 * 1024
"""How much of the end of a log is read: more than a start and a day of a quiet cluster."""


def tails_of(session: Session, servers: Iterable[str], secrets: Sequence[Secret]) -> list[Seen]:
    """Read them all at once; the logs of a server that can't be asked are left out.

    A log that may not be read is one line without a source, which says so.

    Args:
        session: an open one that has surveyed these servers.
        servers: whose logs.
        secrets: what no line may show.
    """
    names = tuple(servers)

    def tails(name: str) -> list[Seen]:
        one, connection = session.facts[name], session.connections[name]
        unread: list[Seen] = []

        def tail(place: str) -> bytes:
            try:
                return read_tail(connection, place, TAIL_BYTES)
            except RemoteError as error:
                if error.code != "log-unreadable":
                    raise
                unread.append(Seen(server=name, source="", text=error.message, meaning=None))
                return b""

        places = log_places(one.service, one.neo4j_log, one.logs)
        logs = [since_last_start(name, source_of(p), tail(p), secrets) for p in places]
        return [*unread, *from_one_start(logs)]

    gathered = together(names, tails)
    return [seen for name in names for seen in gathered.answers.get(name, ())]
