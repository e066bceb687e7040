"""Slow work with keys in a thread of its own, with a word for each key in the stream of events."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from itertools import count
from typing import TypeVar

from wizard.engine.events import Event, Said
from wizard.engine.parallel import Emit, on_each
from wizard.engine.request import Request
from wizard.model.settings import KeyAlgorithm

_ALL = "all of it"

Answer = TypeVar("Answer")


def in_sight(
    request: Request,
    servers: Sequence[str],
    algorithm: KeyAlgorithm,
    work: Callable[[Callable[[str], None]], Answer],
) -> Generator[Event, None, Answer]:
    """Do work that makes keys, and tell of each RSA key: one can take seconds.

    Args:
        request: a wish to stop is heard between two keys.
        servers: whose keys are made.
        algorithm: the kind of the keys.
        work: is given what to call with a server's name when its key is ready.

    Raises:
        WizardError: whatever the work raises.
    """
    is_slow = algorithm.value.startswith("rsa")

    def all_of_it(_name: str, emit: Emit) -> Answer:
        number = count(1)

        def told(server: str) -> None:
            request.cancel.check()
            if is_slow:
                place = f"{next(number)} of {len(servers)}"
                emit(Said(message=f"Private key {place} is made, for {server}."))

        return work(told)

    gathered = yield from on_each((_ALL,), all_of_it)
    if (failed := gathered.first_error()) is not None:
        raise failed
    return gathered.answers[_ALL]
