"""Puts every case before the judge of every version, and writes the table of both verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from judge_bench import Bench, Case
from judge_process import Judge
from judge_verdicts import (
    OurServer,
    Start,
    link_differences,
    neo4j_link,
    neo4j_start,
    our_link,
    our_start,
    start_differences,
)

from wizard.model.version import Version


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: one question of one case.

    Attributes:
        question: `start` of a server, or `CLIENT -> SERVER` with the host that was dialled.
        differences: where the two verdicts differ, or Neo4j's from what the case says.
    """

    version: str
    case: str
    question: str
    neo4j: str
    ours: str
    differences: tuple[str, ...]


def judge_case(judge: Judge, case: Case, folder: Path) -> tuple[Row, ...]:
    """Make a case's files, ask Neo4j's classes and our functions, and compare.

    Returns:
        One row for each server's start and for each dial of the case; never fewer.
    """
    bench = Bench(folder, judge.version, case.servers)
    case.change(bench)
    judge.forget()
    starts: dict[str, tuple[Start, OurServer]] = {}
    for server in bench.servers:
        server.write_conf()
        answer = judge.load(server.name, server.conf, server.home)
        starts[server.name] = (neo4j_start(answer), our_start(server))
    rows = [*_start_rows(judge, case, folder, starts)]
    rows += _link_rows(judge, case, bench, starts)
    shutil.rmtree(folder)
    return tuple(rows)


def _start_rows(
    judge: Judge, case: Case, folder: Path, starts: dict[str, tuple[Start, OurServer]]
) -> Iterator[Row]:
    for name, (neo4j, ours) in starts.items():
        expected = case.expected(judge.version) if name == "server1" else "yes"
        differences = [*start_differences(neo4j, ours.start, exact=case.exact)]
        if neo4j.outcome != expected:
            differences.append(f"expected: {expected}; Neo4j says {neo4j}")
        yield Row(
            version=str(judge.version),
            case=case.name,
            question=f"start {name}",
            neo4j=str(neo4j).replace(str(folder), "FOLDER"),
            ours=str(ours.start).replace(str(folder), "FOLDER"),
            differences=tuple(text.replace(str(folder), "FOLDER") for text in differences),
        )


def _link_rows(
    judge: Judge, case: Case, bench: Bench, starts: dict[str, tuple[Start, OurServer]]
) -> Iterator[Row]:
    servers = {server.name: (server, starts[server.name][1]) for server in bench.servers}
    for dial in case.dials:
        host = dial.host or servers[dial.server][0].address
        names = {dial.client, dial.server} & set(servers)
        if any(starts[name][0].outcome != "yes" for name in names):
            neo4j_says, ours_say = "not judged", "not judged"
            differences: list[str] = ["not judged: a server of this link did not start"]
        else:
            neo4j = neo4j_link(judge.handshake(dial.client, dial.server, host))
            ours = our_link(dial, servers)
            differences = [*link_differences(neo4j, ours)]
            if neo4j.gets_in != dial.gets_in:
                differences.append(f"expected: gets_in={dial.gets_in}; Neo4j says it {neo4j}")
            neo4j_says, ours_say = str(neo4j), str(ours)
        yield Row(
            version=str(judge.version),
            case=case.name,
            question=f"{dial.client} -> {dial.server} as {host}",
            neo4j=neo4j_says,
            ours=ours_say,
            differences=tuple(differences),
        )


def applies(case: Case, version: Version) -> bool:
    """Say whether a case is about a version."""
    return case.until is None or version < case.until


def judge_version(judge: Judge, cases: Sequence[Case], folder: Path) -> tuple[Row, ...]:
    """Put every case that is about this version before its judge."""
    rows: list[Row] = []
    for number, case in enumerate(cases):
        if applies(case, judge.version):
            rows += judge_case(judge, case, folder / str(number))
    return tuple(rows)


def questions(cases: Sequence[Case], version: Version) -> int:
    """Return how many rows there must be: one each server that starts, one each dial."""
    return sum(case.servers + len(case.dials) for case in cases if applies(case, version))


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write the table as Markdown: one line a question, both verdicts, and where they differ."""
    lines = [
        "| version | case | question | Neo4j | ours | differences |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.version, row.case, row.question, row.neo4j, row.ours)
        shown = [*cells, "; ".join(row.differences) or "-"]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in shown) + " |")
    path.write_text("\n".join(lines) + "\n")
