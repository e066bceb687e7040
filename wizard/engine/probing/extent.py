"""Who asks whom: every pair of servers, or in a large cluster as many as a person can wait for."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 12
"""Up to that many servers every ordered pair is probed."""

NEIGHBOURS = 8
"""How many others ask the ports of a server beyond that."""


def asked_from(origins: Sequence[str], server: str) -> tuple[str, ...]:
    """Return which servers ask a server's ports: every other one, or in a large cluster the next.

    So the number of probes grows with the servers and not with their square; each server asks
    and is asked alike.
    """
    at = origins.index(server)
    others = (*origins[at + 1 :], *origins[:at]) or (server,)
    return others if len(origins) <= WHOLE else others[:NEIGHBOURS]


def extent_words(servers: int) -> str | None:
    """Say what is left out of the proof of a cluster of this size; None where nothing is."""
    if servers <= WHOLE:
        return None
    return (
        f"With {servers} servers not every pair is tried: the ports of each are asked by"
        f" {NEIGHBOURS} others. Every server asks, and every one is asked."
    )
