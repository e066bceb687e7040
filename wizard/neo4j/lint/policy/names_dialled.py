"""Addresses that peers can't dial, and ports that don't fit together."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from wizard.model.cluster import Channel
from wizard.model.problems import Severity
from wizard.model.text import shown
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.dialled import (
    Address,
    address_of,
    advertised_addresses,
    forms_a_cluster,
    parsed,
)
from wizard.neo4j.lint.policy.protocols import listed
from wizard.neo4j.lint.policy.telling import tell
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.versions import DEFAULT_PORTS

_SECOND_DISCOVERY = "dbms.cluster.discovery.v2.endpoints"
"""Operations Manual 5, Discovery: its members stand with the cluster port."""

_SEEN_WRONG = (Channel.DISCOVERY, Channel.CLUSTER, Channel.RAFT, Channel.ROUTING, Channel.BOLT)


def addresses_nobody_can_dial(reading: Reading) -> Iterator[Finding]:
    """Find advertised addresses that lead every peer to itself."""
    if not forms_a_cluster(reading):
        return
    for address in advertised_addresses(reading):
        if _is_unspecified(address.host):
            said = "is an address to listen on, and nobody can dial it"
        elif _is_loopback(address.host) and _has_far_members(reading):
            said = "leads every peer to itself"
        else:
            continue
        yield tell(
            reading,
            Severity.WARNING,
            "advertised-address-unreachable",
            f"{address.key} tells the peers to dial {shown(address.host)}, which {said}.",
            "Write the name by which the other servers reach this one.",
            key=address.key,
        )


def ports_apart(reading: Reading) -> Iterator[Finding]:
    """Find servers that listen on one port and have their peers dial another one."""
    rules = reading.rules
    for channel, key in rules.advertised.items():
        advertised = address_of(reading, key, channel)
        listen = address_of(reading, rules.listen[channel], channel)
        dialled, open_ = _port(advertised, channel), _port(listen, channel)
        if dialled == open_ or (advertised is None and listen is None):
            continue
        yield tell(
            reading,
            Severity.NOTE,
            "port-differs",
            f"Peers are told to dial port {dialled} for {channel.value} traffic, but Neo4j listens "
            f"on {open_}.",
            "That is right only where something in between maps the one port to the other.",
            key=key if advertised is not None else rules.listen[channel],
        )


def members_with_another_port(reading: Reading) -> Iterator[Finding]:
    """Find lists of members with the port of another channel than the one that is asked."""
    rules = reading.rules
    lists = [(rules.members, rules.members_channel), (_SECOND_DISCOVERY, Channel.CLUSTER)]
    for key, channel in lists:
        expected = {DEFAULT_PORTS[channel], _own_port(reading, channel)}
        wrong = {DEFAULT_PORTS[other] for other in _SEEN_WRONG} - expected
        for member in listed(reading.values.get(key, "")):
            address = parsed(key, member, channel)
            if address is not None and address.port in wrong:
                yield _wrong_port(reading, address, channel)
                break


def _wrong_port(reading: Reading, address: Address, channel: Channel) -> Finding:
    return tell(
        reading,
        Severity.WARNING,
        "member-port-wrong",
        f"{address.key} names port {address.port}, but Neo4j {reading.version} looks for members "
        f"on the {channel.value} port, {DEFAULT_PORTS[channel]} unless it is set.",
        f"Write the {channel.value} port of each member.",
        key=address.key,
    )


def _own_port(reading: Reading, channel: Channel) -> int:
    key = reading.rules.advertised.get(channel)
    return _port(None if key is None else address_of(reading, key, channel), channel)


def _port(address: Address | None, channel: Channel) -> int:
    if address is None or address.port is None:
        return DEFAULT_PORTS[channel]
    return address.port


def _has_far_members(reading: Reading) -> bool:
    """Whether a member on another machine is named; a cluster of one machine may say localhost."""
    members = listed(reading.values.get(reading.rules.members, ""))
    found = [parsed("", member) for member in members]
    return any(a is not None and a.host and not _is_loopback(a.host) for a in found)


def _is_unspecified(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost.localdomain"}
