"""A neo4j.conf as an administrator would have left it: commented, for a working cluster."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.model.cluster import Channel
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


def conf_text(server: PracticeServer, servers: Sequence[PracticeServer], version: Version) -> str:
    """Return the neo4j.conf of one server before anything is encrypted."""
    lines = [*_connectors(server, version), "", *_cluster(servers, version)]
    rules = rules_for(version)
    text = _HEAD + "\n".join(lines) + "\n" + _SSL
    return (
        text.replace("server.directories", rules.directories)
        .replace("server.memory", rules.memory)
        .replace("server.jvm.additional", rules.jvm_additional)
    )


def _connectors(server: PracticeServer, version: Version) -> list[str]:
    rules = rules_for(version)
    bolt = rules.bolt
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
    rules = rules_for(version)
    quorum = min(3, len(servers))
    members = ",".join(f"{one.address}:{one.ports[rules.members_channel]}" for one in servers)
    head = ["#" + "*" * 65, "# Cluster", "#" + "*" * 65, ""]
    if rules.mode_setting is not None:
        return [
            *head,
            "# CORE servers hold and vote, READ_REPLICA servers only read.",
            f"{rules.mode_setting}=CORE",
            *(["dbms.routing.enabled=true"] if Channel.ROUTING in rules.listen else []),
            f"causal_clustering.minimum_core_cluster_size_at_formation={quorum}",
            f"{rules.members}={members}",
        ]
    return [
        *head,
        "# PRIMARY, SECONDARY or NONE.",
        "initial.server.mode_constraint=NONE",
        f"dbms.cluster.minimum_initial_system_primaries_count={quorum}",
        f"initial.dbms.default_primaries_count={quorum}",
        f"{rules.members}={members}",
    ]
