"""The cluster's name and its servers."""

from __future__ import annotations

from collections import Counter

from wizard.interview import checks
from wizard.interview.defaults import fixed, nothing
from wizard.interview.fields import Column, ServerRows, Step, Text
from wizard.model.settings import DETECT


def duplicates(rows: list[dict[str, str]]) -> str | None:
    """Refuse two servers of the same name or the same login, which would be one server twice."""
    for key, what in (("name", "the name"), ("ssh", "the SSH login")):
        counted = Counter(row.get(key, "") for row in rows)
        twice = next((value for value, times in counted.items() if value and times > 1), None)
        if twice:
            return f"Two servers have {what} {twice}; give each server its own."
    return None


def duplicate_names(rows: list[dict[str, str]]) -> str | None:
    """Refuse two servers of the same name."""
    return duplicates([{"name": row.get("name", "")} for row in rows])


COLUMNS = (
    Column(
        key="name",
        label="Name",
        why="A short label for this server on every screen and in the names of its files.",
        placeholder="server1",
    ),
    Column(
        key="ssh",
        label="SSH",
        why="How the wizard logs in to read neo4j.conf and, after your yes, to change it.",
        placeholder="admin@10.0.0.1:22",
    ),
    Column(
        key="address",
        label="Address",
        why=(
            "What the other servers dial; it goes into the certificate, and detect reads it from "
            "neo4j.conf."
        ),
        placeholder="server1.example.com",
        default=DETECT,
    ),
)

SERVERS = Step(
    key="servers",
    title="Servers",
    explain=(
        "List every server (node) of the cluster, primaries and secondaries alike. A cluster has "
        "no mixed mode: a server left out would still speak plaintext, and the others would no "
        "longer accept it. Neo4j calls the address that the others dial the advertised address."
    ),
    fields=(
        Text(
            key="cluster.name",
            label="Cluster name",
            why="It names the certificate authority, and you will type it to confirm the changes.",
            default=nothing(""),
            check=checks.cluster_name,
            placeholder="payments",
        ),
        ServerRows(
            key="servers",
            label="Servers",
            why="Each server gets its own key, and a certificate for the address the others dial.",
            default=fixed([], ""),
            columns=COLUMNS,
            check_row=checks.server_row,
            check_rows=duplicate_names,
        ),
    ),
)
