"""What a front end hands to the engine to have one command carried out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.engine.cancel import Cancel
from wizard.model.secrets import Secrets
from wizard.model.settings import Settings

if TYPE_CHECKING:  # a screen makes requests long before anything needs SSH
    from wizard.engine.papers.outcome import Outcome
    from wizard.engine.session import Session
    from wizard.planning.approval import Approval
    from wizard.planning.plan import Plan
    from wizard.remote.reaching import HostKeySeen

FORMATION_TIMEOUT_S = 30 * 60.0
"""How long a cluster may take to form; recovery of a large store can take most of it."""


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def never(_seen: HostKeySeen) -> bool:
    """Say no to a host key nobody has confirmed: what a front end without a person does."""
    return False


def keep_nothing(_made: Outcome | Plan) -> None:
    """Let the outcome or the plan go."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One command, with everything it needs from outside.

    Attributes:
        settings: what the person answered; None for the commands that read it from a run.
        decide_host_key: asked once for each host key that is not known.
        confirm: the one yes; asked with the plan before anything is written.
        formation_timeout_s: how long the started servers may take to become a cluster.
        session: an open one to use (the caller closes it), or None to open and close one.
        answers_toml: the answers as a file, for the run's folder.
        run: the run to resume or undo, or None for the last one.
        from_servers: whether the run to undo or resume is looked for on the servers, by these
            answers.
        take_over: the run whose locks may be taken from another workstation, because a person says
            that the wizard which held them has ended; or None.
        until_staged: whether apply ends once everything is staged, before anything stops.
        records: further state folders in which the run that encrypted a cluster may be recorded.
        approved: what apply is held to; anything else is refused, or None for no such bond.
        suspended: whether a person says, now, that what the plan wants suspended is; the answers
            may say it, too.
        nmap: whether verify asks nmap for a second opinion.
        asks_for_copy: whether the front end itself asks a person for a copy of the CA at the end.
        keep_plan: called with the plan that `plan` made.
        keep_outcome: called once with what the last screen shows.
    """

    settings: Settings | None = None
    secrets: Secrets = field(default_factory=Secrets)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    clock: Callable[[], datetime] = utc_now
    decide_host_key: Callable[[HostKeySeen], bool] = never
    confirm: Callable[[Plan], bool] = lambda _plan: True
    cancel: Cancel = field(default_factory=Cancel)
    formation_timeout_s: float = FORMATION_TIMEOUT_S
    session: Session | None = None
    answers_toml: str = ""
    run: str | None = None
    from_servers: bool = False
    take_over: str | None = None
    until_staged: bool = False
    records: tuple[Path, ...] = ()
    approved: Approval | None = None
    suspended: Callable[[Plan], bool] = lambda _plan: False
    nmap: bool = False
    asks_for_copy: bool = False
    keep_plan: Callable[[Plan], None] = keep_nothing
    keep_outcome: Callable[[Outcome], None] = keep_nothing
