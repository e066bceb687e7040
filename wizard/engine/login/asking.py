"""Every Neo4j of the cluster asked at once how it is, each through its own SSH connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from wizard.engine.login.place import BoltPlace, bolt_place
from wizard.engine.login.speaking import (
    SILENT,
    Conversation,
    NotHereError,
    Rows,
    UnknownStatementError,
    check_driver,
)
from wizard.engine.login.tunnel import Tunnel
from wizard.engine.parallel import together
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import BlockedError, HealthError, RemoteError, WizardError
from wizard.model.facts import ServerFacts
from wizard.model.problems import Problem
from wizard.neo4j.health import QUESTIONS, Expected, Question, Told, problems_of, told_of

ASK_S = 20.0
"""How long one server may take for all it is asked; a healthy one needs less than a second."""

REFUSED = "neo4j-login-refused"
SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What came of asking.

    Attributes:
        told: by server, what its Neo4j said.
        silent: by server, why it could not be asked.
        expected: the servers of the answers, as Neo4j calls them.
    """

    told: Mapping[str, Told]
    silent: Mapping[str, WizardError]
    expected: Expected

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong by Neo4j's own word, each once whoever says it."""
        found = [p for told in self.told.values() for p in problems_of(told, self.expected)]
        return tuple({(p.code, p.server, p.message): p for p in found}.values())

    @property
    def databases(self) -> tuple[str, ...]:
        """The databases any server named."""
        names = [one.database for told in self.told.values() for one in told.copies or ()]
        return tuple(sorted(set(names)))

    @property
    def is_whole(self) -> bool:
        """Whether a server told of the whole cluster, or there is no other one."""
        return len(self.expected.addresses) == 1 or any(
            told.members is not None for told in self.told.values()
        )


def ask_health(request: Request, session: Session) -> Health:
    """Ask every server that is connected; whatever keeps one from answering is kept for it."""
    expected = Expected(addresses=dict(_addresses(session.facts.values())))
    try:
        check_driver()
    except HealthError as error:
        return Health(told={}, silent=dict.fromkeys(session.facts, error), expected=expected)
    asked = together(session.facts, lambda name: _ask(request, session, name))
    return Health(told=asked.answers, silent=asked.errors, expected=expected)


@contextmanager
def conversation_with(request: Request, session: Session, server: str) -> Iterator[Conversation]:
    """Give a conversation with one server's Neo4j.

    Raises:
        HealthError: there is no way to it.
    """
    user = session.settings.login_user or ""
    password = request.secrets.of("neo4j_password", server)
    if password is None:
        raise HealthError(
            f"No password was given for the Neo4j user on {server}.",
            hint="Write neo4j_password into the secrets file, or type it when it is asked for.",
        )
    place = bolt_place(session.facts[server])
    with (
        _tunnel(session, server, place) as tunnel,
        Conversation(
            server=server,
            port=tunnel.port,
            user=user,
            password=password,
            encrypted=place.encrypted,
            seconds=ASK_S,
        ) as conversation,
    ):
        yield conversation


def _tunnel(session: Session, server: str, place: BoltPlace) -> Tunnel:
    try:
        return Tunnel(session.connections[server], place.host, place.port, ASK_S)
    except (RemoteError, KeyError, OSError) as error:
        told = error if isinstance(error, RemoteError) else None
        raise HealthError(
            told.message if told else f"There is no way to Neo4j on {server}.",
            hint=told.hint if told else "Look whether this computer can open a local port.",
            code=SILENT,
        ) from error


def _ask(request: Request, session: Session, server: str) -> Told:
    version = session.facts[server].version
    if version is None:
        raise HealthError(f"The version of Neo4j on {server} is not known.")
    questions = QUESTIONS.of(version)
    database = SYSTEM if len(questions) > 1 else None
    with conversation_with(request, session, server) as conversation:
        return told_of({one: _rows(conversation, one, database) for one in questions})


def _rows(conversation: Conversation, question: Question, database: str | None) -> Rows | None:
    try:
        return conversation.ask(question.value, database)
    except (UnknownStatementError, NotHereError):
        return None


def _addresses(facts: Iterable[ServerFacts]) -> Iterator[tuple[str, str]]:
    for one in facts:
        try:
            yield one.server, bolt_place(one).advertised
        except (HealthError, BlockedError):
            yield one.server, ""
