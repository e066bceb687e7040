"""Who else on this computer can read a brought file."""

from __future__ import annotations

from pathlib import Path

_READ_BY_OTHERS, _ENTERED_BY_OTHERS = 0o004, 0o001


def open_to_all(path: Path) -> bool:
    """Say whether everybody can read a file: its own mode lets them, and every folder above it.

    False where that can't be seen; access lists are not looked at.
    """
    try:
        whole = path.resolve(strict=True)
        return bool(whole.stat().st_mode & _READ_BY_OTHERS) and all(
            above.stat().st_mode & _ENTERED_BY_OTHERS for above in whole.parents
        )
    except (OSError, RuntimeError, ValueError):
        return False
