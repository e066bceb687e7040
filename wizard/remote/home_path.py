"""A person's own files, as they write them in their answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_path(path: str, environ: Mapping[str, str]) -> Path:
    """Return a local path with a leading `~/` put in the environment's HOME."""
    if path == "~" or path.startswith("~/"):
        return Path(environ.get("HOME") or Path.home()) / path[2:]
    return Path(path)
