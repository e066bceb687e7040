"""Causes that show in how the servers find each other, once nothing else explains them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error, note, warning
from wizard.engine.diagnosis.serving import SKEW_S
from wizard.engine.events import Verdict
from wizard.engine.probing.door import WORKSTATION
from wizard.model.cluster import Channel
from wizard.model.problems import Problem

_NEEDED = (Channel.CLUSTER, Channel.RAFT)
_MOST_NAMED = 5


def clock_is_wrong(seen: Observations) -> Iterator[Problem]:
    """A server's clock differs so much that certificates look expired or not yet valid to it."""
    for one in seen.servers.values():
        if abs(one.clock_offset_s) > SKEW_S:
            where = "behind" if one.clock_offset_s < 0 else "ahead"
            yield error(
                one.server,
                "clock-skew",
                f"The clock of {one.server} is {_span(abs(one.clock_offset_s))} {where} of this"
                " workstation's, so it judges the dates of certificates wrongly.",
                "Let every server take its time from the same source, by chrony or systemd-"
                "timesyncd for example, and then restart Neo4j on it.",
            )


def not_listening(seen: Observations) -> Iterator[Problem]:
    """A server says that it has started, and nothing answers where its peers dial it."""
    for one in seen.running:
        needed = {port.port for port in one.ports if port.channel in _NEEDED}
        asked = [t for t in seen.of(one.server) if t.probe.port in needed or not needed]
        closed = {t.probe.port for t in asked if t.closed and t.probe.origin != WORKSTATION}
        closed -= {t.probe.port for t in asked if t.reached}
        if one.has_started and closed:
            yield error(
                one.server,
                "not-listening",
                f"{one.server} says that it has started, but nothing answers on its cluster ports.",
                "Look which address its listen_address settings name, and whether its advertised"
                " name leads there.",
                f"ports {', '.join(map(str, sorted(closed)))}",
            )


def filtered(seen: Observations) -> Iterator[Problem]:
    """No answer came from a port to a peer; from the workstation that would say nothing."""
    for one in seen.running:
        filtered = (t.probe for t in seen.of(one.server) if t.probe.verdict is Verdict.FILTERED)
        tests = [probe for probe in filtered if probe.origin != WORKSTATION]
        if tests:
            ports = ", ".join(map(str, sorted({probe.port for probe in tests})))
            origins = _named({probe.origin for probe in tests})
            yield error(
                one.server,
                "port-filtered",
                f"No answer came from {one.server} to {origins} on {ports}.",
                "A firewall may drop these ports; let the servers reach each other on them.",
            )


def waits_for_others(seen: Observations) -> Iterator[Problem]:
    """A server is up and waits for others, and no fault that is known keeps them away."""
    waiting = [one for one in seen.running if one.waits_for is not None and not one.has_started]
    if seen.explained:
        return
    up = sum(one.running is not False for one in seen.servers.values())
    for one in waiting:
        alone = len(waiting) < up
        yield warning(
            one.server,
            "quorum-not-met",
            f"{one.server} waits until {one.waits_for} servers have joined"
            + (", while others have started." if alone else f"; {up} of them are up."),
            "Look whether its list of members names every server with the right port."
            if alone
            else "Start as many servers as neo4j.conf asks for, and compare the lists of members.",
        )


def has_no_leader(seen: Observations) -> Iterator[Problem]:
    """A server is in the cluster and waits to hear from a leader."""
    for one in seen.running if not seen.explained else ():
        if one.lacks_leader:
            yield warning(
                one.server,
                "leader-missing",
                f"{one.server} has joined and hears of no leader.",
                "A majority of the servers has to be up and linked to elect one; look whether all"
                " are, and then wait a minute.",
            )


def not_joined(seen: Observations) -> Iterator[Problem]:
    """A server has started, and no log tells of a link to it or from it, while others are linked.

    Missing lines alone prove nothing, so one server must stand apart from others that do tell.
    """
    up = [one for one in seen.running if one.has_started and one.encrypts]
    if seen.explained or len(up) < len(seen.servers):
        return
    for one in up:
        others = [other for other in up if other is not one]
        apart = not one.linked and not any(one.server in other.linked for other in others)
        if apart and _are_linked(others):
            yield warning(
                one.server,
                "not-joined",
                f"{one.server} has started, but no log tells of a link between it and another"
                " server: it may be a cluster of its own.",
                "Compare its list of members with the others'. If it founded a cluster of its own"
                " once, Neo4j's `unbind` command lets it join this one.",
            )


def logs_unread(seen: Observations) -> Iterator[Problem]:
    """A log may not be read, which is not the same as a log that says nothing."""
    for one in seen.servers.values():
        for sentence in one.unread:
            yield note(
                one.server,
                "log-unreadable",
                sentence,
                "Let the login read it: the groups adm and systemd-journal may read the journal, or"
                " set `become` in the answers.",
            )


def strangers(seen: Observations) -> Iterator[Problem]:
    """Somebody who is no server of the cluster was refused: listed apart, and no fault."""
    for one in seen.servers.values():
        if one.knocked:
            often = Counter(one.knocked).most_common(_MOST_NAMED)
            who = ", ".join(f"{address} ({count} times)" for address, count in often)
            yield note(
                one.server,
                "strangers-knock",
                f"{one.server} refused others than its peers: {who}. Monitors and scanners knock"
                " like that, and so do backup clients on the wrong port.",
                "Nothing has to be done, unless you know the address as a server of this cluster.",
            )


def _are_linked(servers: list[ServerObservation]) -> bool:
    names = {one.server for one in servers}
    return len(servers) > 1 and all(one.linked & names for one in servers)


def _named(servers: set[str]) -> str:
    return ", ".join(sorted(servers))


def _span(seconds: float) -> str:
    for unit, size in (("days", 86400.0), ("hours", 3600.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
