"""The fingerprint of a plan: what somebody approves, and what apply is held to.

It covers what would be done and what stood on the servers when that was decided; nothing random,
nothing that only passes by, such as a clock, and not the way to log in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from wizard.errors import UsageError
from wizard.model.problems import Problem, Severity
from wizard.planning.plan import Plan, ServerPlan

_FORMAT = "neo4j-tls plan 1"
_SHORT = 8
"""Enough digits to see by eye that two differ; the whole ones stand in the evidence."""
_LABEL = "SHA-256 of this plan:"
_SHA = re.compile(r"[0-9a-f]{64}")
_TOTAL = re.compile(rf"{_LABEL}[\s`*]*([0-9a-f]{{64}})")
_PART = re.compile(
    r"(?m)^[|`\s]*(answers|order|problems|[a-z0-9-]+: [a-z0-9. ]+?)[|`\s]+([0-9a-f]{64})[|`\s]*$"
)

_NOT_DONE = ("access", "secrets_file", "login_user", "suspended", "neo4j")
"""Answers that say how to get there, and not what is done there."""
_PASSING = frozenset({"clock-skew", "conf-managed", "server-not-running"})
"""Problems that come and go, or that are held against the moment of the change elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What was approved: the fingerprint and, where they were kept with it, those of its parts."""

    sha256: str
    parts: Mapping[str, str] = field(default_factory=dict)


def approval_of(plan: Plan) -> Approval:
    """Return the fingerprints of a plan whose run is still called RUN."""
    parts = {"answers": _digest(_answers(plan))}
    for server in plan.servers:
        parts |= _server(server)
    parts["order"] = _digest([change.id for change in plan.changes])
    parts["problems"] = _digest(
        sorted(
            f"{p.severity} {p.code} {p.server}"
            for p in plan.problems
            if p.severity is not Severity.NOTE and p.code not in _PASSING
        )
    )
    return Approval(sha256=_total(parts), parts=parts)


def approval_lines(approval: Approval) -> list[str]:
    """Return the fingerprints as plain lines, as `approval_from` reads them."""
    width = max(map(len, approval.parts), default=0)
    rows = [f"  {part:<{width}}  {sha}" for part, sha in approval.parts.items()]
    return ["What an approval of this plan covers (SHA-256):", *rows, approval_sentence(approval)]


def approval_sentence(approval: Approval) -> str:
    """Return the one line that names the whole plan."""
    return f"{_LABEL} {approval.sha256}"


def approval_from(text: str) -> Approval:
    """Return what was approved, from the fingerprint alone or from a plan that was kept as a file.

    Raises:
        UsageError: it holds no fingerprint, or several, or its parts are not those of the whole.
    """
    if _SHA.fullmatch(alone := text.strip().lower()):
        return Approval(sha256=alone)
    totals = set(_TOTAL.findall(text))
    found = [line for line in text.splitlines() if line.startswith("{") and '"parts"' in line]
    parts = {name.strip(): sha for name, sha in _PART.findall(text)}
    for line in found:
        parts |= _json_parts(line)
    if len(totals) != 1:
        raise UsageError(
            "What was given with --plan is neither a SHA-256 nor a plan that was kept as a file.",
            hint="Give the 64 digits that `neo4j-tls plan` ends with, or the file it was kept in.",
        )
    if _total(parts) not in totals:
        parts = {}
    return Approval(sha256=totals.pop(), parts=parts)


def departure(approved: Approval, plan: Plan) -> Problem | None:
    """Return how a plan departs from what was approved, or None where it is the very same."""
    now = approval_of(plan)
    if now.sha256 == approved.sha256:
        return None
    names = [*dict.fromkeys((*approved.parts, *now.parts))]
    moved = [name for name in names if approved.parts.get(name) != now.parts.get(name)]
    if approved.parts:
        what = f"What differs: {', '.join(moved)}."
        hint = "Look at a plan made now, and have that one approved."
    else:
        what = f"It has the SHA-256 {now.sha256} now, and {approved.sha256} was approved."
        begin = ", ".join(f"{name} {sha[:_SHORT]}" for name, sha in now.parts.items())
        hint = (
            "To be told what differs, give the file the plan was kept in to --plan, or compare how "
            f"its parts begin now: {begin}. Then have a plan made now approved."
        )
    return Problem(
        code="plan-changed",
        severity=Severity.ERROR,
        message=f"The plan is not the one that was approved, so nothing was changed. {what}",
        hint=hint,
        evidence="; ".join(f"{name} {sha}" for name, sha in now.parts.items()),
        blocks=True,
    )


def _answers(plan: Plan) -> dict[str, object]:
    settings = asdict(plan.settings)
    return {key: value for key, value in settings.items() if key not in _NOT_DONE} | {
        "verify_hostname": plan.verify_hostname,
        "tls_versions": plan.tls_versions,
    }


def _server(server: ServerPlan) -> dict[str, str]:
    values = asdict(server)
    conf = [values.pop(key) for key in ("conf_sha256", "conf_mode")]
    standing = values.pop("standing_sha256")
    state = [values.pop(key) for key in ("running", "version")]
    name = server.server
    return {
        f"{name}: neo4j.conf": _digest(conf),
        f"{name}: certificates that stand": _digest(standing),
        f"{name}: version and state": _digest(state),
        f"{name}: changes": _digest(values),
    }


def _json_parts(line: str) -> dict[str, str]:
    try:
        parts = json.loads(line).get("parts")
    except (ValueError, AttributeError, RecursionError):
        return {}
    if not isinstance(parts, dict):
        return {}
    return {str(name): str(sha) for name, sha in parts.items()}


def _total(parts: Mapping[str, str]) -> str:
    return _digest([_FORMAT, *(f"{name} {sha}" for name, sha in parts.items())])


def _digest(value: object) -> str:
    # `default` meets only dates here; their text has its offset, and so one meaning.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
