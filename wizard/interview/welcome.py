"""The first step: practise, or work on servers of one's own."""

from __future__ import annotations

from wizard.interview.defaults import fixed
from wizard.interview.fields import Choice, Given, Option, Step, StepKind

PRACTICE = "practice"
OWN = "own"


def is_practice(given: Given) -> bool:
    """True when the answers are for the practice cluster."""
    return given.get("walk") == PRACTICE


WELCOME = Step(
    key="welcome",
    title="Welcome",
    kind=StepKind.WELCOME,
    explain=(
        "The servers of a Neo4j cluster talk to each other in plaintext until an SSL policy for "
        "the scope cluster is switched on. The wizard asks about ten short questions, makes the "
        "certificates, shows every change, and then makes it. Nothing changes on any server "
        "before your one yes, and everything can be put back."
    ),
    fields=(
        Choice(
            key="walk",
            label="Cluster",
            why="A first walk on the practice cluster shows every step without touching a server.",
            default=fixed(PRACTICE, "a safe first walk"),
            options=(
                Option(
                    value=PRACTICE,
                    label="Practise on a built-in cluster",
                    meaning=(
                        "Three simulated servers start on this computer, with real SSH and real "
                        "TLS, and go away when you leave."
                    ),
                ),
                Option(
                    value=OWN,
                    label="Encrypt my cluster",
                    meaning=(
                        "You need SSH access to every server, and a time at which the cluster may "
                        "stop for some minutes."
                    ),
                ),
            ),
        ),
    ),
)
