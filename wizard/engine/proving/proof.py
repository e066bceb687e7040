"""The proof of a cluster that has just started: ours are accepted, strangers refused, none gone."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from itertools import chain

from wizard.engine.diagnosis import Observations, diagnose
from wizard.engine.diagnosis.discovery import discovery_in_plaintext
from wizard.engine.diagnosis.unproved import not_proved
from wizard.engine.events import Event, ProbeKind, ProblemFound, Result, Said, Verdict
from wizard.engine.prepared import Prepared
from wizard.engine.probing.extent import extent_words
from wizard.engine.probing.matrix import Probed, probe_own, probe_strangers
from wizard.engine.probing.silence import Silence
from wizard.engine.proving.forming import PERSISTS_S, Waiting, wait_for_links
from wizard.engine.proving.needs import targets_of
from wizard.engine.proving.observing import observe
from wizard.engine.proving.reading import meanwhile, read_logs
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.engine.watching.following import LogBook, Seen, unlogged
from wizard.errors import WizardError
from wizard.model.problems import Problem, Severity
from wizard.model.settings import ClientAuth
from wizard.planning.plan import Plan

LINKS_S = 8.0
"""How long `Connected to` lines are waited for once the proof is done; 5.x writes some late."""


class Broken(Exception):  # noqa: N818 - it leaves a block, it is no error of its own
    """The way ahead is closed: put everything back, for this result."""

    def __init__(self, result: Result, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(result)
        self.result = result
        self.problems = problems


class Proof:
    """One proof, with every probe it has made; its findings end an apply by raising Broken.

    Args:
        request: the command.
        session: an open one that has surveyed.
        plan: what was carried out.
        prepared: what the servers were given.
        book: what their logs say.
    """

    def __init__(
        self, request: Request, session: Session, plan: Plan, prepared: Prepared, book: LogBook
    ) -> None:
        self._request = request
        self._session = session
        self._plan = plan
        self._book = book
        self._leaves = prepared.leaves
        self._laboratory = prepared.laboratory
        ports = {one.server: one.ports for one in plan.servers}
        versions = {one.server: one.version for one in plan.servers}
        self._targets = targets_of(ports, self._leaves, versions)
        self._silent = Silence()
        self._tests: dict[tuple[str, str, int, ProbeKind], Probed] = {}

    def own(self) -> Iterator[Probed]:
        """Show our own identity to every port once, from every other server."""
        return probe_own(self._laboratory, self._targets)

    def _patiently(self) -> Iterator[Probed]:
        return probe_own(self._laboratory, self._targets, patient=True, silent=self._silent)

    def prove(self, waiting: Waiting) -> Generator[Event, None, None]:
        """Probe everything and wait for the links.

        Raises:
            Broken: a promise does not hold, or somebody asked to stop.
        """
        yield Said(message="Every server has started. Now the proof, from server to server.")
        if (left_out := extent_words(len(self._plan.servers))) is not None:
            yield Said(message=left_out)
        yield from self._prove_ours(waiting)
        yield Said(message="Now strangers knock; what the servers log about them is our doing.")
        self._book.strangers_knock = True
        strangers = probe_strangers(self._laboratory, self._targets, self._silent)
        yield from self._probe(waiting, strangers)
        yield from wait_for_links(waiting, LINKS_S)
        ports = {one.server: one.ports for one in self._plan.servers}
        yield from unlogged(ports, self._book.logged())
        if _gone(waiting) or any(map(self._is_broken_promise, self._tests.values())):
            raise Broken(Result.REVERTED, self.diagnosis())
        if self._request.cancel.is_set:
            raise Broken(Result.INTERRUPTED)
        seen = Observations(now=self._request.clock(), servers={}, tests=self._every_test())
        for problem in (*discovery_in_plaintext(seen), *not_proved(seen)):
            yield ProblemFound(problem=problem)

    def _every_test(self) -> tuple[Probed, ...]:
        return tuple(self._tests.values())

    def _prove_ours(self, waiting: Waiting) -> Generator[Event, None, None]:
        """Probe until every server accepts us; a refusal may only be a server still starting."""
        ends = time.monotonic() + PERSISTS_S
        while True:
            self._silent = Silence()
            tests = yield from meanwhile(
                waiting.watch, waiting.book, lambda: list(self._patiently())
            )
            refused = any(test.probe.ok is False for test in tests)
            if not refused or time.monotonic() > ends or _gone(waiting):
                break
            if self._request.cancel.wait(0.5):
                raise Broken(Result.INTERRUPTED)
        for test in tests:
            self._keep(test)
            yield test.probe
        if refused:
            raise Broken(Result.REVERTED, self.diagnosis())

    def _probe(self, waiting: Waiting, tests: Iterator[Probed]) -> Generator[Event, None, None]:
        for test in tests:
            self._keep(test)
            yield test.probe
            yield from read_logs(waiting.watch, waiting.book, 0.0)

    def _keep(self, test: Probed) -> None:
        probe = test.probe
        self._tests[probe.origin, probe.server, probe.port, probe.kind] = test

    def _is_broken_promise(self, test: Probed) -> bool:
        """Whether a stranger got in that the answers do not let in."""
        if test.probe.ok is not False:
            return False
        lax = self._plan.settings.policy.client_auth is not ClientAuth.REQUIRE
        return not (lax and test.probe.verdict is Verdict.ACCEPTED)

    def diagnosis(self) -> tuple[Problem, ...]:
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


def _gone(waiting: Waiting) -> bool:
    """Whether the process of a server that had started is no longer there."""
    return not all(waiting.running().values())
