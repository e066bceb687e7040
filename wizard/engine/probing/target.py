"""What is probed: one cluster port of one server."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.model.cluster import ClusterPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One cluster port of one server.

    Attributes:
        leaf: the leaf it should serve (SHA-256, hex) if known.
        may_be_plain: whether there are builds of this version that have no TLS on this port.
    """

    server: str
    port: ClusterPort
    leaf: str | None = None
    may_be_plain: bool = False
