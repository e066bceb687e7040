"""Logs, version by version: their places, their formats and the words that changed."""

from __future__ import annotations

from wizard.neo4j.versions.fact import always, since

_LOGGING = "Operations Manual, Logging"


class LogFacts:
    """Where the logs are and what they look like."""

    __slots__ = ()

    user_log = always(f"{_LOGGING}: standard output, where a service manager runs it", "neo4j.log")
    """The file of the user log in the log folder."""

    debug_log = always(_LOGGING, "debug.log")
    """The file of the debug log in the log folder."""

    user_log_setting = since(
        "Operations Manual 3.5 and 4.4, dbms.logs.user.path; 5: conf/user-logs.xml",
        ("3.5", "dbms.logs.user.path"),
        ("5.0", None),
    )
    """The setting that moves the user log alone, or None where a file of Log4j does."""

    debug_log_setting = since(
        "Operations Manual 3.5 and 4.4, dbms.logs.debug.path; 5: conf/server-logs.xml",
        ("3.5", "dbms.logs.debug.path"),
        ("5.0", None),
    )
    """The setting that moves debug.log alone, or None where a file of Log4j does."""

    log_files = since(
        f"{_LOGGING}; Log4j's files are read from 5.0 on",
        ("3.5", ()),
        ("5.0", ("conf/user-logs.xml", "conf/server-logs.xml")),
    )
    """The files below NEO4J_HOME that give the logs their format."""

    format_setting = since(
        "GraphDatabaseSettings of 4.2.19 and 4.3.24: only the latter declares it",
        ("3.5", None),
        ("4.3", "dbms.logs.default_format"),
        ("5.0", None),
    )
    """The setting that makes all logs JSON."""

    json_debug_log = since(
        "Operations Manual, Breaking changes between 5 and 2025.01, logging",
        ("3.5", False),
        ("2025.01", True),
    )
    """Whether debug.log is JSON Lines in a fresh installation; neo4j.log is text in every one."""

    connected_protocol = since(
        "HandshakeClientInitializer of 3.6; public logs of 4.1.1 and of 4.2; Operations Manual "
        "4.4 and 5, Kubernetes, verify cluster formation; 4.0 and 4.3 lie between them",
        ("3.5", "raft version:2"),
        ("4.0", "raft version:2.0"),
        ("4.1", "raft version:3.0"),
        ("4.3", "raft version:4.0"),
        ("5.0", "RAFT version:1.0"),
    )
    """What stands in the brackets of a `Connected to` line."""

    waiting = since(
        "CoreMonitor of 3.5; a public log of 4.0.5",
        ("3.5", "Waiting for a total of {servers} core members..."),
        ("4.0", "Database 'system' is waiting for a total of {servers} core members..."),
    )
    """The line of a server that waits for others."""

    bootstrapped = since(
        "CoreMonitor of 3.5; Operations Manual 4.4, Kubernetes, verify cluster formation",
        ("3.5", "This instance bootstrapped the cluster."),
        ("4.0", "This instance bootstrapped the 'system' database."),
        ("5.0", None),
    )
    """The line of the server that formed the cluster, before it has started."""

    leader_lost = since(
        "Knowledge Base, a 3.5 core that loses its members; public logs of 5 name databases so",
        ("3.5", "Leader changed from MemberId{{{member}}} to null"),
        ("4.0", "[system/00000000] Leader changed from MemberId{{{member}}} to null"),
        ("5.0", "[system/00000000] Leader changed from RaftMemberId{{{member}}} to null"),
    )
    """The line of debug.log of a server that knows of no leader any more."""

    cluster_package = since(
        "Recordings of 3.4 (org.neo4j.causalclustering); a public debug.log of 5.20 (com.neo4j)",
        ("3.5", "o.n.c"),
        ("4.0", "c.n.c"),
    )
    """How debug.log shortens the package of the cluster's classes."""

    policy_loader = since(
        "Recordings of 3.5.35's own class; Knowledge Base, intracluster SSL encryption",
        ("3.5", "o.n.k.c.s.SslPolicyLoader"),
        ("4.0", "o.n.s.c.SslPolicyLoader"),
    )
    """The class that tells of a loaded policy, as debug.log shortens it."""

    padded_debug_level = since(
        "Recordings of 3.4 and 3.5 (FormattedLog); Operations Manual 5, Logging (`%-5p`)",
        ("3.5", False),
        ("4.0", True),
    )
    """Whether INFO and WARN are followed by two blanks in debug.log, too."""

    mirrors_server_lines = since(
        "Recordings of 3.4: no line of the web server there; public logs of 5.20",
        ("3.5", False),
        ("4.0", True),
    )
    """Whether `Starting...`, `Started.` and why a start failed stand in debug.log, too."""

    interface_comes_last = since(
        "Recordings of 3.4; a public log of 5.20",
        ("3.5", True),
        ("4.0", False),
    )
    """Whether `Remote interface available` stands below `Started.`."""

    names_server_ids = since("Recordings of 3.4; public logs of 5", ("3.5", False), ("4.0", True))
    """Whether a server says its own id when it starts; else it tells its addresses."""

    start_failed = since(
        "Public logs of docker-neo4j 118 and 225; of nixpkgs 387167 for 5",
        ("3.5", "Failed to start Neo4j: Starting Neo4j failed: {failed}"),
        ("5.0", "Failed to start Neo4j on {host}:7474."),
    )
    """The line of a start that failed."""

    start_failed_cause = since(
        "Public logs of docker-neo4j 118 and 225; of nixpkgs 387167 for 5",
        ("3.5", "org.neo4j.server.ServerStartupException: Starting Neo4j failed: {failed}"),
        (
            "5.0",
            "java.lang.RuntimeException: Error starting Neo4j database server at {databases}",
        ),
    )
    """The first exception below it."""
