"""From a confirmed plan to a proved cluster, or back: nothing in between is left standing.

Order: stage all, validate all, stop all, commit all, start all, prove. A refusal, a
process that is gone or a handshake that stays refused puts every server back; slowness never does.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

from wizard.engine.changing import Changing
from wizard.engine.course import Entry
from wizard.engine.diagnosis import Observations, diagnose
from wizard.engine.diagnosis.discovery import discovery_in_plaintext
from wizard.engine.ending import not_formed
from wizard.engine.events import Event, ProbeKind, ProblemFound, Result, Said, Verdict
from wizard.engine.following import LogBook, Peers, Seen, Watch
from wizard.engine.forming import (
    PERSISTS_S,
    Formation,
    Waiting,
    read_logs,
    wait_for_links,
    wait_until_formed,
)
from wizard.engine.hiding import known_secrets
from wizard.engine.journal import Journal, Kind
from wizard.engine.observing import observe
from wizard.engine.own_validators import ask_own_validators
from wizard.engine.parallel import Gathered, together
from wizard.engine.prepared import Prepared
from wizard.engine.probing.matrix import Probed, probe_own, probe_strangers
from wizard.engine.proving import resolved, targets_of
from wizard.engine.putting_back import former_of, problem_from, put_back
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.engine.tails import tails_of
from wizard.errors import WizardError
from wizard.model.problems import Problem, Severity
from wizard.model.settings import ClientAuth
from wizard.planning.plan import Plan

LINKS_S = 8.0
"""How long `Connected to` lines are waited for once the proof is done; 5.x writes some late."""

Steps = Generator[Event, None, Result]
Answer = TypeVar("Answer")


class _Broken(Exception):  # noqa: N818 - it leaves a block, it is no error of its own
    """The way ahead is closed: put everything back, for this result."""

    def __init__(self, result: Result, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(result)
        self.result = result
        self.problems = problems


class Apply:
    """One apply, with everything it has seen so far.

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
        self._request = request
        self._session = session
        self._plan = plan
        self._journal = journal
        self._entry = entry
        self._changing = Changing(plan, prepared.orders, session, journal)
        self._leaves = prepared.leaves
        ports = {one.server: one.ports for one in plan.servers}
        versions = {one.server: one.version for one in plan.servers}
        self._targets = targets_of(ports, self._leaves, versions)
        self._laboratory = prepared.laboratory
        self._secrets = known_secrets(request.secrets, session.facts.values(), prepared.secrets)
        self._watch = Watch(self._secrets)
        self._book = LogBook(Peers.of(ports, resolved(session.facts.values())))
        self._tests: dict[tuple[str, str, int, ProbeKind], Probed] = {}
        self._stopping = entry is not Entry.STAGE

    def run(self) -> Steps:
        """Go through with it; whatever ends it early puts every server back first."""
        try:
            try:
                yield from self._forward()
            except _Broken as broken:
                if broken.result is Result.STOPPED:
                    return (yield from self._left_open(broken))
                return (yield from self._back(broken))
        except BaseException:
            # A defect, a full disk, or a reader that left: nobody listens, the servers still count.
            for _unheard in self._back(_Broken(Result.REVERTED)):
                pass
            raise
        finally:
            self._watch.close()
        self._journal.write(Kind.STAGED if self._only_stages else Kind.APPLIED)
        return Result.OK

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
        up = self._up_already()
        marks = yield from self._all(self._changing.start())
        self._follow(marks)
        yield from self._caught_up(up)
        waiting = self._waiting()
        formation = yield from wait_until_formed(waiting)
        if formation is Formation.FAILED:
            raise _Broken(Result.REVERTED, self._diagnosis())
        if formation is Formation.INTERRUPTED:
            raise _Broken(Result.INTERRUPTED)
        if formation is Formation.SLOW:
            raise _Broken(Result.STOPPED)
        yield from self._prove(waiting)

    def _follow(self, marks: Mapping[str, Mapping[str, int]]) -> None:
        connections = self._session.connections
        followed = together(
            marks, lambda name: self._watch.follow(name, connections[name], marks[name])
        )
        if (error := followed.first_error()) is not None:
            raise error

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
            raise _Broken(Result.REVERTED, found)
        if self._request.cancel.is_set:
            raise _Broken(Result.INTERRUPTED)
        return gathered.answers

    def _prove(self, waiting: Waiting) -> Generator[Event, None, None]:
        yield Said(message="Every server has started. Now the proof, from server to server.")
        yield from self._prove_ours(waiting)
        yield Said(message="Now strangers knock; what the servers log about them is our doing.")
        self._book.strangers_knock = True
        yield from self._probe(waiting, probe_strangers(self._laboratory, self._targets))
        yield from wait_for_links(waiting, LINKS_S)
        if self._gone() or any(map(self._is_broken_promise, self._tests.values())):
            raise _Broken(Result.REVERTED, self._diagnosis())
        if self._request.cancel.is_set:
            raise _Broken(Result.INTERRUPTED)
        seen = Observations(now=self._request.clock(), servers={}, tests=self._every_test())
        for problem in discovery_in_plaintext(seen):
            yield ProblemFound(problem=problem)

    def _every_test(self) -> tuple[Probed, ...]:
        return tuple(self._tests.values())

    def _prove_ours(self, waiting: Waiting) -> Generator[Event, None, None]:
        """Probe until every server accepts us; a refusal may only be a server still starting."""
        ends = time.monotonic() + PERSISTS_S
        while True:
            tests = list(probe_own(self._laboratory, self._targets, patient=True))
            yield from read_logs(waiting, 0.0)
            refused = any(test.probe.ok is False for test in tests)
            if not refused or time.monotonic() > ends or self._gone():
                break
            if self._request.cancel.wait(0.5):
                raise _Broken(Result.INTERRUPTED)
        for test in tests:
            self._keep(test)
            yield test.probe
        if refused:
            raise _Broken(Result.REVERTED, self._diagnosis())

    def _gone(self) -> bool:
        """Whether the process of a server that had started is no longer there."""
        return not all(self._changing.running().values())

    def _probe(self, waiting: Waiting, tests: Iterator[Probed]) -> Generator[Event, None, None]:
        for test in tests:
            self._keep(test)
            yield test.probe
            yield from read_logs(waiting, 0.0)

    def _keep(self, test: Probed) -> None:
        probe = test.probe
        self._tests[probe.origin, probe.server, probe.port, probe.kind] = test

    def _is_broken_promise(self, test: Probed) -> bool:
        """Whether a stranger got in that the answers do not let in."""
        if test.probe.ok is not False:
            return False
        lax = self._plan.settings.policy.client_auth is not ClientAuth.REQUIRE
        return not (lax and test.probe.verdict is Verdict.ACCEPTED)

    def _waiting(self) -> Waiting:
        return Waiting(
            servers=[one.server for one in self._plan.servers],
            silent=frozenset(o.server for o in self._plan.servers if o.neo4j_log is None),
            running=self._changing.running,
            probe=partial(probe_own, self._laboratory, self._targets),
            watch=self._watch,
            book=self._book,
            cancel=self._request.cancel,
            timeout_s=self._request.formation_timeout_s,
        )

    def _diagnosis(self) -> tuple[Problem, ...]:
        """Look once more, and say what is wrong and where; before anything is put back."""
        if not self._tests:
            for test in chain(
                probe_own(self._laboratory, self._targets),
                probe_strangers(self._laboratory, self._targets),
            ):
                self._keep(test)
        try:
            facts = self._session.survey()
        except WizardError:
            facts = self._session.facts
        seen = observe(
            facts,
            self._plan.settings,
            now=self._request.clock(),
            lines=self._lines(),
            tests=self._every_test(),
            leaves=self._leaves,
        )
        return tuple(p for p in diagnose(seen) if p.severity is not Severity.NOTE)

    def _lines(self) -> list[Seen]:
        return [
            Seen(server=server, source="", text="", meaning=line)
            for server, lines in self._book.history.items()
            for line in lines
        ]

    def _left_open(self, broken: _Broken) -> Steps:
        waited_s = self._request.formation_timeout_s
        yield ProblemFound(problem=not_formed(self._plan.run, waited_s))
        self._journal.write(Kind.STOPPED)
        return broken.result

    def _back(self, broken: _Broken) -> Steps:
        for problem in broken.problems:
            yield ProblemFound(problem=problem)
        yield Said(message="Putting every server back as it was.")
        self._journal.write(Kind.BACK_BEGUN)
        formers = [former_of(one) for one in self._plan.servers]
        whole = yield from put_back(
            self._plan.run,
            formers,
            self._session,
            self._journal,
            stop_first=self._stopping,
        )
        self._journal.write(Kind.REVERTED if whole else Kind.STOPPED)
        return broken.result if whole else Result.STOPPED
