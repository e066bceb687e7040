"""One megabyte of neo4j.conf: linted, and only read by the library that knows the format."""

from __future__ import annotations

import time
from collections.abc import Callable

import javaproperties

from wizard.model.version import Version
from wizard.neo4j.lint import lint
from wizard.neo4j.properties import ENCODING

MEGABYTE = 1 << 20
_VERSION = Version(5, 26)

_ENTRY = (
    "# What the setting below is for, in a sentence as long as those of the shipped file.\n"
    "#server.some.setting.that.is.commented.out=value\n\n"
    "server.some.setting{number}=/a/value/of/usual/length\n"
)


def as_shipped() -> bytes:
    """Return a file with as many comments as Neo4j's own has."""
    return _cut("".join(_ENTRY.format(number=number) for number in range(7000)))


def settings_only() -> bytes:
    """Return a file of nothing but settings."""
    return _cut("".join(f"server.some.setting{number}=value\n" for number in range(40_000)))


def ways(raw: bytes) -> dict[str, Callable[[], float]]:
    """Return both ways; each insists on having seen every setting."""
    settings = sum(line.startswith(b"server.") for line in raw.splitlines())

    def library() -> float:
        begun = time.perf_counter()
        found = javaproperties.loads(raw.decode(ENCODING))
        taken = time.perf_counter() - begun
        assert len(found) == settings
        return taken

    def ours() -> float:
        wrong = raw + b"server.some.setting0=again\n"
        begun = time.perf_counter()
        found = lint(wrong, _VERSION)
        taken = time.perf_counter() - begun
        assert [problem.code for problem in found] == ["setting-repeated"]
        return taken

    return {"javaproperties, read only": library, "lint, every check": ours}


def _cut(text: str) -> bytes:
    """Return whole lines of less than a megabyte."""
    return text.encode()[: MEGABYTE - 100].rpartition(b"\n")[0] + b"\n"
