"""The text of a crash: where it happened and what it was, never a local variable."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path


def crash_text() -> str:
    """Return the present exception as text; its message is left out, because it may quote input."""
    kind, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace) or (
        traceback.extract_tb(error.__traceback__) if error else []
    )
    lines = [f"  {Path(one.filename).name}:{one.lineno} in {one.name}" for one in frames]
    name = kind.__name__ if kind else "an unknown error"
    return "\n".join(
        [
            f"The wizard has a fault ({name}) and has stopped. This is not your doing.",
            *lines,
            "Was it changing servers? `neo4j-tls resume` goes on, `neo4j-tls undo` puts all back.",
        ]
    )
