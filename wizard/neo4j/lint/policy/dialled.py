"""What a server tells its peers to dial, and what it listens on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.model.cluster import Channel
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.policy.in_force import applied_policies
from wizard.neo4j.lint.reading import Reading

_SHAPE = re.compile(r"(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d{1,5}))?")
_SIX = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


@dataclass(frozen=True, slots=True)
class Address:
    """One address as a setting says it; host and port are empty where it leaves them out."""

    key: str
    host: str
    port: int | None
    channel: Channel | None = None


def address_of(reading: Reading, key: str, channel: Channel | None = None) -> Address | None:
    """Return what a setting says, or None where it is not set, a command or no address."""
    value = reading.values.get(key, "").strip()
    return parsed(key, value, channel)


def parsed(key: str, value: str, channel: Channel | None = None) -> Address | None:
    """Return an address as Neo4j reads it (SettingValueParsers.SOCKET_ADDRESS), or None."""
    if not value or is_command(value):
        return None
    if _SIX.fullmatch(value):
        return Address(key, value, None, channel)
    match = _SHAPE.fullmatch(value)
    if match is None:
        return None
    port = None if match["port"] is None else int(match["port"])
    return Address(key, match["six"] or match["name"] or "", port, channel)


def advertised_addresses(reading: Reading) -> Iterator[Address]:
    """Yield every address with a host that peers are told to dial."""
    keys = {reading.rules.default_advertised: None} | {
        key: channel for channel, key in reading.rules.advertised.items()
    }
    for key, channel in keys.items():
        address = address_of(reading, key, channel)
        if address is not None and address.host:
            yield address


def forms_a_cluster(reading: Reading) -> bool:
    """Whether the file is that of a server with peers, as far as it shows it."""
    mode = reading.rules.mode_setting
    if mode is not None:
        return reading.values.get(mode, "").strip().upper() in {"CORE", "READ_REPLICA"}
    return "cluster" in applied_policies(reading) or reading.rules.members in reading.values
