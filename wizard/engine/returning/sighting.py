"""How the servers of a recorded run stand now, by their own files, and what follows from that.

What is observed decides; of the journal counts only which way the run was going and whether it had
begun to stop servers, because neither can be seen on a server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum, auto

from wizard.engine.parallel import together
from wizard.engine.prepared import Prepared
from wizard.engine.records.course import Course, Direction, Entry
from wizard.engine.session import Session
from wizard.errors import RemoteError, UnreachableError
from wizard.remote import steps

_NOT_WHOLE = ("undo-damaged", "mismatch")


class Stand(Enum):
    """How one server stands to a run.

    APART: neo4j.conf is the old one, and not everything of the run is there, or nothing.
    STAGED: neo4j.conf is the old one, and everything of the run is there as it was sent.
    COMMITTED: neo4j.conf is that of the run, and everything is there.
    BROKEN: neo4j.conf is that of the run, but something it needs is not there any more.
    MOVED: neo4j.conf is neither: somebody has edited it.
    """

    APART = auto()
    STAGED = auto()
    COMMITTED = auto()
    BROKEN = auto()
    MOVED = auto()


class Way(Enum):
    """What can be done with a run.

    BACK: it was going back, and goes on going back.
    ON: everything is where it has to be; the phases that are left can be done.
    AFRESH: put back what was staged, and begin anew: see `way_of`.
    CLOSED: forward is impossible; only undo is left.
    """

    BACK = auto()
    ON = auto()
    AFRESH = auto()
    CLOSED = auto()


def sight(session: Session, prepared: Prepared) -> Mapping[str, Stand]:
    """Look at every server of a run: neo4j.conf as surveyed, and all that was staged, read back.

    Raises:
        UnreachableError: a server could not be looked at.
    """
    looked = together(prepared.orders, lambda name: _stand(session, prepared, name))
    if (error := looked.first_error()) is not None:
        if isinstance(error, RemoteError):
            raise UnreachableError(error.server, error.message, hint=error.hint, code=error.code)
        raise error
    return looked.answers


def _stand(session: Session, prepared: Prepared, name: str) -> Stand:
    order = prepared.orders[name]
    digest = hashlib.sha256(session.facts[name].conf).hexdigest()
    if digest not in {order.conf_sha256, order.conf_hash_after}:
        return Stand.MOVED
    committed = digest == order.conf_hash_after
    try:
        session.held(name, lambda: steps.validate(session.connections[name], order))
    except RemoteError as error:
        if error.code == "conf-changed":
            return Stand.MOVED
        if error.code not in _NOT_WHOLE:
            raise
        return Stand.BROKEN if committed else Stand.APART
    return Stand.COMMITTED if committed else Stand.STAGED


def way_of(course: Course, stands: Mapping[str, Stand]) -> tuple[Way, Entry]:
    """Return what can be done, and with ON the first phase that is left.

    The private keys are not on the workstation any more. Once the stop has begun, everything is
    staged everywhere, so the way ahead needs none of them. Before that, a server that lacks
    something can't be given it: then everything is put back and made anew, for all servers;
    but a run of another workstation is not, because its records are not all here.
    """
    found = set(stands.values())
    if course.direction is not Direction.FORWARD:
        return Way.BACK, Entry.STAGE
    if found <= {Stand.COMMITTED}:
        return Way.ON, Entry.START
    if found <= {Stand.COMMITTED, Stand.STAGED}:
        return Way.ON, Entry.STOP
    if course.stop_begun or course.adopted or found - {Stand.APART, Stand.STAGED}:
        return Way.CLOSED, Entry.STAGE
    return Way.AFRESH, Entry.STAGE
