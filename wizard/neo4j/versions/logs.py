"""Logs, version by version: their formats and the words that changed."""

from __future__ import annotations

from wizard.neo4j.versions.fact import since


class LogFacts:
    """What the logs look like."""

    __slots__ = ()

    json_debug_log = since(
        "Operations Manual, Breaking changes between 5 and 2025.01, logging",
        ("3.5", False),
        ("2025.01", True),
    )
    """Whether debug.log is JSON Lines in a fresh installation."""

    connected_protocol = since(
        "HandshakeClientInitializer of 3.5/3.6; public logs of 4.1.1 and 4.2; Operations Manual "
        "4.4 and 5, Kubernetes, verify cluster formation",
        ("3.5", "raft version:2"),
        ("4.0", "raft version:2.0"),
        ("4.1", "raft version:3.0"),
        ("4.3", "raft version:4.0"),
        ("5.0", "RAFT version:1.0"),
    )
    """What stands in the brackets of a `Connected to` line."""
