"""A command of the engine while it runs in its thread, heard by whichever screen is up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

from wizard.engine.cancel import Cancel
from wizard.engine.events import Event, Finished
from wizard.engine.papers.outcome import Outcome
from wizard.errors import WizardError
from wizard.planning.plan import Plan

Walk = Callable[["Running"], Iterator[Event]]
"""Starts a command; it takes `confirm`, `cancel` and `keep_outcome` from the value it is given."""


class Running:
    """Collects the events of one command, and lets a person decide about its plan.

    A screen that begins to listen gets everything that has happened before, so none is lost
    when one screen gives way to the next.
    """

    @dataclass
    class Happened(Message):
        """An event came in."""

        event: Event

    @dataclass
    class Planned(Message):
        """The plan is made and waits for the yes."""

        plan: Plan

    @dataclass
    class Ended(Message):
        """The thread is through."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._lock = threading.Lock()
        self._listener: MessagePump | None = None
        self._decided = threading.Event()
        self._yes = False
        self.cancel = Cancel()
        self.events: list[Event] = []
        self.plan: Plan | None = None
        self.outcome: Outcome | None = None
        self.error: WizardError | None = None
        self.ended = False

    def run(self) -> None:
        """Carry the command out; this is the thread's own function."""
        try:
            for event in self._walk(self):
                with self._lock:
                    self.events.append(event)
                    self._tell(self.Happened(event))
        except WizardError as error:
            self.error = error
        finally:
            with self._lock:
                self.ended = True
                self._tell(self.Ended())

    def confirm(self, plan: Plan) -> bool:
        """Show the plan, wait for the decision and return it; called by the engine's thread."""
        with self._lock:
            self.plan = plan
            self._tell(self.Planned(plan))
        self._decided.wait()
        return self._yes

    def keep_outcome(self, outcome: Outcome) -> None:
        """Keep what the last screen shows."""
        self.outcome = outcome

    def decide(self, *, yes: bool) -> None:
        """Say yes or no to the plan; the first word counts."""
        if not self._decided.is_set():
            self._yes = yes
            self._decided.set()

    def stop(self) -> None:
        """Ask the command to stop, and say no to what it still asks."""
        self.cancel.set()
        self.decide(yes=False)

    def listen(self, screen: MessagePump) -> None:
        """Send everything to this screen from now on, and what was before first."""
        with self._lock:
            self._listener = screen
            for event in self.events:
                screen.post_message(self.Happened(event))
            if self.plan is not None:
                screen.post_message(self.Planned(self.plan))
            if self.ended:
                screen.post_message(self.Ended())

    @property
    def decided(self) -> bool:
        """Whether the plan has its yes or its no."""
        return self._decided.is_set()

    @property
    def finished(self) -> Finished | None:
        """The last event, once it is there."""
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Finished) else None

    def _tell(self, message: Message) -> None:
        if self._listener is not None:
            self._listener.post_message(message)
