"""What an administrator types to run Neo4j, version by version."""

from __future__ import annotations

from wizard.neo4j.versions.fact import always, since


class CommandFacts:
    """Commands below NEO4J_HOME, and statements in Cypher."""

    __slots__ = ()

    run_command = always("Operations Manual, Neo4j CLI", "bin/neo4j")
    """Takes start, stop, restart, status and console."""

    service_unit = always("Operations Manual, Linux installation", "neo4j")
    """The unit of systemd that the packages install; it runs `neo4j console`."""

    validate_command = since(
        "Operations Manual 5, neo4j-admin server validate-config: since 5.5",
        ("3.5", None),
        ("5.5", "bin/neo4j-admin server validate-config"),
    )
    """Looks at neo4j.conf without starting anything; it opens no keys and no certificates."""

    migrate_command = since(
        "Operations Manual 5, neo4j-admin server migrate-configuration",
        ("3.5", None),
        ("5.0", "bin/neo4j-admin server migrate-configuration"),
    )
    """Rewrites a neo4j.conf of 4.4 with the names of 5."""

    windows_service = since(
        "Operations Manual, Windows installation",
        ("3.5", "bin\\neo4j {action}-service"),
        ("5.0", "bin\\neo4j windows-service {action}"),
    )
    """What installs, updates or uninstalls the service; `{action}` is one of these words."""

    servers_statement = since(
        "Operations Manual, Monitoring a cluster",
        ("3.5", "CALL dbms.cluster.overview()"),
        ("5.0", "SHOW SERVERS"),
    )
    """Neo4j's own word on who is in the cluster."""

    status_statement = since(
        "Operations Manual 5, dbms.cluster.statusCheck: since 5.24",
        ("3.5", None),
        ("5.24", "CALL dbms.cluster.statusCheck([])"),
    )
    """Whether each database can be written to, or None where Neo4j can't tell."""
