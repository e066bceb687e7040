"""From answers to a plan, over open connections: the part every command begins with."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from wizard.engine.changes.putting_back import problem_from
from wizard.engine.events import ChangePlanned, Event, ProblemFound, Said
from wizard.engine.login.gate import gated
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.model.settings import Settings
from wizard.pki.supply.supplied import Material
from wizard.planning.approval import approval_of, approval_sentence
from wizard.planning.in_place import LeafJudge
from wizard.planning.plan import Plan
from wizard.planning.planner import make_plan
from wizard.planning.render import change_details


def settings_of(request: Request) -> Settings:
    """Return the request's settings.

    Raises:
        UsageError: the front end gave none.
    """
    if request.settings is None:
        raise UsageError("This command needs the answers about the cluster.")
    return request.settings


@contextmanager
def opened(request: Request, settings: Settings) -> Iterator[Session]:
    """Give the request's session, or one of our own that ends with the block."""
    if request.session is not None:
        yield request.session
        return
    with Session(settings, request.secrets, request.decide_host_key, request.environ) as session:
        yield session


def connect(session: Session) -> Generator[Event, None, bool]:
    """Log in everywhere; yield why a server was not reached; return whether all were."""
    session.connect()
    for name, error in sorted(session.unreached.items()):
        yield ProblemFound(problem=problem_from(error, name))
    return not session.unreached


def plan_from(request: Request, session: Session, material: Material | None = None) -> Plan:
    """Look at every server, ask Neo4j where a login is given, and make the plan; nothing changes.

    Args:
        request: the command.
        session: an open one.
        material: what was brought, where the certificates come from outside.

    Raises:
        WizardError: a server could not be looked at.
    """
    facts = session.survey()
    judge = LeafJudge(request.clock())
    plan = make_plan(
        settings_of(request), tuple(facts.values()), leaf_state=judge, material=material
    )
    return gated(plan, request, session)


def plan_events(plan: Plan) -> Iterator[Event]:
    """Yield a plan's problems and changes; equal plans give equal events."""
    for problem in plan.problems:
        yield ProblemFound(problem=problem)
    for change in plan.changes:
        yield ChangePlanned(
            server=change.server,
            change=change.id,
            kind=change.kind.value,
            what=change.what,
            undo=change.undo,
            details=change_details(plan, change),
        )


def approval_told(plan: Plan) -> Iterator[Event]:
    """Yield the fingerprint that somebody may approve; a plan without changes needs none."""
    if plan.changes:
        approval = approval_of(plan)
        yield Said(
            message=approval_sentence(approval), plan=approval.sha256, parts=dict(approval.parts)
        )


def is_blocked(plan: Plan) -> bool:
    """Whether something has to be mended before apply may begin."""
    return any(problem.blocks for problem in plan.problems)
