"""A plan as events: the lines of `plan --json`, without a time, so equal plans are equal bytes."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.events import ChangePlanned, ProblemFound
from wizard.planning.plan import Plan
from wizard.planning.render import change_details


def plan_events(plan: Plan) -> Iterator[ProblemFound | ChangePlanned]:
    """Yield the problems found while planning, then every change in its order."""
    for problem in plan.problems:
        yield ProblemFound(problem=problem)
    for change in plan.changes:
        yield ChangePlanned(
            server=change.server,
            change=change.id,
            kind=change.kind.value,
            what=change.what,
            undo=change.undo,
            details=change_details(plan, change),
        )
