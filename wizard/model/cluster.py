"""Addresses and ports of a server as its peers see them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """What a port of a server is for, in the manual's words."""

    DISCOVERY = "discovery"
    CLUSTER = "cluster"
    RAFT = "raft"
    ROUTING = "routing"
    BACKUP = "backup"
    BOLT = "bolt"
    HTTP = "http"


CLUSTER_CHANNELS = (Channel.DISCOVERY, Channel.CLUSTER, Channel.RAFT, Channel.ROUTING)
"""The channels the cluster SSL policy protects; a version may not have all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPort:
    """One port of one server.

    Attributes:
        host: the advertised host name or IP: what the others dial.
        port: the advertised port.
        listen_host: the address it binds; `0.0.0.0` when every one.
        listen_port: the port it binds.
    """

    channel: Channel
    host: str
    port: int
    listen_host: str
    listen_port: int
