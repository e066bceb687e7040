"""How long the cluster will be down: estimated from the servers' own logs where they tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wizard.model.facts import ServerFacts

DOWNTIME_S = (30, 300)
"""Stopping takes up to systemd's 120 s, starting a store without recovery about as long; the
servers of each step go together, so the number of servers hardly counts."""

_STOP_S = (5, 120)
_RENAME_S = 2
"""A rename takes none; the two round trips around it are what is counted."""
_SPREAD_S = 20
"""Even a quick server may take its time once; nobody plans a window to the second."""


def expected_downtime(facts: Sequence[ServerFacts]) -> tuple[tuple[int, int], str]:
    """Return the expected outage, from and to, in seconds, and a sentence on how it was estimated.

    Stop, rename and start follow each other, each on all servers at once, so the slowest counts.
    """
    starts = [one.last_start_s for one in facts if one.last_start_s is not None]
    stops = [one.last_stop_s for one in facts if one.last_stop_s is not None]
    if not facts or len(starts) < len(facts):
        return DOWNTIME_S, (
            "Estimated without their logs, which do not tell how long the last starts took: stop, "
            "rename and start, each on all servers at once."
        )
    start = max(starts)
    known = len(stops) == len(facts)
    stop = (max(stops), 2 * max(stops)) if known else _STOP_S
    low = math.ceil(stop[0] + start) + _RENAME_S
    high = math.ceil(stop[1] + 2 * start) + _RENAME_S + _SPREAD_S
    stopping = f"the slowest last stop ({_seconds(max(stops))})" if known else "a usual stop"
    return (low, high), (
        f"Estimated from the servers' own logs: {stopping}, the rename, and the slowest last start "
        f"({_seconds(start)}), each on all servers at once."
    )


def outage_words(seconds: float, expected: tuple[int, int]) -> str:
    """Return how long the cluster was down beside what was expected, as a sentence."""
    low, high = expected
    return (
        f"The cluster was down for {seconds_words(seconds)}; {low} to {high} seconds were expected."
    )


def seconds_words(seconds: float) -> str:
    """Return a length of time as people say it."""
    whole = math.ceil(seconds)
    if whole < 2 * 60:
        return f"{whole} second{'' if whole == 1 else 's'}"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} minutes" + (f" {rest} seconds" if rest else "")


def _seconds(seconds: float) -> str:
    return f"{math.ceil(seconds)} s"
