"""A signal at the worst moment: its handler waits for nothing."""

from __future__ import annotations

import signal
import threading

from waiting import until

from wizard.engine.cancel import Cancel
from wizard.signals import ENDING, calling


def test_a_wish_to_stop_that_comes_while_the_token_is_locked_is_kept() -> None:
    cancel = Cancel()
    with calling(cancel.set, ENDING):
        with cancel._lock:  # as where the engine registers what is to be woken
            for number in ENDING:
                signal.raise_signal(number)  # the handler runs here, and must come back
            assert not cancel.is_set
        until(lambda: cancel.is_set, "the wish to stop is passed on")


def test_a_handler_returns_before_what_it_calls_has_ended() -> None:
    go_on, acted = threading.Event(), threading.Event()

    def act() -> None:
        go_on.wait(20)
        acted.set()

    with calling(act, [signal.SIGUSR1]):
        signal.raise_signal(signal.SIGUSR1)
        assert not acted.is_set()
        go_on.set()
    assert acted.is_set(), "a signal that came before the end is still passed on"


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with calling(lambda: None, ENDING):
        assert all(signal.getsignal(number) not in before for number in ENDING)
    assert [signal.getsignal(number) for number in ENDING] == before


def test_a_signal_that_was_ignored_from_outside_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    called: list[bool] = []
    try:
        with calling(lambda: called.append(True), ENDING):
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert not called
