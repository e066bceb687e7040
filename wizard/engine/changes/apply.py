"""From a confirmed plan to a proved cluster, or back: nothing in between is left standing.

Order: stage all, validate all, stop all, commit all, start all, prove. A refusal, a
process that is gone or a handshake that stays refused puts every server back; slowness never does.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from wizard.engine.changes.changing import Changing, Heard
from wizard.engine.changes.ending import not_formed
from wizard.engine.changes.own_validators import ask_own_validators
from wizard.engine.changes.putting_back import by_hand, former_of, problem_from, put_back
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.login.proof import prove_with_login
from wizard.engine.parallel import Gathered, together
from wizard.engine.prepared import Prepared
from wizard.engine.proving.forming import (
    Formation,
    Waiting,
    wait_until_formed,
)
from wizard.engine.proving.needs import resolved
from wizard.engine.proving.proof import Broken, Proof
from wizard.engine.reconnecting import AWAY
from wizard.engine.records.course import Entry
from wizard.engine.records.journal import Journal, Kind
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.engine.watching.following import LogBook, Peers, Watch
from wizard.engine.watching.hiding import known_secrets
from wizard.engine.watching.tails import tails_of
from wizard.errors import WizardError
from wizard.planning.plan import Plan
from wizard.remote.connection import Connection

Steps = Generator[Event, None, Result]
Answer = TypeVar("Answer")


class Apply:
    """One apply, with everything it has seen so far.

    Attributes:
        last_word: what the journal is to say at the end, once no server is locked any more.

    Args:
        request: the command.
        session: an open one that has surveyed.
        plan: what to carry out.
        prepared: what goes to the servers.
        journal: the open journal of the run.
        entry: where to begin; what comes before that stands on every server and was validated.
    """

    def __init__(
        self,
        request: Request,
        session: Session,
        plan: Plan,
        prepared: Prepared,
        journal: Journal,
        *,
        entry: Entry = Entry.STAGE,
    ) -> None:
        self.last_word: Kind | None = None
        self._request = request
        self._session = session
        self._plan = plan
        self._journal = journal
        self._entry = entry
        self._changing = Changing(plan, prepared.orders, session, journal, Heard(request.cancel))
        ports = {one.server: one.ports for one in plan.servers}
        self._secrets = known_secrets(request.secrets, session.facts.values(), prepared.secrets)
        self._watch = Watch(self._secrets)
        self._book = LogBook(Peers.of(ports, resolved(session.facts.values())))
        self._proof = Proof(request, session, plan, prepared, self._book)
        self._stopping = entry is not Entry.STAGE
        self._starting = False
        self._marks: dict[str, Mapping[str, int]] = {}
        self._followed: dict[str, Connection] = {}

    def run(self) -> Steps:
        """Go through with it; whatever ends it early puts every server back first.

        Only a cluster that is left as it stands is left so, whoever still listens.
        """
        try:
            broken = yield from self._ended()
            if broken is None:
                self.last_word = Kind.STAGED if self._only_stages else Kind.APPLIED
                return Result.OK
            if broken.result is Result.STOPPED:
                return (yield from self._left_open(broken))
            return broken.result if self.last_word is Kind.REVERTED else Result.STOPPED
        finally:
            self._watch.close()

    def _ended(self) -> Generator[Event, None, Broken | None]:
        """Go forward, and back again but for what is left open; return what broke it."""
        try:
            try:
                yield from self._forward()
            except Broken as broken:
                if broken.result is not Result.STOPPED:
                    yield from self._back(broken)
                return broken
        except BaseException:
            # A defect, a full disk, or a reader that left: nobody listens, the servers still count.
            self._journal.let_go()
            for _unheard in self._back(Broken(Result.REVERTED)):
                pass
            raise
        return None

    @property
    def _only_stages(self) -> bool:
        return self._request.until_staged and self._entry is Entry.STAGE

    def _forward(self) -> Generator[Event, None, None]:
        if self._entry is Entry.STAGE:
            yield from self._all(self._changing.stage())
            yield from self._all(self._changing.validate())
            yield from self._all(ask_own_validators(self._plan, self._session))
            if self._only_stages:
                return
        self._stopping = True
        if self._entry is not Entry.START:
            yield from self._all(self._changing.stop())
            yield from self._all(self._changing.commit())
        self._starting = True
        up = self._up_already()
        marks = yield from self._all(self._changing.start())
        self._follow(marks)
        yield from self._caught_up(up)
        waiting = self._waiting()
        formation = yield from wait_until_formed(waiting)
        if formation is Formation.FAILED:
            raise Broken(Result.REVERTED, self._proof.diagnosis())
        if formation is Formation.INTERRUPTED:
            raise Broken(Result.INTERRUPTED)
        if formation is Formation.SLOW:
            raise Broken(Result.STOPPED)
        yield from self._proof.prove(waiting)
        word = yield from prove_with_login(self._request, self._session, self._plan)
        if word.result is not None:
            raise Broken(word.result, word.problems)

    def _follow(self, marks: Mapping[str, Mapping[str, int]]) -> None:
        self._marks.update(marks)
        followed = together(marks, self._follow_one)
        if (error := followed.first_error()) is not None:
            raise Broken(self._end_for(followed.errors.values()), (problem_from(error),))

    def _follow_one(self, name: str) -> None:
        def follow() -> None:
            connection = self._session.connections[name]
            self._watch.follow(name, connection, self._marks[name])
            self._followed[name] = connection

        self._session.held(name, follow)

    def _running(self) -> dict[str, bool]:
        """Ask which servers run; follow the logs anew where the connection is another one now."""
        answers = self._changing.running()
        now = self._session.connections
        together([n for n in self._marks if self._followed.get(n) is not now[n]], self._follow_one)
        return answers

    def _up_already(self) -> list[str]:
        """Name the servers that a run which is resumed has started before."""
        if self._entry is not Entry.START:
            return []
        return [name for name, runs in self._changing.running().items() if runs]

    def _caught_up(self, up: Sequence[str]) -> Iterator[Event]:
        """Read what those servers logged since they started: nobody follows that any more."""
        for seen in tails_of(self._session, up, self._secrets):
            yield from self._book.read(seen)

    def _all(
        self, phase: Generator[Event, None, Gathered[Answer]]
    ) -> Generator[Event, None, Mapping[str, Answer]]:
        """Carry a phase out on every server; an error on one, or a wish to stop, ends it."""
        gathered = yield from phase
        if gathered.errors:
            found = tuple(problem_from(gathered.errors[name], name) for name in gathered.errors)
            raise Broken(self._end_for(gathered.errors.values()), found)
        if self._request.cancel.is_set:
            raise Broken(Result.INTERRUPTED)
        return gathered.answers

    def _end_for(self, errors: Iterable[WizardError]) -> Result:
        """Going back begins with a stop of every server that can be reached.

        Once they start, a server that is out of reach is no evidence that it has failed.
        """
        lost = all(error.code in AWAY for error in errors)
        return Result.STOPPED if lost and self._starting else Result.REVERTED

    def _waiting(self) -> Waiting:
        return Waiting(
            servers=[one.server for one in self._plan.servers],
            silent=frozenset(o.server for o in self._plan.servers if o.neo4j_log is None),
            running=self._running,
            probe=self._proof.own,
            watch=self._watch,
            book=self._book,
            cancel=self._request.cancel,
            timeout_s=self._request.formation_timeout_s,
        )

    def _left_open(self, broken: Broken) -> Steps:
        self.last_word = Kind.STOPPED
        for problem in broken.problems:
            yield ProblemFound(problem=problem)
        yield from by_hand(self._plan.run, broken.problems, self._session)
        if not any(problem.code in AWAY for problem in broken.problems):
            waited_s = self._request.formation_timeout_s
            yield ProblemFound(problem=not_formed(self._plan.run, waited_s))
        return broken.result

    def _back(self, broken: Broken) -> Generator[Event, None, None]:
        for problem in broken.problems:
            yield ProblemFound(problem=problem)
        yield Said(message="Putting every server back as it was.")
        self._journal.write(Kind.BACK_BEGUN)
        formers = [former_of(one, self._plan.run) for one in self._plan.servers]
        whole = yield from put_back(
            self._plan.run,
            formers,
            self._session,
            self._journal,
            stop_first=self._stopping,
        )
        self.last_word = Kind.REVERTED if whole else Kind.STOPPED
