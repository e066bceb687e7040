"""What was approved, from the command line: a plan's SHA-256, or the file the plan was kept in."""

from __future__ import annotations

from pathlib import Path

from wizard.errors import UsageError
from wizard.planning.approval import Approval, approval_from

_DIGITS = 64
_MAX_BYTES = 16 << 20


def approval(given: str) -> Approval:
    """Return what was approved.

    Raises:
        UsageError: it is neither a SHA-256 nor a file that holds a plan.
    """
    if len(given) == _DIGITS and set(given.lower()) <= set("0123456789abcdef"):
        return approval_from(given)
    try:
        with Path(given).open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"The approved plan {given!a} can't be read: {error.strerror}.",
            hint="Give --plan the 64 digits that `neo4j-tls plan` ends with, or a file with it.",
        ) from error
    if len(raw) > _MAX_BYTES:
        raise UsageError(f"The approved plan {given!a} is larger than any plan.")
    return approval_from(raw.decode("utf-8", errors="replace"))
