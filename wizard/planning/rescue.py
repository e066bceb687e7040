"""What to type if the workstation is lost in the middle; shown before the yes, while it is there.

None of it is needed where apply itself ends: then every server is done, or put back.
"""

from __future__ import annotations

from wizard.model.settings import AccessSettings
from wizard.planning.plan import Plan

RESCUE_TITLE = "If this computer is lost in the middle"
TOGETHER = (
    "Put back all servers or none, and then start them together: one that is put back alone can't "
    "talk to the others."
)


def rescue_commands(run: str, server: str, access: AccessSettings) -> tuple[str, str, str]:
    """Return the commands that finish a run on one server, put that server back, or put all back.

    The first two are typed on the server itself; the last one on this computer.
    """
    folder = f"sh ~/.neo4j-tls/{run}/{server}"
    finish, undo = (access.by_hand(f"{folder}/{name}.sh") for name in ("finish", "undo"))
    return finish, undo, f"neo4j-tls undo {run}"


def rescue_rows(plan: Plan) -> list[tuple[str, str]]:
    """Return each command with what it does and where it is typed."""
    rows = [
        ("on this computer, once it is back, to go on to the end", f"neo4j-tls resume {plan.run}"),
        (
            "on this computer, once it is back, to put every server back",
            f"neo4j-tls undo {plan.run}",
        ),
    ]
    for one in plan.servers:
        finish, undo, _ = rescue_commands(plan.run, one.server, plan.settings.access)
        rows.append((f"on {one.server}, without this computer, to put its files back", undo))
        rows.append((f"on {one.server}, without this computer, to finish the run there", finish))
    return rows


def rescue_sentences(plan: Plan) -> list[str]:
    """Return the same as sentences, one a command."""
    rows = [f"{RESCUE_TITLE}, {what}: {line}" for what, line in rescue_rows(plan)]
    return [*rows, TOGETHER]
