"""The two steps that look at the servers: whose host keys they are, and what stands on them."""

from __future__ import annotations

from wizard.interview.defaults import fixed
from wizard.interview.fields import Choice, Option, Step, StepKind
from wizard.interview.welcome import is_practice

HOST_KEYS = Step(
    key="host-keys",
    title="Host keys",
    kind=StepKind.HOST_KEYS,
    explain=(
        "An SSH server proves who it is with its host key. The wizard logs in only after you have "
        "said that each fingerprint is the right one: compare it with what ssh-keygen -lf prints "
        "on that server's own console. A host key that has changed stops everything."
    ),
)

BACKUP = Choice(
    key="backup",
    label="Backup",
    why="Encryption changes no data, but a stop of the whole cluster deserves a recent backup.",
    default=fixed("taken", "what we advise"),
    applies=lambda given: not is_practice(given),
    options=(
        Option(
            value="taken",
            label="There is a recent backup",
            meaning="You know where it is and that it can be restored.",
        ),
        Option(
            value="without",
            label="Go on without one",
            meaning="The wizard can put its own changes back, but it can't bring data back.",
        ),
    ),
)

SURVEY = Step(
    key="survey",
    title="Survey",
    kind=StepKind.SURVEY,
    explain=(
        "The wizard now reads, on every server: the Neo4j version and edition, neo4j.conf, the "
        "advertised addresses and ports, who owns the files, the clock, and whether the servers "
        "resolve each other's names. It writes nothing. What stands in the way is listed with the "
        "way out."
    ),
    fields=(BACKUP,),
)
