"""Which way a run was going when its journal ended, how far it had come, and where to begin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from wizard.engine.records.journal import Kind, Reading
from wizard.planning.plan import ChangeKind

_TOUCHING = (ChangeKind.STOP, ChangeKind.COMMIT, ChangeKind.START)
_RESTORE = "restore"


class Direction(Enum):
    """Where a run was going: ahead, back by its own decision, or back because of an undo."""

    FORWARD = auto()
    REVERTING = auto()
    UNDOING = auto()


class Entry(Enum):
    """The first phase that is still to be done; every phase can be done again."""

    STAGE = auto()
    STOP = auto()
    START = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a journal tells of the way.

    Attributes:
        stop_begun: whether the run went as far as stopping a server; until then none of them has
            noticed anything, and none needs a restart to be as before.
        adopted: whether the run was begun on another workstation: how far it went, only its
            servers tell.
    """

    direction: Direction
    stop_begun: bool
    adopted: bool = False


def course_of(reading: Reading) -> Course:
    """Read the way from the records; who once turned back goes on going back.

    What is taken away only to be made afresh is no turning back.
    """
    direction, stop_begun, afresh = Direction.FORWARD, False, False
    for record in reading.records:
        kind = str(record.values.get("change", "")).partition(":")[0]
        if record.kind == Kind.INTENT and kind in _TOUCHING:
            stop_begun = True
        afresh = afresh or record.kind == Kind.AFRESH
        if record.kind == Kind.UNDO_BEGUN:
            direction = Direction.UNDOING
        elif direction is Direction.FORWARD and (
            record.kind == Kind.BACK_BEGUN
            or (record.kind == Kind.INTENT and kind == _RESTORE and not afresh)
        ):
            direction = Direction.REVERTING
    adopted = Kind.ADOPTED in reading.kinds()
    return Course(direction=direction, stop_begun=stop_begun, adopted=adopted)
