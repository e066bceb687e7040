"""Ports that swallow whatever is sent to them: each costs its time limit, and not once a probe."""

from __future__ import annotations

import threading

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer
from wizard.engine.probing.door import ENOUGH, Workstation
from wizard.engine.probing.target import Target

NOT_ASKED_AGAIN = Answer(
    verdict=Verdict.FILTERED,
    reason="no answer from this port before, so it was not asked again; a firewall may drop it",
)


class Silence:
    """Who got no answer from which port; safe across threads.

    Attributes:
        workstation: the way from this computer, which remembers its own waits: they say nothing
            of the way between servers.
    """

    def __init__(self) -> None:
        self.workstation = Workstation()
        self._silent: dict[Target, list[str]] = {}
        self._answered: set[Target] = set()
        self._lock = threading.Lock()

    def note(self, origin: str, target: Target, verdict: Verdict, *, reached: bool) -> None:
        """Remember what came of a probe."""
        with self._lock:
            if verdict is Verdict.FILTERED:
                self._silent.setdefault(target, []).append(origin)
            elif reached:
                self._answered.add(target)

    def presumes(self, origin: str, target: Target) -> bool:
        """Say whether asking again would only cost time, by what this server or all have seen."""
        with self._lock:
            waited = self._silent.get(target, [])
            if target in self._answered:
                return waited.count(origin) >= ENOUGH
            return len(waited) >= ENOUGH
