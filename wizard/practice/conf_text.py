"""A neo4j.conf as an administrator would have left it: commented, for a working cluster."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.model.version import Version
from wizard.neo4j.versions import rules_for
from wizard.practice.layout import PracticeServer

_HEAD = """\
#*****************************************************************
# Neo4j configuration
# PRACTICE: this server belongs to the practice cluster of neo4j-tls.
#
# The settings are described in the Neo4j Operations Manual.
#*****************************************************************

# Paths of directories in the installation.
#server.directories.data=data
#server.directories.logs=logs

# Memory of the Java process.
#server.memory.heap.initial_size=512m
#server.memory.heap.max_size=512m

#*****************************************************************
# Network connectors
#*****************************************************************

"""

_SSL = """
#*****************************************************************
# SSL policies
#*****************************************************************

# Encryption between the servers of the cluster
#dbms.ssl.policy.cluster.enabled=true
#dbms.ssl.policy.cluster.base_directory=certificates/cluster
#dbms.ssl.policy.cluster.client_auth=REQUIRE

#*****************************************************************
# Java options
#*****************************************************************

server.jvm.additional=-XX:+UseG1GC
server.jvm.additional=-XX:-OmitStackTraceInFastThrow
"""

_OLD_NAMES = (
    ("server.directories.", "dbms.directories."),
    ("server.memory.", "dbms.memory."),
    ("server.jvm.", "dbms.jvm."),
)
"""Names before 5.0 (Operations Manual, 4.4 and 5, "Configuration settings")."""

_OLD = Version(5, 0)


def conf_text(server: PracticeServer, servers: Sequence[PracticeServer], version: Version) -> str:
    """Return the neo4j.conf of one server before anything is encrypted."""
    lines = [*_connectors(server, version), "", *_cluster(servers, version)]
    text = _HEAD + "\n".join(lines) + "\n" + _SSL
    if version < _OLD:
        for name, before in _OLD_NAMES:
            text = text.replace(name, before)
    return text


def _connectors(server: PracticeServer, version: Version) -> list[str]:
    rules = rules_for(version)
    bolt = "dbms.connector.bolt" if version < _OLD else "server.bolt"
    lines = [
        "# The address to listen on, and the name by which this server is known to the others.",
        f"{rules.default_listen}={server.ip}",
        f"{rules.default_advertised}={server.address}",
        "",
        f"{bolt}.enabled=true",
        f"#{bolt}.tls_level=DISABLED",
        f"{bolt}.listen_address=:{server.ports['bolt']}",
        f"{bolt}.advertised_address=:{server.ports['bolt']}",
    ]
    for channel, listen in rules.listen.items():
        port = server.ports[channel]
        lines.append(f"{listen}=:{port}")
        lines.append(f"{rules.advertised[channel]}={server.address}:{port}")
    return lines


def _cluster(servers: Sequence[PracticeServer], version: Version) -> list[str]:
    quorum = min(3, len(servers))
    channel = "discovery" if "discovery" in servers[0].ports else "cluster"
    members = ",".join(f"{one.address}:{one.ports[channel]}" for one in servers)
    head = ["#" + "*" * 65, "# Cluster", "#" + "*" * 65, ""]
    if version < _OLD:
        return [
            *head,
            "# CORE servers hold and vote, READ_REPLICA servers only read.",
            "dbms.mode=CORE",
            "dbms.routing.enabled=true",
            f"causal_clustering.minimum_core_cluster_size_at_formation={quorum}",
            f"causal_clustering.initial_discovery_members={members}",
        ]
    key = "dbms.cluster.endpoints" if version.is_calendar else "dbms.cluster.discovery.endpoints"
    return [
        *head,
        "# PRIMARY, SECONDARY or NONE.",
        "initial.server.mode_constraint=NONE",
        f"dbms.cluster.minimum_initial_system_primaries_count={quorum}",
        f"initial.dbms.default_primaries_count={quorum}",
        "dbms.cluster.discovery.resolver_type=LIST",
        f"{key}={members}",
    ]
