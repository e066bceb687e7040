"""Names of settings that only the Enterprise edition declares: the cluster, backups and metrics.

Its own migrators are closed. That a name is carried over is what the Upgrade and Migration Guide
says of it ("Changes to configuration settings"), where the Community's classes would refuse it.
"""

from __future__ import annotations

from wizard.neo4j.renames.row import Move, moves

_FOUR = "Upgrade and Migration Guide, Configuration settings, 3.5 to 4.0"
_FIVE = "Upgrade and Migration Guide, Changes to configuration settings in Neo4j 5"
_CALENDAR = "Operations Manual, Breaking changes in Neo4j 2025.01"
_MANUALS = "Operations Manual 4.4 and 5, Configuration settings"

CLUSTER_MOVES: tuple[Move, ...] = (
    *moves(
        "4.0",
        _FOUR,
        ("dbms.backup.address", "dbms.backup.listen_address", "."),
        ("causal_clustering.cluster_routing_ttl", "dbms.routing_ttl", "."),
        (
            "causal_clustering.middleware_logging.level",
            "causal_clustering.middleware.logging.level",
            ".",
        ),
        ("causal_clustering.disable_middleware_logging", None, "."),
        ("metrics.neo4j.logrotation.enabled", "metrics.neo4j.logs.enabled", "."),
        until="4.0",
    ),
    *moves(
        "4.0",
        "Operations Manual 3.5, dbms.mode; Manual 4.0 has no high-availability cluster",
        ("ha.", None, "host.coordination host.data initial_hosts server_id"),
        until="4.0",
    ),
    *moves(
        "5.0",
        _FIVE,
        ("causal_clustering.discovery_", "server.discovery.", "advertised_address listen_address"),
        ("causal_clustering.transaction_", "server.cluster.", "advertised_address listen_address"),
        ("causal_clustering.raft_", "server.cluster.raft.", "advertised_address listen_address"),
        ("dbms.routing.", "server.routing.", "advertised_address listen_address"),
        ("dbms.backup.", "server.backup.", "enabled listen_address"),
        ("causal_clustering.initial_discovery_members", "dbms.cluster.discovery.endpoints", "."),
        ("causal_clustering.discovery_type", "dbms.cluster.discovery.type", "."),
        ("causal_clustering.middleware.logging.level", "dbms.cluster.discovery.log_level", "."),
        (
            "causal_clustering.minimum_core_cluster_size_at_formation",
            "dbms.cluster.minimum_initial_system_primaries_count",
            ".",
        ),
        ("causal_clustering.minimum_core_cluster_size_at_runtime", None, "."),
        ("dbms.mode", "initial.server.mode_constraint", "."),
        ("causal_clustering.server_groups", "server.groups", "."),
        ("causal_clustering.kubernetes.", "dbms.kubernetes.", "address ca_crt cluster_domain"),
        ("causal_clustering.kubernetes.", "dbms.kubernetes.", "label_selector namespace"),
        ("causal_clustering.kubernetes.", "dbms.kubernetes.", "service_port_name token"),
        ("causal_clustering.cluster_binding_timeout", "dbms.cluster.raft.binding_timeout", "."),
        (
            "causal_clustering.catch_up_client_inactivity_timeout",
            "dbms.cluster.catchup.client_inactivity_timeout",
            ".",
        ),
        (
            "causal_clustering.",
            "dbms.cluster.raft.",
            "election_failure_detection_window leader_failure_detection_window",
        ),
        (
            "causal_clustering.join_catch_up_",
            "dbms.cluster.raft.membership.join_",
            "max_lag timeout",
        ),
        (
            "causal_clustering.load_balancing.",
            "dbms.routing.load_balancing.",
            "plugin shuffle_enabled",
        ),
        (
            "causal_clustering.cluster_allow_reads_on_followers",
            "dbms.routing.reads_on_primaries_enabled",
            ".",
        ),
        (
            "causal_clustering.cluster_allow_reads_on_leader",
            "dbms.routing.reads_on_writers_enabled",
            ".",
        ),
        ("dbms.directories.", "server.directories.", "cluster_state metrics"),
        (
            "metrics.",
            "server.metrics.",
            (
                "csv.enabled csv.interval csv.rotation.compression csv.rotation.keep_number "
                "csv.rotation.size enabled filter graphite.enabled graphite.interval "
                "graphite.server jmx.enabled prefix prometheus.enabled prometheus.endpoint"
            ),
        ),
    ),
    *moves(
        "5.7",
        _MANUALS,
        ("dbms.cluster.discovery.type", "dbms.cluster.discovery.resolver_type", "."),
        until="2025.01",
    ),
    *moves(
        "2025.01",
        _CALENDAR,
        ("dbms.cluster.discovery.v2.endpoints", "dbms.cluster.endpoints", "."),
        (
            "dbms.kubernetes.discovery.v2.service_port_name",
            "dbms.kubernetes.discovery.service_port_name",
            ".",
        ),
    ),
    *moves(
        "2025.01",
        _CALENDAR,
        ("server.discovery.", None, "advertised_address listen_address"),
        ("dbms.cluster.discovery.endpoints", "dbms.cluster.endpoints", "."),
        ("dbms.cluster.discovery.version", None, "."),
        until="2025.01",
    ),
)
