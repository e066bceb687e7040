"""Who is asked: one line at a time, with nothing drawn twice."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Protocol, TextIO


class Asker(Protocol):
    """Somebody who reads sentences and types lines."""

    def say(self, text: str = "") -> None:
        """Show one line or paragraph."""

    def line(self, prompt: str) -> str:
        """Return the line that was typed.

        Raises:
            EOFError: nobody is there any more.
        """

    def hidden(self, prompt: str) -> str:
        """Return a line that was typed without being shown.

        Raises:
            EOFError: nobody is there any more.
        """


class LineAsker:
    """Bare lines from one stream to another: pipes, dumb terminals, screen readers."""

    def __init__(self, reading: TextIO | None = None, writing: TextIO | None = None) -> None:
        self._reading = reading or sys.stdin
        self._writing = writing or sys.stdout

    def say(self, text: str = "") -> None:
        """Show one line or paragraph."""
        self._writing.write(f"{text}\n")
        self._writing.flush()

    def line(self, prompt: str) -> str:
        """Return the line that was typed."""
        self._writing.write(prompt)
        self._writing.flush()
        typed = self._reading.readline()
        if not typed:
            raise EOFError
        return typed.rstrip("\r\n")

    def hidden(self, prompt: str) -> str:
        """Return a line without echo; a pipe has none to begin with."""
        if self._reading.isatty():
            return getpass.getpass(prompt)
        return self.line(prompt)


class TerminalAsker:
    """A small but capable terminal: the same single lines, with the editing people expect."""

    def __init__(self) -> None:
        # A serial console never answers the question where its cursor is.
        os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")

    def say(self, text: str = "") -> None:
        """Show one line or paragraph."""
        print(text, flush=True)  # noqa: T201 - the conversation

    def line(self, prompt: str) -> str:
        """Return the line that was typed."""
        import questionary  # noqa: PLC0415 - bare lines do without it

        return str(questionary.text(prompt.rstrip(), qmark="").unsafe_ask())

    def hidden(self, prompt: str) -> str:
        """Return a line shown as stars."""
        import questionary  # noqa: PLC0415 - as above

        return str(questionary.password(prompt.rstrip(), qmark="").unsafe_ask())


def asker_for_terminal(*, plain: bool) -> Asker:
    """Return the asker that fits the terminal; plain is bare lines, whatever it could do."""
    simple = os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("ACCESSIBLE", "0") != "0"
    if plain or simple or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return LineAsker()
    return TerminalAsker()
