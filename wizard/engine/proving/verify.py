"""The proof without a change: what the servers' files and logs say, and what their ports do."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from wizard.engine.diagnosis import Observations, diagnose
from wizard.engine.diagnosis.observations import Drifted
from wizard.engine.events import Event, Link, ProblemFound, Result, Said
from wizard.engine.login.gate import health_findings
from wizard.engine.making.bringing import material_of
from wizard.engine.places import state_directory
from wizard.engine.planned import connect, settings_of
from wizard.engine.probing.extent import extent_words
from wizard.engine.probing.matrix import Laboratory, Probed, probe_own, probe_strangers
from wizard.engine.probing.silence import Silence
from wizard.engine.proving.drift import compared
from wizard.engine.proving.expiry import expiry_overview
from wizard.engine.proving.needs import laboratory, targets_of
from wizard.engine.proving.observing import observe, ports_of
from wizard.engine.proving.second_opinion import second_opinion
from wizard.engine.records.recorded import Leaf, authority_of, leaves_of
from wizard.engine.records.runs import Run, named_run, standing_run
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.engine.watching.following import LogBook, Peers, Seen, unlogged
from wizard.engine.watching.hiding import known_secrets
from wizard.engine.watching.tails import tails_of
from wizard.errors import JournalError, WizardError
from wizard.model.cluster import ClusterPort
from wizard.model.facts import ServerFacts
from wizard.model.problems import Problem, Severity
from wizard.model.settings import Settings
from wizard.pki.authority import Authority
from wizard.pki.probe_identities import ProbeIdentity
from wizard.pki.supply.identities import own_identities

SERIOUS = (Severity.ERROR, Severity.WARNING)
Ports = Mapping[str, tuple[ClusterPort, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the last applied run of this cluster left here: its leaves, and its CA if it opens."""

    run: Run | None = None
    leaves: Mapping[str, Leaf]
    authority: Authority | None = None
    without: str = "no run of this workstation has encrypted this cluster"


def verify(request: Request, session: Session) -> Generator[Event, None, Result]:
    """Prove what can be proved; a server out of reach leaves the rest to be probed."""
    settings = settings_of(request)
    reached = yield from connect(session)
    if not session.connections:
        return Result.UNREACHABLE
    facts: Mapping[str, ServerFacts] = session.survey()
    known, damaged = known_of(request, facts.values())
    if damaged is not None:
        yield ProblemFound(problem=damaged)
    ports = {name: ports_of(one, settings) for name, one in facts.items()}
    lines = tails_of(session, facts, known_secrets(request.secrets, facts.values()))
    yield from _links(facts, ports, lines)
    seen = _seen(request, facts, known, lines, ())
    if any(one.encrypts for one in seen.servers.values()):
        tests: list[Probed] = []
        own = _own_identities(request, settings, known)
        shown = replace(laboratory(session, known.authority, request.clock()), own=own)
        for test in _probes(shown, facts, known, ports):
            tests.append(test)
            yield test.probe
        if any(test.probe.ok is False for test in tests):
            facts, lines = _looked_again(request, session, facts, lines)
        drift = yield from _compared(session, facts, known)
        seen = replace(_seen(request, facts, known, lines, tests), drift=drift)
        yield from _left_out(len(facts), known, own)
    problems = (*diagnose(seen), *health_findings(request, session))
    if request.nmap:
        yield Said(message="nmap looks at the cluster ports from this workstation.")
        problems = (*problems, *second_opinion(request, seen, facts))
    for problem in problems:
        yield ProblemFound(problem=problem)
    for sentence in expiry_overview(seen):
        yield Said(message=sentence)
    if not reached:
        return Result.UNREACHABLE
    serious = damaged is not None or any(p.severity in SERIOUS for p in problems)
    return Result.PROBLEMS if serious else Result.OK


def _compared(
    session: Session, facts: Mapping[str, ServerFacts], known: Known
) -> Generator[Event, None, Mapping[str, tuple[Drifted, ...]]]:
    """Compare the servers' disks with the records of the run, and say where that can't be done."""
    told = "What stands on the servers' disks was not compared with what was made"
    if known.run is None:
        yield Said(message=f"{told}: {known.without}.")
        return {}
    try:
        found = compared(known.run, session, facts)
    except JournalError as error:
        yield Said(message=f"{told}: {error.message}")
        return {}
    for server, problem in sorted(found.errors.items()):
        yield Said(message=f"{told}: {problem.message}", server=server)
    return found.answers


def _left_out(
    servers: int, known: Known, own: Mapping[str, ProbeIdentity]
) -> Generator[Event, None, None]:
    """Say what this proof does not cover."""
    if (spared := extent_words(servers)) is not None:
        yield Said(message=spared)
    if known.authority is None and not own:
        yield Said(message=f"Our own certificate was not tested: {known.without}.")


def known_of(request: Request, facts: Iterable[ServerFacts]) -> tuple[Known, Problem | None]:
    """Return what is recorded of the run that the servers name, and what is wrong with that."""
    folders = (*request.records, state_directory(request.environ))
    directories = [one.policy_files.directory for one in facts if one.policy_files]
    named = {name for name in map(named_run, directories) if name}
    if directories and not named:  # another cluster of that name, or encrypted by hand since
        return Known(
            leaves={}, without="its servers use folders that the wizard has not made"
        ), None
    try:
        run = standing_run(folders, settings_of(request).cluster, named)
        if run is None:
            return Known(leaves={}), None
        authority, without = authority_of(run, request.secrets)
        return (
            Known(run=run, leaves=leaves_of(run), authority=authority, without=without),
            None,
        )
    except JournalError as error:
        problem = Problem(
            code=error.code, severity=Severity.WARNING, message=error.message, hint=error.hint
        )
        return Known(leaves={}, without="the records of the last run are damaged"), problem


def _own_identities(
    request: Request, settings: Settings, known: Known
) -> Mapping[str, ProbeIdentity]:
    """Return what each server shows, where its certificate and key were brought and lie here."""
    if not settings.trust.comes_from_outside:
        return {}
    try:
        material = material_of(request, settings)
    except WizardError:  # moved away since: verify says what it could not show
        return {}
    leaves = {server: leaf.fingerprint for server, leaf in known.leaves.items()}
    return {} if material is None else own_identities(material, leaves)


def _probes(
    shown: Laboratory, facts: Mapping[str, ServerFacts], known: Known, ports: Ports
) -> Iterator[Probed]:
    made = {server: leaf.fingerprint for server, leaf in known.leaves.items()}
    targets = targets_of(ports, made, {name: one.version for name, one in facts.items()})
    silent = Silence()
    yield from probe_own(shown, targets, patient=True, silent=silent)
    yield from probe_strangers(shown, targets, silent)


def _seen(
    request: Request,
    facts: Mapping[str, ServerFacts],
    known: Known,
    lines: list[Seen],
    tests: list[Probed] | tuple[Probed, ...],
) -> Observations:
    return observe(
        facts,
        settings_of(request),
        now=request.clock(),
        lines=lines,
        tests=tests,
        leaves={server: leaf.fingerprint for server, leaf in known.leaves.items()},
    )


def _looked_again(
    request: Request, session: Session, facts: Mapping[str, ServerFacts], lines: list[Seen]
) -> tuple[Mapping[str, ServerFacts], list[Seen]]:
    """Look once more where a probe failed: a server may have ended after the survey saw it run."""
    running = {name: one.running for name, one in facts.items()}
    try:
        again = session.survey()
    except WizardError:
        return facts, lines
    if {name: one.running for name, one in again.items()} == running:
        return facts, lines
    return again, tails_of(session, again, known_secrets(request.secrets, again.values()))


def _links(facts: Mapping[str, ServerFacts], ports: Ports, lines: list[Seen]) -> Iterator[Link]:
    resolved = {name: found for one in facts.values() for name, found in one.resolved.items()}
    book = LogBook(Peers.of(ports, resolved))
    last: dict[tuple[str, str], Link] = {}
    for seen in lines:
        for event in book.read(seen):
            if isinstance(event, Link):
                last[event.server, event.peer] = event
    yield from last.values()
    yield from unlogged(ports, set(last))
