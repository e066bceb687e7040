"""Gathers what diagnosis looks at: survey, logs, probes and the records of the last run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from wizard.engine.diagnosis import Observations, ServerObservation
from wizard.engine.following import Seen
from wizard.engine.probing.matrix import Probed
from wizard.errors import BlockedError, ConfError
from wizard.model.cluster import ClusterPort
from wizard.model.facts import ServerFacts
from wizard.model.settings import DETECT, Settings
from wizard.neo4j.addresses import advertised_host, cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.logs.lines import Failed, LogLine, Started, Starting, Stopped, Stopping
from wizard.neo4j.policy import ClusterPolicy, policy_of

_STATES = (Starting, Started, Stopping, Stopped)


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
    return Observations(
        now=now,
        tests=tuple(tests),
        servers={
            name: _server(one, settings, by_server[name], (leaves or {}).get(name), facts.values())
            for name, one in facts.items()
        },
    )


def _server(
    facts: ServerFacts,
    settings: Settings,
    lines: Sequence[Seen],
    leaf: str | None,
    every: Iterable[ServerFacts],
) -> ServerObservation:
    policy, refused = _policy(facts)
    ports = ports_of(facts, settings)
    files = facts.policy_files
    state = _last_state(lines)
    addresses = tuple(dict.fromkeys(port.host for port in ports))
    return ServerObservation(
        server=facts.server,
        version=facts.version,
        running=facts.running,
        was_stopped=state is None or isinstance(state, (Stopping, Stopped)),
        has_started=isinstance(state, Started),
        policy=policy,
        conf_problem=refused,
        certificate=files.public_certificate if files else None,
        trusted=files.trusted if files else None,
        files_seen=files is not None,
        failures=tuple(seen.meaning for seen in lines if isinstance(seen.meaning, Failed)),
        leaf_made=leaf,
        addresses=addresses,
        ports=ports,
        ip_addresses=frozenset(
            ip for one in every for host in addresses for ip in one.resolved.get(host, (host,))
        ),
    )


def _policy(facts: ServerFacts) -> tuple[ClusterPolicy | None, str]:
    if facts.version is None:
        return None, ""
    try:
        return policy_of(Conf.parse(facts.conf), facts.version, facts.home), ""
    except ConfError as error:
        return None, error.message
    except BlockedError:
        return None, ""


def _last_state(lines: Sequence[Seen]) -> LogLine | None:
    """Return the last thing the logs tell of the process."""
    states = [seen.meaning for seen in lines if isinstance(seen.meaning, _STATES)]
    return states[-1] if states else None


def _address(facts: ServerFacts, conf: Conf, settings: Settings) -> str:
    answered = next((s.address for s in settings.servers if s.name == facts.server), DETECT)
    if answered != DETECT:
        return answered
    version = facts.version
    return (version and advertised_host(conf, version)) or "localhost"
