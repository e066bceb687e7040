"""The one reader of the assets: from inside an installed wheel, or beside a checkout."""

from __future__ import annotations

from pathlib import Path

import wizard

_PACKAGE = Path(wizard.__file__).resolve().parent
_PLACES = (_PACKAGE / "assets", _PACKAGE.parent / "assets")


def asset(name: str) -> str:
    """Return the text of an asset, such as `lessons/trust.md`.

    Raises:
        FileNotFoundError: there is no such asset; the installation is not whole.
    """
    for place in _PLACES:
        path = place / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(name)


def lesson(key: str) -> str:
    """Return the lesson of a step as Markdown; a step without one has an empty lesson."""
    try:
        return asset(f"lessons/{key}.md")
    except FileNotFoundError:
        return ""
