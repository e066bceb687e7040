"""How a start that Neo4j refuses looks in its logs: the message, and the causes below it."""

from __future__ import annotations

from wizard.model.version import Version
from wizard.neo4j.versions import rules_for
from wizard.practice.neo4j.logs import Logs, stack_trace
from wizard.practice.neo4j.order import Order

_ENTRY = "o.n.s.CommunityBootstrapper"
_COMPONENT = "org.neo4j.dbms.database.DatabaseLifecycles@1b5bc39d"
_COMPONENT_3 = "org.neo4j.server.database.LifecycleManagingDatabase@39ad977d"


class StartRefused(Exception):  # noqa: N818 - a refusal that Neo4j speaks out, not an error of ours
    """Neo4j would not start.

    Args:
        causes: `CLASS: MESSAGE` of each cause, the root cause last.
    """

    def __init__(self, *causes: str) -> None:
        super().__init__(*causes)
        self.causes = causes


def write_refusal(logs: Logs, version: Version, order: Order, reason: StartRefused) -> None:
    """Write what the version says when it does not start."""
    root = reason.causes[-1].partition(": ")[2]
    rules = rules_for(version)
    component = _COMPONENT_3 if rules.named_policies else _COMPONENT
    failed = (
        f"Component '{component}' was successfully initialized, but failed to start. "
        f'Please see the attached cause exception "{root}".'
    )
    lifecycle = f"org.neo4j.kernel.lifecycle.LifecycleException: {failed}"
    message = rules.start_failed.format(failed=failed, host=order.ip)
    if rules.named_policies:
        message = message.removesuffix(".")
    first = rules.start_failed_cause.format(failed=failed, databases=f"{order.home}/data/databases")
    trace = stack_trace(first, lifecycle, *reason.causes)
    logs.say(message, _ENTRY, "ERROR", trace)
