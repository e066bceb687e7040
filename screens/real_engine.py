"""The engine as it really is; imported only when a walk begins, because SSH takes time to load."""

from __future__ import annotations

from screens.journey import Engine


def real_engine() -> Engine:
    """Return the calls that really connect, change and prove."""
    from wizard.engine import walk  # noqa: PLC0415 - see above
    from wizard.engine.session import Session  # noqa: PLC0415 - see above
    from wizard.practice.cluster import PracticeCluster  # noqa: PLC0415 - see above

    return Engine(
        open_session=Session,
        plan=walk.plan_walk,
        apply=walk.apply_walk,
        verify=walk.verify_walk,
        undo=walk.undo_walk,
        start_practice=lambda: PracticeCluster().start(),
    )
