"""What 3.5's freely named policies mean for the change: one is replaced, or is used elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Problem
from wizard.model.text import shown
from wizard.neo4j.policy import named_policy, other_uses
from wizard.planning.telling import note, warning
from wizard.planning.view import ServerView


def of_named_policies(view: ServerView) -> Iterator[Problem]:
    """Yield what the change does to a policy that stands, where policies have free names."""
    name = named_policy(view.conf, view.version)
    if name not in {None, "cluster"}:
        yield note(
            view.name,
            "policy-replaced",
            f"On {view.name} the cluster is protected by the policy {shown(name or '')}; its "
            "place is taken by the policy `cluster`, and its own lines and files stay as they are.",
            "Remove them when nothing else uses them.",
            view.facts.conf_file,
        )
    if uses := other_uses(view.conf, view.version):
        yield warning(
            view.name,
            "policy-shared",
            f"On {view.name} {', '.join(uses)} also names the policy `cluster`, so its clients "
            "will meet the new certificates and must trust the cluster's authority.",
            "Give these connections a policy of another name first.",
            view.facts.conf_file,
        )
