"""The outage as it happens: what is expected when it begins, and what it was once it is over."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime

from wizard.engine.events import ChangeStarted, Event, Probe, Result, Said
from wizard.planning.downtime import outage_words
from wizard.planning.plan import ChangeKind, Plan

_PUT_BACK = (Result.REVERTED, Result.INTERRUPTED)


def measured(
    plan: Plan, clock: Callable[[], datetime], events: Generator[Event, None, Result]
) -> Generator[Event, None, Result]:
    """Pass the events of an apply on, and tell its outage: expected first, then measured.

    It begins with the first stop, and is over when every server has started and lets the others
    in, or when all of them are put back. Closing this closes what it reads.
    """
    began: datetime | None = None
    over = False
    try:
        while True:
            event = next(events)
            if began is None and _stops(event):
                began = clock()
                yield Said(message=_expected(plan))
            elif began is not None and not over and isinstance(event, Probe):
                over = True
                yield _told(plan, (clock() - began).total_seconds())
            yield event
    except StopIteration as end:
        result: Result = end.value
        if began is not None and not over and result in _PUT_BACK:
            yield _told(plan, (clock() - began).total_seconds())
        return result
    finally:
        events.close()


def _stops(event: Event) -> bool:
    return isinstance(event, ChangeStarted) and event.change.startswith(f"{ChangeKind.STOP}:")


def _expected(plan: Plan) -> str:
    low, high = plan.downtime_s
    return f"The cluster goes down now, for {low} to {high} seconds. {plan.downtime_why}".strip()


def _told(plan: Plan, seconds: float) -> Said:
    seconds = max(0.0, round(seconds, 1))
    return Said(message=outage_words(seconds, plan.downtime_s), downtime_s=seconds)
