"""What a person should know of a cluster policy that stands in neo4j.conf and does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.neo4j.conf import same_key
from wizard.neo4j.policy_reader import PREFIX
from wizard.planning.view import ServerView


def of_standing_policy(view: ServerView) -> Iterator[Problem]:
    """Yield a warning for each way in which a policy stands there and is not in force."""
    keys = [key for key in view.conf.values if same_key(key).startswith(PREFIX)]
    misspelt = [key for key in keys if not key.startswith(PREFIX)]
    if misspelt:
        yield _warning(
            view,
            "policy-scope-misspelt",
            f"neo4j.conf on {view.name} writes {shown(misspelt[0])}, but Neo4j knows the word "
            "cluster in small letters only: by such lines nothing is encrypted.",
            "The wizard writes its own lines in their place; look at the preview before you say "
            "yes.",
            misspelt[0],
        )
    ours = [key for key in keys if key.startswith(PREFIX)]
    if ours and (view.conf.get(PREFIX + "enabled") or "").strip().lower() != "true":
        yield _warning(
            view,
            "policy-present-not-enabled",
            f"neo4j.conf on {view.name} has settings of a cluster policy that is not enabled; "
            "they will be replaced.",
            "Look at the preview before you say yes.",
            ours[0],
        )


def _warning(view: ServerView, code: str, message: str, hint: str, key: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.WARNING,
        message=message,
        hint=hint,
        server=view.name,
        file=view.facts.conf_file,
        line=view.conf.line_of(key),
    )
