"""What the survey found that leaves a later question out."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.interview.given import Answers
from wizard.interview.keys import with_commands
from wizard.model.facts import ServerFacts
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
