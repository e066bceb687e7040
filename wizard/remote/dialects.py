"""In which language a server is told what to do: the one place that knows the platforms.

A further platform is a folder of scripts that answer as these do, and one entry in DIALECTS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from wizard.model.facts import Platform
from wizard.model.settings import Become

READY = b"neo4j-tls-ready"
"""What a server says on stderr once it listens to us; whatever came before is noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How every script is sent to a server of one kind.

    Attributes:
        folder: the scripts, below this room.
        ending: of their file names.
        command: the one command line: says READY, reads a mark, how many bytes the script has up to
            the next line that is this mark, and these; says the mark, and runs the script; what
            comes after is the script's.
        elevated: what stands in front of it to gain rights; `{nonce}` is how sudo is to ask, and
            `{command}` the command that a person has named.
        opening: the first lines of a script that is left on the server, to be run by hand.
        shared: scripts that hold functions for the others.
    """

    folder: str
    ending: str
    command: str
    elevated: tuple[tuple[Become, str], ...]
    opening: bytes
    shared: tuple[str, ...]

    def line(self, become: Become, nonce: str, command: str = "") -> str:
        """Return the command line: the same for every script, so that it holds no value."""
        return dict(self.elevated)[become].format(nonce=nonce, command=command) + self.command


_SH = (
    f"sh -c 'echo {READY.decode()} >&2; mask=$(umask); umask 077; "
    "language=${LC_ALL-}; LC_ALL=C; "
    r'PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH; end=$(printf "\n."); end=${end%.}; '
    "IFS= read -r mark; IFS= read -r size; "
    "script=$(dd bs=$size count=1 2>/dev/null; echo .); script=${script%.}; "
    'until case $script in *"$end$mark$end") ;; *) false ;; esac; do '
    "IFS= read -r line || exit 9; script=$script$line$end; done; "
    'echo "$mark"; eval "${script%"$mark$end"}"'
    "'"
)
"""The script stands between two lines that are the mark: one that was cut off is never run.

A shell reads lines from a connection byte by byte, so dd takes as much of the script as has come,
and never more than it; what comes later is read by lines.

No quote, newline, `!` or pair of backslashes, which csh and fish read differently inside quotes.
"""

POSIX = Dialect(
    folder="scripts",
    ending=".sh",
    command=_SH,
    elevated=(
        (Become.NONE, ""),
        (Become.SUDO, "sudo -n -- "),
        (Become.SUDO_PASSWORD, "sudo -S -p {nonce} -- "),
        (Become.COMMAND, "{command} "),
    ),
    opening=b"#!/bin/sh\n",
    shared=("prelude", "rights", "working", "managing", "way_back", "keepers"),
)

DIALECTS: Mapping[Platform, Dialect] = MappingProxyType({Platform.SERVER: POSIX})
"""The dialects we have. A platform that is missing here is recognised, and not worked on."""

_FUNCTION = re.compile(rb"(?m)^(?:#.*\n)*(\w+)\(\) \{(?: .* \}|\n(?:.*\n)*?\})\n")
_WORD = re.compile(rb"\w+")
_SPARE = re.compile(rb"(?m)^[ \t]+|^[ \t]*#.*\n|^\n")
_NOT_POSIX = "not recognized"
_WINDOWS = ("MINGW", "MSYS", "CYGWIN", "WINDOWS")


def platform_by_words(words: str) -> Platform | None:
    """Tell the platform of a server that did not run our command, by what it said instead.

    cmd.exe and PowerShell both say "is not recognized as" of a command they do not know.
    """
    return Platform.WINDOWS if _NOT_POSIX in words else None


def platform_by_system(system: str) -> Platform:
    """Tell the platform by what the system calls itself, as uname(1) does."""
    found = any(word in system.upper() for word in _WINDOWS)
    return Platform.WINDOWS if found else Platform.SERVER


@lru_cache
def script_text(name: str, dialect: Dialect = POSIX) -> bytes:
    """Return a constant script with those of the shared functions it uses in front.

    Every byte counts: a shell reads them from a connection one by one.
    """
    folder = resources.files("wizard.remote").joinpath(dialect.folder)
    *shared, script = (
        folder.joinpath(f"{part}{dialect.ending}").read_bytes() for part in (*dialect.shared, name)
    )
    functions = {match[1]: match[0] for text in shared for match in _FUNCTION.finditer(text)}
    used: set[bytes] = set()
    words = set(_WORD.findall(script)) & functions.keys()
    while words:
        used |= words
        inside = b"".join(functions[word] for word in words)
        words = (set(_WORD.findall(inside)) & functions.keys()) - used
    head = shared[0][: min(match.start() for match in _FUNCTION.finditer(shared[0]))]
    return b"".join([head, *(functions[word] for word in functions if word in used), script])


def sent(text: bytes, mark: bytes, stdin: bytes) -> bytes:
    """Return what the command line reads: a script without its spare bytes, and its input."""
    script = b"%s%s\n" % (bare(text), mark)
    return b"%s\n%d\n%s%s" % (mark, len(script), script, stdin)


@lru_cache
def bare(text: bytes) -> bytes:
    """Return a script without its comments and its indentation."""
    return _SPARE.sub(b"", text)
