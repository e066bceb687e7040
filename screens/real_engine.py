"""The engine as it really is; each part is imported at its first call, for SSH loads slowly."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from screens.journey import Engine

WALK, SESSION = "wizard.engine.walk", "wizard.engine.session"


def real_engine() -> Engine:
    """Return the calls that really connect, change and prove."""
    return Engine(
        open_session=_late(SESSION, "Session"),
        plan=_late(WALK, "plan_walk"),
        apply=_late(WALK, "apply_walk"),
        verify=_late(WALK, "verify_walk"),
        undo=_late(WALK, "undo_walk"),
        resume=_late(WALK, "resume_walk"),
        start_practice=lambda: _late("wizard.practice.cluster", "PracticeCluster")().start(),
    )


def warm_up() -> None:
    """Load what the first connection needs while a person reads the first screen."""
    import_module(WALK)


def _late(module: str, name: str) -> Callable[..., Any]:
    def call(*given: object, **named: object) -> Any:  # noqa: ANN401 - whatever the real one returns
        return getattr(import_module(module), name)(*given, **named)

    return call
