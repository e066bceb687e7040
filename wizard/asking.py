"""What the headless front end says and asks at the terminal, where somebody is at one."""

from __future__ import annotations

import getpass
import os
import sys

from wizard.remote.reaching import HostKeySeen
from wizard.secret import Secret


def somebody_is_there() -> bool:
    """Whether a person can be asked."""
    return os.isatty(0) and os.isatty(2)


def decide_host_key(seen: HostKeySeen) -> bool:
    """Put a host key to the person, if there is one; without a terminal it stays unknown."""
    if not somebody_is_there():
        return False
    narrate(
        f"{seen.server} ({seen.host}:{seen.port}) shows the host key {seen.kind}"
        f" {seen.fingerprint}, which is not known yet."
    )
    return ask("Is it the server's own? Type yes: ")


def ask_secret(question: str) -> Secret:
    """Ask at the terminal itself, without showing what is typed."""
    return Secret(getpass.getpass(question))


def ask(question: str, word: str = "yes") -> bool:
    """Return whether the person typed this word."""
    narrate(question)
    try:
        return sys.stdin.readline().strip() == word
    except OSError:
        return False


def say(line: str) -> None:
    """Print a line of the result."""
    print(line, flush=True)  # noqa: T201 - the result


def narrate(line: str) -> None:
    """Tell the person who watches."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - not part of the result
