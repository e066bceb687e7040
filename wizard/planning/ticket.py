"""A plan as Markdown, for the ticket that asks for the change.

The same for equal plans, without secrets; what comes from outside is text there, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import join

from wizard.model.markdown import code, fenced, inline
from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.planning.approval import approval_of
from wizard.planning.coverage_words import COVERAGE_TITLE, coverage_rows, verify_hostname_words
from wizard.planning.key_words import KEYS_TITLE, key_words, reader_words
from wizard.planning.plan import ChangeKind, DiffLine, FileRole, Plan, ServerPlan
from wizard.planning.render import brought_words, command, downtime_words, headline, order_rows
from wizard.planning.rescue import RESCUE_TITLE, TOGETHER, rescue_rows

_WEIGHTS = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.NOTE: "Note"}


def plan_markdown(plan: Plan) -> str:
    """Return a plan as a Markdown page; every secret in it is masked."""
    pieces = [
        f"# Encryption between the servers of {inline(plan.settings.cluster)}",
        inline(headline(plan)),
        *_problems(plan),
    ]
    if plan.changes:
        pieces += [
            *_servers(plan),
            *_order(plan),
            "## What changes where",
            *(piece for server in plan.servers for piece in _changes(server)),
            f"## {inline(KEYS_TITLE)}",
            _items(key_words(plan)),
            f"## {inline(COVERAGE_TITLE)}",
            _items(words for _covered, words in coverage_rows(plan)),
            inline(verify_hostname_words(plan)),
            f"TLS versions: {inline(', '.join(plan.tls_versions))}.",
        ]
    pieces += ["## What stays unencrypted", _items(plan.stays_unencrypted)]
    if plan.changes:
        pieces += [*_way_back(plan), *_approval(plan)]
    return "\n\n".join(filter(None, pieces)) + "\n"


def _problems(plan: Plan) -> Iterator[str]:
    yield "## Problems"
    if not plan.problems:
        yield "None were found."
    yield "\n".join(map(_problem, plan.problems))


def _problem(problem: Problem) -> str:
    server = problem.server or ""
    where = f"{server}: " if server and server not in problem.message else ""
    weight = f"**{_WEIGHTS[problem.severity]}** {code(problem.code)}"
    line = f", line {problem.line}" if problem.line else ""
    place = f" In {code(shown(problem.file))}{line}." if problem.file else ""
    seen = f" Seen: {code(problem.evidence)}." if problem.evidence else ""
    return f"- {weight}: {inline(where + problem.message)}{place}{seen} {inline(problem.hint)}"


def _servers(plan: Plan) -> Iterator[str]:
    rows = ["| server | address | Neo4j | running | neo4j.conf |", "|---|---|---|---|---|"]
    for one in plan.servers:
        cells = (
            one.server,
            code(shown(one.address), in_table=True),
            str(one.version),
            "yes" if one.running else "no",
            code(shown(one.conf_file), in_table=True),
        )
        rows.append(f"| {' | '.join(cells)} |")
    yield "## Servers"
    yield "\n".join(rows)


def _order(plan: Plan) -> Iterator[str]:
    yield "## The order"
    yield "\n".join(
        f"{number}. {inline(words)}" for number, words in enumerate(order_rows(plan), start=1)
    )
    yield inline(downtime_words(plan))


def _changes(server: ServerPlan) -> Iterator[str]:
    yield f"### {server.server}"
    yield f"New files, owned by {server.owner_uid}:{server.owner_gid}:"
    yield "\n".join(fenced(_files(server)))
    names = ", ".join(code(shown(name)) for name in (*server.dns_names, *server.ip_addresses))
    yield f"The certificate is for {names}." if names else ""
    yield _items(brought_words(server))
    before, after = f"{server.conf_mode:04o}", f"{server.conf_mode_after:04o}"
    mode = f"mode {after}" if before == after else f"mode {before} becomes {after}"
    yield f"In {code(shown(server.conf_file))}, {mode}; passwords are hidden:"
    yield "\n".join(fenced(map(_diff_line, server.conf_diff), "diff"))
    yield _items(reader_words(server))
    yield f"SHA-256 of the present file: `{server.conf_sha256}`."
    kinds = (ChangeKind.STOP, ChangeKind.START)
    yield "Commands: " + ", ".join(code(command(server, kind)) for kind in kinds) + "."


def _diff_line(line: DiffLine) -> str:
    return f"@@ {line.text} @@" if line.sign == "@" else f"{line.sign}{line.text}".rstrip()


def _files(server: ServerPlan) -> Iterator[str]:
    for file in server.files:
        path = join(server.base_directory, "" if file.path == "." else file.path)
        slash = "/" if file.role is FileRole.DIRECTORY and file.path != "." else ""
        yield f"{file.mode:04o}  {shown(path)}{slash}"


def _way_back(plan: Plan) -> Iterator[str]:
    yield "## The way back"
    yield (
        "Until the proof is done, anything that fails puts every server back by itself: the "
        "original neo4j.conf with its mode, owner and time, without the new folder, running as "
        "before. RUN in what follows is the id that apply shows before the yes."
    )
    yield f"{inline(RESCUE_TITLE)}:"
    yield "\n".join(f"- {inline(what)}: {code(line)}" for what, line in rescue_rows(plan))
    yield inline(TOGETHER)


def _approval(plan: Plan) -> Iterator[str]:
    approval = approval_of(plan)
    rows = [f"| {part} | `{sha}` |" for part, sha in approval.parts.items()]
    yield "## Approval"
    yield f"SHA-256 of this plan: `{approval.sha256}`"
    yield (
        "`neo4j-tls apply --plan` with this number does exactly this, and refuses if anything "
        "below has changed meanwhile; with this page kept as a file instead of the number it also "
        "says what has."
    )
    yield "\n".join(("| part | SHA-256 |", "|---|---|", *rows))


def _items(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {inline(sentence)}" for sentence in sentences)
