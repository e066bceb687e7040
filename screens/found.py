"""What the survey found: what leaves a later question out, and by what a server is dialled."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from wizard.errors import WizardError
from wizard.interview.given import Answers
from wizard.interview.keys import with_commands
from wizard.model.facts import ServerFacts
from wizard.model.settings import Settings
from wizard.neo4j.addresses import advertised_host
from wizard.neo4j.conf import Conf
from wizard.neo4j.versions import is_known, rules_for


def with_version(given: Answers, facts: Iterable[ServerFacts]) -> Answers:
    """Return the answers with the version, where it can't open a key that has a password.

    And with whether all servers are started so that a command in neo4j.conf can print one.
    """
    facts = tuple(facts)
    given = with_commands(given, facts)
    found = {one.version for one in facts}
    version = found.pop() if len(found) == 1 else None
    if version is None or not is_known(version) or rules_for(version).key_passwords:
        return given.without("neo4j")
    return given.with_answer("neo4j", f"{version.major}.{version.minor}")


def dialled(facts: ServerFacts, settings: Settings) -> str:
    """Return the address the others dial a server by: its neo4j.conf says it, else the answers."""
    rows = {server.name: server.address for server in settings.servers}
    with contextlib.suppress(WizardError):
        if facts.version is not None:
            found = advertised_host(Conf.parse(facts.conf), facts.version)
            return found or rows.get(facts.server, "?")
    return rows.get(facts.server, "?")
