"""The table of what is dialled in words, the same for every front end."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.text import shown
from wizard.planning.plan import Coverage, Plan
from wizard.planning.view import is_ip

COVERAGE_TITLE = "What is dialled, and whose certificate covers it"

_WIDEST = 40
"""Longer names are followed by two blanks instead of standing in a column."""


def coverage_rows(plan: Plan) -> Iterator[tuple[bool, str]]:
    """Yield a line for everything that is dialled: whether it is covered, and the words."""
    hosts = [shown(row.host) for row in plan.coverage]
    width = min(_WIDEST, max(map(len, hosts), default=0))
    for row, host in zip(plan.coverage, hosts, strict=True):
        yield bool(row.covered_by), f"{host:{width}}  {_whose(row)}"


def verify_hostname_words(plan: Plan) -> str:
    """Return what verify_hostname will be, and why."""
    return (
        f"verify_hostname will be {str(plan.verify_hostname).lower()}. {plan.verify_hostname_why}"
    )


def _whose(row: Coverage) -> str:
    words = ", ".join(row.covered_by) or "NOBODY"
    if not row.covered_by and row.of:
        words += f", though it leads to {', '.join(row.of)}"
    if row.found_for is not None:
        return f"{words} (the name peers find for {row.found_for})"
    if row.listed_by is not None:
        return f"{words} (in the list of members on {row.listed_by})"
    return f"{words} (an IP address)" if is_ip(row.host) else words
