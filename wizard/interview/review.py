"""The last step before the yes: everything that will change, server by server."""

from __future__ import annotations

from wizard.interview.fields import Step, StepKind

REVIEW = Step(
    key="review",
    title="Review",
    kind=StepKind.REVIEW,
    explain=(
        "This is everything that will change: new files, lines of neo4j.conf, and the order in "
        "which the servers stop and start. Up to here nothing has been changed anywhere. After "
        "your yes the whole cluster stops once, starts encrypted and is then proved; if that "
        "fails, every server is put back."
    ),
)
