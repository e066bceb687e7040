"""From Neo4j's own word to problems: which server or database is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wizard.model.problems import Problem, Severity
from wizard.neo4j.health.rows import Copy, Member, Told

_GIVEN_UP = frozenset({"dirty", "quarantined"})
"""Operations Manual 5, Database states: what does not come online by itself."""

_VOTERS = frozenset({"LEADER", "FOLLOWER"})
_WITH_A_WRITER = frozenset({"", "standard", "system"})
"""The kinds of databases of which one copy takes the writes; a composite one has no copy."""

_LOOK = "Look at SHOW SERVERS and at the debug.log of that server; mend it, then run this again."
_WAIT = "Wait until it is done, or mend it, then run this again; SHOW DATABASES shows it."
_STATES = {
    "free": "was started and never added to the cluster",
    "cordoned": "is kept from taking further databases",
    "deallocating": "is handing its databases over to others",
    "deallocated": "has handed its databases over and is to be removed",
    "dropped": "has been removed from the cluster and still runs",
}
"""Operations Manual 5, Monitor servers, "Possible values of state"; the good one is Enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The servers of the answers: by name, the `host:port` of Bolt that each advertises."""

    addresses: Mapping[str, str]

    def owner(self, address: str) -> str | None:
        """Return the one server that advertises this address, or None."""
        same = [name for name, own in self.addresses.items() if own.lower() == address.lower()]
        return same[0] if address and len(same) == 1 else None


def problems_of(told: Told, expected: Expected) -> tuple[Problem, ...]:
    """Return what is wrong by the word of one server; nothing when it calls everything healthy."""
    found: list[Problem] = []
    if told.members is not None:
        found += _of_number(told.members, expected)
        for member in told.members:
            found += _of_member(member, expected)
        found += _of_roles(told.members, _stopped(told.copies or ()))
    if told.copies is not None:
        found += _of_copies(told.copies, expected)
    return tuple(dict.fromkeys(found))


def _error(code: str, server: str | None, message: str, hint: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, message=message, hint=hint, server=server)


def _of_number(members: tuple[Member, ...], expected: Expected) -> Iterator[Problem]:
    """Yield a server that only one of the two lists holds; it would be cut off, or missed."""
    known = {expected.owner(address) for one in members for address in one.addresses} - {None}
    strange = [one for one in members if not any(map(expected.owner, one.addresses))]
    missing = [name for name in expected.addresses if name not in known]
    if len(members) > len(expected.addresses):
        names = " and ".join(map(_called, strange[: len(members) - len(expected.addresses)]))
        yield _error(
            "server-left-out",
            None,
            f"Neo4j counts {len(members)} servers, and the answers name"
            f" {len(expected.addresses)}; left out as it seems: {names}.",
            "Add every server of the cluster to the answers: one left out is cut off from those"
            " that are encrypted.",
        )
    if len(members) < len(expected.addresses):
        yield _error(
            "server-not-in-cluster",
            missing[0] if len(missing) == 1 else None,
            f"Neo4j counts {len(members)} servers, and the answers name"
            f" {len(expected.addresses)}; missing as it seems: {' and '.join(missing)}.",
            "Start the server and let it join, or take it out of the answers.",
        )


def _of_member(member: Member, expected: Expected) -> Iterator[Problem]:
    server = next(filter(None, map(expected.owner, member.addresses)), None)
    called = server or _called(member)
    if member.health and member.health.lower() != "available":
        yield _error(
            "server-not-available",
            server,
            f"Neo4j calls {called} {member.health}: the others have not heard of it for a while.",
            _LOOK,
        )
    if member.state and member.state.lower() != "enabled":
        meaning = _STATES.get(member.state.lower(), "is in no state the wizard knows")
        yield _error(
            "server-not-enabled",
            server,
            f"Neo4j calls {called} {member.state}: it {meaning}.",
            "Bring it to the state Enabled (ENABLE SERVER), or finish removing it, then run this"
            " again.",
        )


def _called(member: Member) -> str:
    return next(iter(member.addresses), member.name) or "a server without a name"


def _stopped(copies: tuple[Copy, ...]) -> frozenset[str]:
    """Return the databases that somebody wants stopped."""
    return frozenset(one.database for one in copies if one.requested == "offline")


def _of_roles(members: tuple[Member, ...], stopped: frozenset[str]) -> Iterator[Problem]:
    """Yield what the overview of 3.5 and 4.x shows: every database needs one leader."""
    replica = "READ_REPLICA"
    cores = [one for one in members if one.roles and replica not in dict(one.roles).values()]
    for database in dict.fromkeys(name for one in cores for name, _role in one.roles):
        roles = [dict(one.roles).get(database, "UNKNOWN") for one in cores]
        if database in stopped:
            continue
        if "LEADER" not in roles:
            yield _leaderless(database)
        voting = sum(role in _VOTERS for role in roles)
        if voting < len(cores):
            yield _quorum(database, voting, len(cores))


def _of_copies(copies: tuple[Copy, ...], expected: Expected) -> Iterator[Problem]:
    wanted = [one for one in copies if one.requested == "online"]
    for one in wanted:
        if one.current != "online":
            yield _not_online(one, expected.owner(one.address))
    for database in dict.fromkeys(one.database for one in wanted):
        own = [one for one in wanted if one.database == database]
        if any(one.kind not in _WITH_A_WRITER for one in own):
            continue
        if all(one.writable for one in own) and not any(one.writer for one in own):
            yield _leaderless(database)
        running, asked = min((one.primaries for one in own if one.primaries), default=(0, 0))
        if running < asked:
            yield _quorum(database, running, asked)


def _not_online(one: Copy, server: str | None) -> Problem:
    where = server or one.address or "a server that Neo4j can't reach"
    said = f" Neo4j says: {one.message}" if one.message else ""
    state = one.current or "without a state"
    return _error(
        "database-failed" if one.current in _GIVEN_UP else "database-offline",
        server,
        f"The database {one.database} on {where} is {state}, not online.{said}",
        _LOOK if one.current in _GIVEN_UP else _WAIT,
    )


def _leaderless(database: str) -> Problem:
    return _error(
        "leader-missing",
        None,
        f"No server takes writes for the database {database}: it has no leader.",
        "Most of its servers have to run and to reach each other; then they elect one.",
    )


def _quorum(database: str, running: int, wanted: int) -> Problem:
    return _error(
        "quorum-at-risk",
        None,
        f"Only {running} of {wanted} primaries of the database {database} take part: if more are"
        " lost, nothing can be written.",
        _WAIT,
    )
