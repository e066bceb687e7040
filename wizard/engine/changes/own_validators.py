"""Neo4j's own word on the staged neo4j.conf, from every server that can give it."""

from __future__ import annotations

from collections.abc import Generator

from wizard.engine.events import Event, Said
from wizard.engine.parallel import Emit, Gathered, on_each
from wizard.engine.session import Session
from wizard.errors import RemoteError
from wizard.neo4j.versions import rules_for
from wizard.planning.plan import Plan
from wizard.remote.own_validator import OwnVerdict, Word, ask_validator

_NOT_HELD_AGAINST = frozenset({"timeout", "too-much-output"})
_NAME = "neo4j-admin server validate-config"
_WORDS = {
    Word.PASSED: f"Neo4j's own `{_NAME}` finds nothing wrong with the changed neo4j.conf.",
    Word.ABSENT: f"There is no `{_NAME}` here, so Neo4j itself was not asked.",
    Word.HOLDS_COMMANDS: f"neo4j.conf holds commands, which `{_NAME}` would run; it was not asked.",
    Word.NO_ROOM: f"No folder for temporary files here has room, so `{_NAME}` was not asked.",
    Word.LATE: f"Neo4j's own `{_NAME}` gave no answer in time; going on without it.",
    Word.UNCLEAR: f"Neo4j's own `{_NAME}` gave no verdict; going on without it.",
}


def ask_own_validators(plan: Plan, session: Session) -> Generator[Event, None, Gathered[None]]:
    """Ask each server's own validator about what was staged, and tell what it says.

    A server whose Neo4j finds something wrong with the staged file, and not with the present one,
    has the error `setting-refused`; one that can't answer has none.
    """
    servers = {one.server: one for one in plan.servers}

    def one(name: str, emit: Emit) -> None:
        if rules_for(servers[name].version).validate_command is None:
            return
        try:
            verdict = session.held(
                name, lambda: ask_validator(session.connections[name], plan.run, name)
            )
        except RemoteError as error:
            if error.code not in _NOT_HELD_AGAINST:
                raise
            verdict = OwnVerdict(word=Word.LATE)
        if verdict.word is Word.REFUSED:
            raise _refusal(name, verdict)
        emit(Said(server=name, message=_WORDS[verdict.word]))
        for words in (*verdict.standing, *verdict.warned):
            emit(Said(server=name, message=f"It says: {words}"))

    return on_each(servers, one)


def _refusal(name: str, verdict: OwnVerdict) -> RemoteError:
    return RemoteError(
        name,
        f"Neo4j's own `{_NAME}` on {name} refuses the changed neo4j.conf: "
        f"{' '.join(verdict.refused)}",
        hint="Correct neo4j.conf there, then run the plan again.",
        code="setting-refused",
    )
