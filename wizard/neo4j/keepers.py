"""Who else keeps a neo4j.conf, by what the head of the file says."""

from __future__ import annotations

import re
from collections.abc import Iterable

HEADER_LINES = 10
"""A tool says so at the top; further down its name may mean anything."""

_TOOLS = {
    "puppet": "Puppet",
    "ansible": "Ansible",
    "chef": "Chef",
    "cinc": "Chef",
    "salt": "Salt",
    "saltstack": "Salt",
    "cfengine": "CFEngine",
    "terraform": "Terraform",
}
_NAMED = re.compile(rf"\b({'|'.join(_TOOLS)})\b", re.IGNORECASE)


def keeper_named(comments: Iterable[tuple[int, str]]) -> tuple[int, str] | None:
    """Return the line and the name of the tool that the head of a neo4j.conf says manages it.

    Args:
        comments: the comments of the file, each with the number of its line.
    """
    for number, text in comments:
        if number <= HEADER_LINES and (match := _NAMED.search(text)) is not None:
            return number, _TOOLS[match[1].lower()]
    return None


def keeper_of(conf: bytes) -> str | None:
    """Return the name of the tool that a neo4j.conf says manages it, or None."""
    lines = enumerate(conf.decode("iso-8859-1").split("\n")[:HEADER_LINES], start=1)
    found = keeper_named((n, line) for n, line in lines if line.lstrip().startswith(("#", "!")))
    return None if found is None else found[1]
