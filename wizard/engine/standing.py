"""How far a walk has come with each server while it logs in and looks around."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Standing(StrEnum):
    """What is happening with one server, in words for people."""

    CONNECTING = "connecting"
    KEY_SEEN = "host key seen"
    LOGGING_IN = "logging in"
    LOGGED_IN = "logged in"
    NO_ACCESS = "no access"
    LOOKING = "being looked at"
    LOOKED_AT = "looked at"
    NOT_LOOKED_AT = "could not be looked at"


Watch = Callable[[str, Standing], None]
"""Is told a server's name and its standing, from any thread, as soon as it changes."""


def unwatched(_server: str, _standing: Standing, /) -> None:
    """Tell nobody."""
