"""A plan as people read it, and the details of each change as JSON shows them.

Both are the same for equal plans, hold no secret, and nothing that could disturb a terminal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from posixpath import join

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.pki.subject import fill_subject
from wizard.planning.coverage_words import (
    COVERAGE_TITLE,
    coverage_rows,
    verify_hostname_words,
)
from wizard.planning.key_commands import FLAG
from wizard.planning.key_words import KEYS_TITLE, key_words, reader_words
from wizard.planning.plan import BroughtTrust, Change, ChangeKind, FileRole, Plan, ServerPlan
from wizard.planning.rescue import RESCUE_TITLE, TOGETHER, rescue_rows

WIDTH = 78

_SYSTEMD = "systemd:"
_SIGNS = {Severity.ERROR: "!!", Severity.WARNING: "!", Severity.NOTE: "·"}
_STEPS = {
    ChangeKind.STAGE: "put the new files beside the old ones",
    ChangeKind.VALIDATE: "check them by Neo4j's own rules",
    ChangeKind.STOP: "stop Neo4j",
    ChangeKind.COMMIT: "change neo4j.conf by one rename",
    ChangeKind.START: "start Neo4j",
}


def change_details(plan: Plan, change: Change) -> dict[str, object]:
    """Return what a change does, as values ready for JSON; modes are octal text."""
    server = next(server for server in plan.servers if server.server == change.server)
    if change.kind is ChangeKind.STAGE:
        return {
            "files": _files(server),
            "names": [shown(name) for name in (*server.dns_names, *server.ip_addresses)],
            "dialled": _dialled(plan, server),
            "key_has_password": server.needs_password,
            **(_brought(server) if server.brought else _issued(plan, server)),
        }
    if change.kind is ChangeKind.COMMIT:
        return {"conf": _conf(server)}
    if change.kind in {ChangeKind.STOP, ChangeKind.START}:
        return {"commands": [command(server, change.kind)]}
    return {}


def _issued(plan: Plan, server: ServerPlan) -> dict[str, object]:
    return {
        "common_name": shown(server.common_name),
        "subject": _subject(plan, server),
        "key": plan.settings.algorithm.value,
        "lifetime_days": plan.settings.lifetime_days,
    }


def _brought(server: ServerPlan) -> dict[str, object]:
    """Return what a certificate from outside says of itself, and what is to be trusted."""
    return {
        "certificate": _dated(asdict(server.brought) if server.brought else {}),
        "trusted": [_dated(asdict(one)) for one in server.trusted],
    }


def _dated(values: dict[str, object]) -> dict[str, object]:
    return {
        key: f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
        for key, value in values.items()
    }


def brought_words(server: ServerPlan) -> list[str]:
    """Return sentences on a certificate from outside and on what is trusted; none of our own."""
    if server.brought is None:
        return []
    one = server.brought
    issuer = "itself" if one.issuer == one.subject else one.issuer
    whose = one.subject or "one without a subject"
    until = f"valid until {one.not_after:%Y-%m-%d}, from {one.file}."
    return [
        f"Its certificate is {whose}, {one.key_type}, issued by {issuer}, {until}",
        *(
            f"trusted/{trusted.file} will hold {trusted.subject}, valid until "
            f"{trusted.not_after:%Y-%m-%d}."
            for trusted in server.trusted
        ),
    ]


def trusted_words(plan: Plan) -> tuple[str, ...]:
    """Return a sentence for each certificate from outside that servers will trust."""
    holders: dict[BroughtTrust, list[str]] = {}
    for server in plan.servers:
        for one in server.trusted:
            holders.setdefault(one, []).append(server.server)
    return tuple(
        f"{', '.join(servers)} trust {one.subject}, valid until {one.not_after:%Y-%m-%d} "
        f"(SHA-256 {one.fingerprint})."
        for one, servers in holders.items()
    )


def _dialled(plan: Plan, server: ServerPlan) -> list[dict[str, object]]:
    """Return every host that leads to a server, and whether its certificate covers it."""
    rows = [row for row in plan.coverage if server.server in row.of]
    return [{"host": shown(r.host), "covered": server.server in r.covered_by} for r in rows]


def _subject(plan: Plan, server: ServerPlan) -> dict[str, str]:
    """Return the fields of the certificate's subject that are filled."""
    filled = asdict(fill_subject(plan.settings.subject, server.server, server.address))
    return {field: shown(value) for field, value in filled.items() if value}


def command(server: ServerPlan, kind: ChangeKind) -> str:
    """Return the command that stops or starts a server."""
    if server.service.startswith(_SYSTEMD):
        return f"systemctl {kind.value} {shown(server.service.removeprefix(_SYSTEMD))}"
    flag = f" {FLAG}" if kind is ChangeKind.START and server.expands_commands else ""
    return f"{shown(join(server.home, 'bin', 'neo4j'))} {kind.value}{flag}"


def plan_text(plan: Plan) -> list[str]:
    """Return a plan as lines of plain text, at most WIDTH wide where the words allow it."""
    lines = _wrapped(headline(plan))
    for problem in plan.problems:
        lines += _problem(problem)
    if plan.changes:
        lines += ["", *_order(plan)]
        for server in plan.servers:
            lines += ["", *_server(server)]
        lines += ["", f"{KEYS_TITLE}:"]
        for words in key_words(plan):
            lines += _wrapped(words, "  ", "    ")
        lines += ["", f"{COVERAGE_TITLE}:"]
        for covered, words in coverage_rows(plan):
            lines += _wrapped(words, "  " if covered else "! ", "    ")
        lines += _wrapped(verify_hostname_words(plan))
        lines += _wrapped(f"TLS versions: {', '.join(plan.tls_versions)}.")
    if plan.stays_unencrypted:
        lines += ["", "What this does not cover:"]
        for sentence in plan.stays_unencrypted:
            lines += _wrapped(sentence, "  - ", "    ")
    if plan.changes:
        lines += ["", *rescue_lines(plan)]
    return lines


def rescue_lines(plan: Plan) -> list[str]:
    """Return the commands that end an apply whose workstation was lost, each on its own line."""
    lines = _wrapped(f"{RESCUE_TITLE}:")
    for what, line in rescue_rows(plan):
        lines += [*_wrapped(f"{what}:", "  - ", "    "), f"      {line}"]
    return lines + _wrapped(TOGETHER)


def headline(plan: Plan) -> str:
    """Return in one sentence what a plan comes to."""
    if any(problem.blocks for problem in plan.problems):
        return "Nothing can be changed until the problems marked !! are mended."
    if not plan.changes:
        return "Everything is in place: nothing would change."
    count = len(plan.servers)
    on = "1 server" if count == 1 else f"{count} servers"
    return f"This is what will change on {on}. Nothing has been changed yet."


def _problem(problem: Problem) -> list[str]:
    sign = _SIGNS[problem.severity]
    server = problem.server or ""
    where = f"{server}: " if server and server not in problem.message else ""
    lines = ["", *_wrapped(f"{where}{problem.message}", f"{sign:2} ", "   ")]
    if problem.file:
        line = f", line {problem.line}" if problem.line else ""
        lines += _wrapped(f"In {shown(problem.file)}{line}.", "   ", "   ")
    if problem.evidence:
        lines += _wrapped(f"Seen: {problem.evidence}", "   ", "   ")
    return lines + _wrapped(problem.hint, "   ", "   ")


def order_rows(plan: Plan) -> Iterator[str]:
    """Yield what the cluster goes through, a line a step with the servers it is made on."""
    for kind in dict.fromkeys(change.kind for change in plan.changes):
        names = [change.server for change in plan.changes if change.kind is kind]
        yield f"{_STEPS[kind]}: {_in_order(kind, names, plan)}"


def _in_order(kind: ChangeKind, names: list[str], plan: Plan) -> str:
    first = [one.server for one in plan.servers if one.stops_first and one.server in names]
    others = [name for name in names if name not in first]
    if kind is not ChangeKind.STOP or not first or not others:
        return ", ".join(names)
    return (
        f"{', '.join(first)} first, which only copy what the others commit; once they have "
        f"ended, {', '.join(others)}"
    )


def downtime_words(plan: Plan) -> str:
    """Return how long the cluster will be down, and what happens if it fails."""
    low, high = plan.downtime_s
    return (
        f"The whole cluster is down for {low} to {high} seconds, or longer where a large store "
        f"has to recover. {plan.downtime_why} If it fails, every server is put back."
    )


def _order(plan: Plan) -> Iterator[str]:
    yield "The order, each step on every server before the next one:"
    for number, row in enumerate(order_rows(plan), start=1):
        yield from _wrapped(row, f"  {number}. ", "     ")
    yield from _wrapped(downtime_words(plan))


def _server(server: ServerPlan) -> Iterator[str]:
    title = f"{server.server} ({shown(server.address)}), Neo4j {server.version}"
    yield from (title, "-" * min(len(title), WIDTH))
    yield f"  new files, owned by {server.owner_uid}:{server.owner_gid}:"
    for file in server.files:
        slash = "/" if file.role is FileRole.DIRECTORY else ""
        yield f"    {file.mode:04o}  {shown(_absolute(server, file.path))}{slash}"
    names = ", ".join(map(shown, (*server.dns_names, *server.ip_addresses)))
    yield from _wrapped(f"certificate for {names}", "  ", "    ")
    for sentence in brought_words(server):
        yield from _wrapped(sentence, "  ", "    ")
    mode = f", mode {server.conf_mode_after:04o}"
    if server.conf_mode_after != server.conf_mode:
        mode = f", mode {server.conf_mode:04o} -> {server.conf_mode_after:04o}"
    yield f"  {shown(server.conf_file)}{mode}:"
    for line in server.conf_diff:
        yield f"    {line.sign} {line.text}".rstrip()
    for words in reader_words(server):
        yield from _wrapped(words, "  ", "  ")
    for kind in (ChangeKind.STOP, ChangeKind.START):
        yield f"  $ {command(server, kind)}"


def _files(server: ServerPlan) -> list[dict[str, str]]:
    return [
        {
            "path": shown(_absolute(server, file.path)),
            "mode": f"{file.mode:04o}",
            "owner": f"{server.owner_uid}:{server.owner_gid}",
            "role": file.role.value,
        }
        for file in server.files
    ]


def _conf(server: ServerPlan) -> dict[str, object]:
    return {
        "path": shown(server.conf_file),
        "mode_before": f"{server.conf_mode:04o}",
        "mode_after": f"{server.conf_mode_after:04o}",
        "diff": [f"{line.sign}{line.text}" for line in server.conf_diff],
    }


def _absolute(server: ServerPlan, path: str) -> str:
    return server.base_directory if path == "." else join(server.base_directory, path)


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
