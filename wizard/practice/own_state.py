"""Where walks over a practice cluster leave what they make: inside its directory, to go with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = "state"


def own_state(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which everything a walk keeps lies in the practice directory."""
    return dict(environ) | {"XDG_STATE_HOME": str(directory / FOLDER)}
