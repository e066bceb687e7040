"""Puts every case before the judge of every version, and writes the table of all verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from judge_bench import Bench, Case, Dial, Server
from judge_links import (
    Link,
    link_differences,
    messages_of,
    neo4j_link,
    our_link,
    practice_link_differences,
)
from judge_practice import CHANNELS, BrokenPracticeError, Played, Practice
from judge_process import Judge
from judge_strangers import identities_for, knock
from judge_verdicts import (
    Start,
    neo4j_start,
    our_start,
    practice_start_differences,
    start_differences,
)

from wizard.engine.events import ProbeKind
from wizard.engine.probing.matrix import Identities
from wizard.model.version import Version

NOT_ASKED = "-"
_PORTS = {channel: 20000 + number for number, channel in enumerate(CHANNELS)}
_GETS_IN = {"accepted", "plaintext"}
_PROBES = {"no-certificate": ProbeKind.NONE, "plaintext": ProbeKind.PLAINTEXT}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: one question of one case.

    Attributes:
        question: `start` of a server, `CLIENT -> SERVER` with the host that was dialled, or a
            stranger at server1's door.
        ours: what our functions say; practice: what the simulated Neo4j does.
        differences: where the verdicts differ, or Neo4j's from what the case says.
    """

    version: str
    case: str
    question: str
    neo4j: str
    ours: str
    practice: str = NOT_ASKED
    differences: tuple[str, ...]


def judge_case(
    judge: Judge, case: Case, folder: Path, practice: Practice | None = None
) -> tuple[Row, ...]:
    """Make a case's files, ask Neo4j's classes, our functions and the simulation, and compare.

    Returns:
        One row for each server's start, each dial and each stranger of the case; never fewer.
    """
    bench = Bench(folder, judge.version, case.servers)
    bench.surround(case.dials, practice.ports if practice else _PORTS)
    case.change(bench)
    for server in bench.servers:
        server.write_conf()
    try:
        return tuple(_Trial(judge, case, bench, practice).rows())
    finally:
        if practice is not None:
            practice.rest()
        shutil.rmtree(folder)


class _Trial:
    """One case before everybody who has a say in it."""

    def __init__(self, judge: Judge, case: Case, bench: Bench, practice: Practice | None) -> None:
        self._judge, self._case, self._bench = judge, case, bench
        self._folder = str(bench.folder)
        judge.forget()
        self._neo4j: dict[str, Start] = {}
        for server in bench.servers:
            answer = judge.load(server.name, server.conf, server.home, strict=case.strict)
            self._neo4j[server.name] = neo4j_start(answer)
        self._ours = {server.name: our_start(server) for server in bench.servers}
        self._played: Mapping[str, Played] = practice.play(bench) if practice else {}
        self._knocked: Mapping[str, str] = {}

    @cached_property
    def _identities(self) -> Identities:
        return identities_for(self._bench)

    def rows(self) -> Iterator[Row]:
        for name in self._neo4j:
            yield self._start(name)
        for dial in self._case.dials:
            yield self._link(dial)
        if self._case.strangers is not None:
            yield from self._strangers(self._case.strangers)

    def _start(self, name: str) -> Row:
        neo4j, ours = self._neo4j[name], self._ours[name].start
        expected = self._case.expected(self._judge.version) if name == "server1" else "yes"
        differences = [*start_differences(neo4j, ours, exact=self._case.exact)]
        if neo4j.outcome != expected:
            differences.append(f"expected: {expected}; Neo4j says {neo4j}")
        if self._case.strict and (ignored := dict(neo4j.settings).get("unknown")):
            differences.append(f"Neo4j does not know {ignored}")
        practised = NOT_ASKED
        if self._played:
            try:
                practice = self._played[name].start()
            except BrokenPracticeError as broken:
                differences.append(f"not judged: {broken}")
            else:
                practised = str(practice)
                differences += practice_start_differences(neo4j, practice, exact=self._case.exact)
        return self._row(f"start {name}", str(neo4j), str(ours), practised, differences)

    def _link(self, dial: Dial) -> Row:
        acceptor = next(one for one in self._bench.servers if one.name == dial.server)
        host = dial.host or acceptor.address
        question = f"{dial.client} -> {dial.server} as {host}"
        servers = {one.name: (one, self._ours[one.name]) for one in self._bench.servers}
        if not self._is_up(dial.client, dial.server):
            missing = "not judged: a server of this link did not start"
            return self._row(question, "not judged", "not judged", NOT_ASKED, [missing])
        neo4j = neo4j_link(self._judge.handshake(dial.client, dial.server, host))
        ours = our_link(dial, servers)
        differences = [*link_differences(neo4j, ours)]
        if neo4j.gets_in != dial.gets_in:
            differences.append(f"expected: gets_in={dial.gets_in}; Neo4j says it {neo4j}")
        practised = NOT_ASKED
        if self._played:
            try:
                practice = self._practised(dial)
            except BrokenPracticeError as broken:
                differences.append(f"not judged: {broken}")
            else:
                practised = str(practice)
                aloud = dial.client in self._played
                differences += practice_link_differences(neo4j, ours, practice, aloud=aloud)
        return self._row(question, str(neo4j), str(ours), practised, differences)

    def _practised(self, dial: Dial) -> Link:
        """Return what became of a link.

        Raises:
            BrokenPracticeError: it can't be told.
        """
        acceptor = self._played[dial.server]
        for name in {dial.client, dial.server} & set(self._played):
            if self._played[name].outcome != "listening":
                raise BrokenPracticeError(f"{name} did not start")
        if dial.client in self._played:
            only_peer = len(self._played) == 2
            return self._played[dial.client].link_to(acceptor, only_peer=only_peer)
        found = self._knock(acceptor.server)[_PROBES[dial.client]]
        return Link(gets_in=found in _GETS_IN)

    def _knock(self, server: Server) -> Mapping[str, str]:
        """Let every kind of probe knock at a simulated server, once."""
        if not self._knocked:
            self._knocked = knock(server, server.ports["raft"], self._identities)
        return self._knocked

    def _strangers(self, welcome: Sequence[str]) -> Iterator[Row]:
        """The same probes knock at Neo4j's classes and at the simulated server."""
        server = self._bench.one
        if not self._is_up(server.name):
            missing = ["not judged: server1 did not start"]
            for kind in ProbeKind:
                yield self._row(f"stranger {kind.value}", "?", "?", NOT_ASKED, missing)
            return
        port = self._judge.listen(server.name, server.ip)
        neo4j = knock(server, port, self._identities)
        heard = set(messages_of(self._judge.heard()["server"]))
        practice = self._knock(server) if self._played else {}
        said = set(self._played[server.name].inbound()) if self._played else set[str]()
        for kind in ProbeKind:
            name = kind.value
            differences = []
            if (neo4j[name] in _GETS_IN) != (name in welcome):
                differences.append(f"expected: {name in welcome}; Neo4j says {neo4j[name]}")
            if self._played and practice[name] != neo4j[name]:
                differences.append(
                    f"stranger: Neo4j says {neo4j[name]}; the practice cluster {practice[name]}"
                )
            if kind is ProbeKind.OURS and said - heard:
                differences.append(f"only the practice cluster says {said - heard}: {heard}")
            ours = "gets in" if name in welcome else "is refused"
            practised = practice.get(name, NOT_ASKED)
            yield self._row(f"stranger {name}", neo4j[name], ours, practised, differences)

    def _is_up(self, *names: str) -> bool:
        return all(self._neo4j[name].outcome == "yes" for name in names if name in self._neo4j)

    def _row(
        self, question: str, neo4j: str, ours: str, practice: str, differences: Sequence[str]
    ) -> Row:
        def shown(text: str) -> str:
            return text.replace(self._folder, "FOLDER")

        return Row(
            version=str(self._judge.version),
            case=self._case.name,
            question=question,
            neo4j=shown(neo4j),
            ours=shown(ours),
            practice=shown(practice),
            differences=tuple(map(shown, differences)),
        )


def applies(case: Case, version: Version) -> bool:
    """Say whether a case is about a version."""
    return case.until is None or version < case.until


def judge_version(
    judge: Judge, cases: Sequence[Case], folder: Path, practice: Practice | None = None
) -> tuple[Row, ...]:
    """Put every case that is about this version before its judge."""
    rows: list[Row] = []
    for number, case in enumerate(cases):
        if applies(case, judge.version):
            rows += judge_case(judge, case, folder / str(number), practice)
    return tuple(rows)


def questions(cases: Sequence[Case], version: Version) -> int:
    """Return how many rows there must be: one each start, each dial and each stranger."""
    return sum(
        case.servers + len(case.dials) + (0 if case.strangers is None else len(ProbeKind))
        for case in cases
        if applies(case, version)
    )


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write the table as Markdown: one line a question, all verdicts, and where they differ."""
    lines = [
        "| version | case | question | Neo4j | ours | practice cluster | differences |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.version, row.case, row.question, row.neo4j, row.ours, row.practice)
        shown = [*cells, "; ".join(row.differences) or "-"]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in shown) + " |")
    path.write_text("\n".join(lines) + "\n")
