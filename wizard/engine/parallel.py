"""The same work on many servers at once, with its events in one stream."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from wizard.engine.events import Event
from wizard.errors import WizardError

THREADS = 16
"""More threads do not make it quicker, and ask more of the workstation."""

PULSE_S = 0.5
"""How long nothing may come before the pulse is asked."""

Answer = TypeVar("Answer")
Emit = Callable[[Event], None]


@dataclass(slots=True)
class Gathered(Generic[Answer]):
    """What came of the work: an answer or an error for each server, never both.

    Both are in the order in which the servers were given, whoever was the first to answer.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    errors: dict[str, WizardError] = field(default_factory=dict)

    def first_error(self) -> WizardError | None:
        """The error of the first server by name, or None."""
        return next((self.errors[name] for name in sorted(self.errors)), None)

    def sort(self, names: Iterable[str]) -> None:
        """Put what came into this order."""
        order = tuple(names)
        self.answers = {name: self.answers[name] for name in order if name in self.answers}
        self.errors = {name: self.errors[name] for name in order if name in self.errors}


def on_each(
    servers: Iterable[str],
    work: Callable[[str, Emit], Answer],
    threads: int = THREADS,
    *,
    pulse: Callable[[], Event | None] | None = None,
) -> Generator[Event, None, Gathered[Answer]]:
    """Do the work for every server, at most that many at once; yield its events as they come.

    A WizardError is gathered; anything else is a defect and is raised once all threads ended.

    Args:
        servers: their names.
        work: is given a name and where its events go.
        threads: how many at once.
        pulse: asked again and again while nothing comes, for a word in between.
    """
    names = tuple(servers)
    queue: SimpleQueue[Event | None] = SimpleQueue()
    gathered: Gathered[Answer] = Gathered()

    def one(name: str) -> None:
        try:
            gathered.answers[name] = work(name, queue.put)
        except WizardError as error:
            gathered.errors[name] = error
        finally:
            queue.put(None)

    with ThreadPoolExecutor(max(1, min(len(names), threads))) as pool:
        futures = [pool.submit(one, name) for name in names]
        yield from _until_all_end(queue, len(names), pulse)
    for future in futures:
        future.result()
    gathered.sort(names)
    return gathered


def _until_all_end(
    queue: SimpleQueue[Event | None], running: int, pulse: Callable[[], Event | None] | None
) -> Iterator[Event]:
    """Yield what comes until every one of them has put its None."""
    while running:
        try:
            event = queue.get(timeout=PULSE_S)
        except Empty:
            if pulse is not None and (word := pulse()) is not None:
                yield word
            continue
        if event is None:
            running -= 1
        else:
            yield event


def together(
    servers: Iterable[str], work: Callable[[str], Answer], threads: int = THREADS
) -> Gathered[Answer]:
    """Do work that has no events for every server at once, and gather what came of it."""
    steps = on_each(servers, lambda name, _emit: work(name), threads)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: Gathered[Answer] = end.value
            return done
