"""Which statement tells of servers and databases, version by version."""

from __future__ import annotations

from enum import StrEnum

from wizard.neo4j.versions.fact import since


class Question(StrEnum):
    """A statement that only reads, as Cypher."""

    OVERVIEW = "CALL dbms.cluster.overview()"
    SERVERS = "SHOW SERVERS YIELD name, address, state, health"
    DATABASES = "SHOW DATABASES"
    DATABASES_AND_COUNTS = (
        "SHOW DATABASES YIELD name, type, access, address, role, writer, requestedStatus,"
        " currentStatus, statusMessage, default, currentPrimariesCount, requestedPrimariesCount"
    )

    @property
    def is_about_databases(self) -> bool:
        """Whether its rows are copies of databases; else they are servers."""
        return self in (Question.DATABASES, Question.DATABASES_AND_COUNTS)


QUESTIONS = since(
    "Operations Manual 3.5 and 4.4, Monitoring, Procedures for monitoring a Causal Cluster;"
    " Manual 5, Clustering, Monitor servers and Monitor databases",
    ("3.5", (Question.OVERVIEW,)),
    ("4.0", (Question.OVERVIEW, Question.DATABASES)),
    ("5.0", (Question.SERVERS, Question.DATABASES_AND_COUNTS)),
)
"""What a server is asked; from 4.0 on, of the database `system`."""
