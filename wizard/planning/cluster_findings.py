"""What is wrong with the servers together, and with what the answers want of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.model.problems import Problem, blocker
from wizard.model.settings import ClientAuth, Settings
from wizard.model.text import shown
from wizard.neo4j.versions import NEWEST_KNOWN, rules_for
from wizard.planning.key_commands import of_key_commands
from wizard.planning.key_passwords import of_key_passwords
from wizard.planning.naming import unresolved
from wizard.planning.telling import note, warning
from wizard.planning.view import ServerView, bare_host


def of_cluster(settings: Settings, views: Sequence[ServerView]) -> Iterator[Problem]:
    """Yield what is wrong with the servers together, and with the answers."""
    yield from _of_answers(settings)
    yield from of_key_passwords(settings, views)
    for view in views:
        yield from of_key_commands(settings, view)
    releases = dict.fromkeys((v.version.major, v.version.minor) for v in views)
    if len(releases) > 1:
        listed = ", ".join(f"{v.name} has {v.version}" for v in views)
        yield blocker(
            None,
            "version-mixed",
            f"The servers run different versions of Neo4j: {listed}.",
            "Finish the upgrade first, so that all servers run the same version.",
        )
    yield from _duplicate_addresses(views)
    if views and views[0].version > NEWEST_KNOWN and rules_for(views[0].version).newer_than_known:
        yield note(
            None,
            "version-newer-than-known",
            f"Neo4j {views[0].version} is newer than what this wizard knows; the rules of "
            f"{NEWEST_KNOWN.major}.{NEWEST_KNOWN.minor:02d} are used.",
            "Look for a newer version of the wizard.",
        )
    yield from unresolved(views)


def _of_answers(settings: Settings) -> Iterator[Problem]:
    if settings.policy.client_auth is not ClientAuth.REQUIRE:
        yield warning(
            None,
            "client-auth-not-required",
            f"With client_auth {settings.policy.client_auth.value} anyone who reaches a cluster "
            "port can connect without a certificate, and read the databases.",
            "Choose REQUIRE.",
        )


def _duplicate_addresses(views: Sequence[ServerView]) -> Iterator[Problem]:
    owners: dict[tuple[str, int], str] = {}
    told: set[tuple[str, str]] = set()
    for view in views:
        for port in view.ports:
            first = owners.setdefault((bare_host(port.host), port.port), view.name)
            if first != view.name and (first, view.name) not in told:
                told.add((first, view.name))
                yield blocker(
                    view.name,
                    "address-duplicate",
                    f"{first} and {view.name} both advertise {shown(port.host)}:{port.port}, so "
                    "their peers can't tell them apart.",
                    f"Correct the advertised addresses in neo4j.conf, or `servers.{view.name}."
                    "address` in the answers.",
                )
