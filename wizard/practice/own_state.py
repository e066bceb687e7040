"""Where walks over a practice cluster leave what they make: inside its directory, to go with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wizard.practice.layout import MARKER

FOLDER = "state"


def own_state(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which everything a walk keeps lies in the practice directory."""
    return dict(environ) | {"XDG_STATE_HOME": str(directory / FOLDER)}


def states_beside(answers: Path) -> tuple[Path, ...]:
    """Return the state folder of the practice cluster that an answers file belongs to, if any."""
    if not (answers.parent / MARKER).exists():
        return ()
    return (answers.parent / FOLDER / "neo4j-tls",)
