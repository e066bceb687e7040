"""Gathers what diagnosis looks at: survey, logs, probes and the records of the last run."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from wizard.engine.diagnosis import Observations, ServerObservation
from wizard.engine.probing.matrix import Probed
from wizard.engine.watching.following import Peers, Seen
from wizard.errors import BlockedError, ConfError
from wizard.model.cluster import ClusterPort
from wizard.model.facts import ServerFacts
from wizard.model.settings import DETECT, Settings
from wizard.model.text import shown
from wizard.neo4j.addresses import advertised_host, cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.logs.lines import (
    Bootstrapped,
    ConnectedTo,
    Failed,
    LeaderKnown,
    LeaderLost,
    LogLine,
    LostConnection,
    PolicyLoaded,
    Started,
    Starting,
    Stopped,
    Stopping,
    TlsFailure,
    WaitingForLeader,
    WaitingForPeers,
)
from wizard.neo4j.policy import ClusterPolicy, policy_of, unknown_scopes
from wizard.neo4j.policy.reader import CLUSTER, PREFIX

_STATES = (Starting, Started, Stopping, Stopped)
_JOINING = (*_STATES, WaitingForPeers, WaitingForLeader, Bootstrapped)
_SCOPE = re.compile(r"dbms\.ssl\.policy\.(?P<scope>[^.]+)\.enabled")


def ports_of(facts: ServerFacts, settings: Settings) -> tuple[ClusterPort, ...]:
    """Return the cluster ports of a surveyed server as its peers dial them.

    Nothing is returned for a version or a neo4j.conf that can't be worked on.
    """
    if facts.version is None:
        return ()
    try:
        conf = Conf.parse(facts.conf)
        return cluster_ports(conf, facts.version, _address(facts, conf, settings))
    except (BlockedError, ConfError):
        return ()


def observe(
    facts: Mapping[str, ServerFacts],
    settings: Settings,
    *,
    now: datetime,
    lines: Iterable[Seen] = (),
    tests: Sequence[Probed] = (),
    leaves: Mapping[str, str] | None = None,
) -> Observations:
    """Join everything that is known into one value."""
    by_server: dict[str, list[Seen]] = {name: [] for name in facts}
    for seen in lines:
        by_server.setdefault(seen.server, []).append(seen)
    ports = {name: ports_of(one, settings) for name, one in facts.items()}
    resolved = {name: found for one in facts.values() for name, found in one.resolved.items()}
    known = Peers.of(ports, resolved)
    return Observations(
        now=now,
        tests=tuple(tests),
        servers={
            name: _server(one, ports[name], by_server[name], (leaves or {}).get(name), known)
            for name, one in facts.items()
        },
    )


def _server(
    facts: ServerFacts,
    ports: tuple[ClusterPort, ...],
    lines: Sequence[Seen],
    leaf: str | None,
    known: Peers,
) -> ServerObservation:
    policy, refused = _policy(facts)
    files = facts.policy_files
    meanings = in_time([seen.meaning for seen in lines if seen.meaning is not None])
    state = _last(meanings, _STATES)
    failures = tuple(line for line in meanings if isinstance(line, Failed))
    strange = tuple(line for line in failures if _is_of_a_stranger(line, meanings, known))
    return ServerObservation(
        server=facts.server,
        version=facts.version,
        running=facts.running,
        was_stopped=state is None or isinstance(state, (Stopping, Stopped)),
        has_started=isinstance(state, Started),
        starts_at=next((m.at for m in reversed(meanings) if isinstance(m, Starting)), None),
        waits_for=_waits_for(meanings),
        lacks_leader=_lacks_leader(meanings),
        linked=_linked(facts.server, meanings, known),
        unread=tuple(seen.text for seen in lines if not seen.source and seen.text),
        knocked=tuple(shown(line.remote) for line in strange),
        clock_offset_s=facts.clock_offset_s,
        unresolved=_unresolved(facts, known),
        in_force=_in_force(meanings, policy),
        policy=policy,
        conf_problem=refused,
        certificate=files.public_certificate if files else None,
        trusted=files.trusted if files else None,
        files_seen=files is not None,
        failures=tuple(line for line in failures if line not in strange),
        leaf_made=leaf,
        addresses=tuple(dict.fromkeys(port.host for port in ports)),
        ports=ports,
        ip_addresses=known.addresses_of(facts.server),
        **_spelling(facts, policy),
    )


def _spelling(facts: ServerFacts, policy: ClusterPolicy | None) -> dict[str, tuple[str, ...]]:
    """Return what neo4j.conf says of SSL policies that is not the cluster's, or is nothing."""
    if facts.version is None or policy is None:
        return {}
    conf = Conf.parse(facts.conf)
    unknown = (f"{PREFIX}{suffix}" for suffix in policy.unknown_suffixes)
    named = (_SCOPE.fullmatch(key) for key, value in conf.values.items() if _is_true(value))
    return {
        "misspelt": tuple(map(shown, (*unknown, *unknown_scopes(conf, facts.version)))),
        "other_scopes": tuple(m["scope"] for m in named if m and m["scope"] != CLUSTER),
    }


def _is_true(value: str) -> bool:
    return value.strip().lower() == "true"


def _unresolved(facts: ServerFacts, known: Peers) -> tuple[str, ...]:
    """Return the names of its peers that a server looked up in vain."""
    dialled = {host for (host, _), server in known.names.items() if server != facts.server}
    return tuple(
        sorted(
            shown(n) for n, found in facts.resolved.items() if not found and n.lower() in dialled
        )
    )


def _in_force(meanings: Sequence[LogLine], policy: ClusterPolicy | None) -> PolicyLoaded | None:
    """Return the policy that was loaded last for the cluster's ports."""
    name = policy.name.lower() if policy is not None else CLUSTER
    loaded = [m for m in meanings if isinstance(m, PolicyLoaded) and m.scope == name]
    return loaded[-1] if loaded else None


def _linked(server: str, meanings: Sequence[LogLine], known: Peers) -> frozenset[str]:
    """Return the peers whose link stands by the log."""
    linked: set[str] = set()
    for line in meanings:
        if isinstance(line, (ConnectedTo, LostConnection)):
            peer = known.find(line.host, line.ip, line.port)
            if peer is not None and peer != server:
                (linked.add if isinstance(line, ConnectedTo) else linked.discard)(peer)
    return frozenset(linked)


def _is_of_a_stranger(line: Failed, meanings: Sequence[LogLine], known: Peers) -> bool:
    """Whether a refused handshake came from an address that is no server's.

    A server that has several addresses may come from one it does not advertise: an address that
    any link leads to is a server's, too, and so is a loopback address.
    """
    if not isinstance(line, TlsFailure) or not line.remote or not known.names:
        return False
    linked = {one.ip for one in meanings if isinstance(one, ConnectedTo)}
    try:
        at_home = ipaddress.ip_address(line.remote).is_loopback
    except ValueError:
        return False
    return not at_home and line.remote not in {ip for ip, _ in known.names} | linked


def _waits_for(meanings: Sequence[LogLine]) -> int | None:
    line = _last(meanings, _JOINING)
    return line.expected if isinstance(line, WaitingForPeers) else None


def _lacks_leader(meanings: Sequence[LogLine]) -> bool:
    """Whether any database of the server has lost its leader, or never heard of one."""
    without: set[str] = set()
    for line in meanings:
        match line:
            case Starting() | Started() | Stopping() | Stopped():
                without.clear()
            case WaitingForLeader():
                without.add("")
            case LeaderLost():
                without.add(line.database)
            case LeaderKnown() | Bootstrapped():
                without.discard(line.database)
            case _:
                pass
    return bool(without)


def _policy(facts: ServerFacts) -> tuple[ClusterPolicy | None, str]:
    if facts.version is None:
        return None, ""
    try:
        return policy_of(Conf.parse(facts.conf), facts.version, facts.home), ""
    except ConfError as error:
        return None, error.message
    except BlockedError:
        return None, ""


def in_time(meanings: Sequence[LogLine]) -> list[LogLine]:
    """Put what several logs of a server tell into the order in which it happened.

    A line without a time stays where it is.
    """
    at = datetime.min.replace(tzinfo=UTC)
    timed = [(at := _moment(line) or at, line) for line in meanings]
    return [line for _, line in sorted(timed, key=lambda one: one[0])]


def _moment(line: LogLine) -> datetime | None:
    return line.told_at if isinstance(line, Failed) else line.at


def _last(meanings: Sequence[LogLine], kinds: tuple[type[LogLine], ...]) -> LogLine | None:
    """Return the last line of these kinds."""
    return next((line for line in reversed(meanings) if isinstance(line, kinds)), None)


def _address(facts: ServerFacts, conf: Conf, settings: Settings) -> str:
    answered = next((s.address for s in settings.servers if s.name == facts.server), DETECT)
    if answered != DETECT:
        return answered
    version = facts.version
    return (version and advertised_host(conf, version)) or "localhost"
