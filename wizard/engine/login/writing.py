"""The proof that a cluster takes writes: a node created at the leader, read everywhere, deleted."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.engine.events import Event, ProblemFound, Said
from wizard.engine.login.asking import Health, conversation_with
from wizard.engine.login.speaking import NotHereError, UnknownStatementError
from wizard.engine.parallel import together
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import HealthError
from wizard.model.problems import Problem, Severity
from wizard.neo4j.health import Copy

if TYPE_CHECKING:
    from neo4j import Bookmarks

LABEL = "Neo4jTlsWizardProof"
_CREATE = f"CREATE (node:{LABEL} {{proof: $proof}}) RETURN node.proof AS proof"
_READ = f"MATCH (node:{LABEL} {{proof: $proof}}) RETURN node.proof AS proof"
_DELETE = f"MATCH (node:{LABEL} {{proof: $proof}}) DELETE node RETURN count(*) AS deleted"


@dataclass(frozen=True, kw_only=True)
class _Proof:
    """One node, in one database of the cluster.

    Attributes:
        database: its name, or None up to 3.5, where there is one.
        servers: those that hold a copy; the one that takes writes first.
    """

    request: Request
    session: Session
    database: str | None
    servers: Sequence[str]
    value: str = field(default_factory=lambda: secrets.token_hex(16))

    def write(self, statement: str) -> tuple[str, Bookmarks | None]:
        """Run a statement where the leader is; return that server and the bookmarks.

        Raises:
            HealthError: no server did it.
        """
        for server in self.servers:
            with conversation_with(self.request, self.session, server) as conversation:
                try:
                    conversation.ask(statement, self.database, proof=self.value)
                except (NotHereError, UnknownStatementError):
                    continue
                return server, conversation.bookmarks
        raise HealthError(
            f"No server took a write for the database {self.database or 'of the cluster'}.",
            hint="Look whether the database is read-only, and which server is its leader.",
        )

    def is_read(self, server: str, after: Bookmarks | None) -> bool:
        """Whether a server has the node; it waits for it as long as Neo4j does."""
        with conversation_with(self.request, self.session, server) as conversation:
            try:
                return bool(conversation.ask(_READ, self.database, after=after, proof=self.value))
            except (NotHereError, UnknownStatementError):
                return False


def write_and_read_back(
    request: Request, session: Session, health: Health
) -> Generator[Event, None, None]:
    """Create a node, read it on every server that holds the database, and delete it again.

    What does not work is told as a warning: it takes back nothing.
    """
    database, servers = _where(health)
    proof = _Proof(request=request, session=session, database=database, servers=servers)
    try:
        writer, after = proof.write(_CREATE)
    except HealthError as error:
        yield _not_written(error.message, error.hint)
        return
    others = [server for server in servers if server != writer]
    read = together(others, lambda server: proof.is_read(server, after))
    yield from _deleted(proof)
    missing = [server for server in others if not read.answers.get(server)]
    if missing:
        error_of = read.first_error()
        yield _not_written(
            f"A node written on {writer} was not read on {' and '.join(missing)}."
            + (f" {error_of.message}" if error_of else ""),
            "Look at SHOW DATABASES there: the copy may still be catching up.",
        )
        return
    where = f"read on {', '.join(others)}" if others else "read again"
    yield Said(message=f"A node written on {writer} was {where}, and deleted again.")


def _where(health: Health) -> tuple[str | None, tuple[str, ...]]:
    """Return the default database, and who holds a copy that is online, its writer first."""
    every = tuple(health.told)
    copies = {
        one: None for told in health.told.values() for one in told.copies or () if one.default
    }
    if not copies:
        return None, every
    database = next(iter(copies)).database
    of_one = [one for one in copies if one.database == database and one.current == "online"]
    owners = dict.fromkeys(_owners(health, sorted(of_one, key=lambda one: not one.writer)))
    unknown = any(health.expected.owner(one.address) is None for one in of_one)
    return database, (tuple(dict.fromkeys((*owners, *every))) if unknown else tuple(owners))


def _owners(health: Health, copies: Sequence[Copy]) -> Iterator[str]:
    for one in copies:
        owner = health.expected.owner(one.address)
        if owner in health.told:
            yield str(owner)


def _deleted(proof: _Proof) -> Iterator[Event]:
    try:
        proof.write(_DELETE)
    except HealthError as error:
        yield _not_written(
            f"The node of the proof could not be deleted again. {error.message}",
            f"Delete it yourself: MATCH (node:{LABEL}) DELETE node",
        )


def _not_written(message: str, hint: str) -> ProblemFound:
    return ProblemFound(
        problem=Problem(
            code="write-not-proved", severity=Severity.WARNING, message=message, hint=hint
        )
    )
