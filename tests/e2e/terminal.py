"""A real terminal to drive the wizard in: tmux, its keys and what stands on its screen."""

from __future__ import annotations

import shlex
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY_S = 0.1
TMUX_S = 30
ENDED = "[the command has ended]"
"""What stands below the screen then: tmux knows it even where it forgets to write its own words."""


@dataclass(frozen=True)
class Terminal:
    """One tmux server of our own with one window."""

    socket: str

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.socket, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=TMUX_S,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", "it", *keys)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-t", "it", "-l", text)

    def screen(self) -> str:
        end = ("display-message", "-p", "-t", "it", f"#{{?pane_dead,{ENDED},}}")
        return self.tmux("capture-pane", "-p", "-t", "it", ";", *end)

    def wait(self, shown: str | Callable[[str], bool], seconds: float = 30) -> str:
        """Look until the text is there; fail with the screen when it never comes."""
        deadline = time.monotonic() + seconds
        between_looks = threading.Event()
        while not _holds(text := self.screen(), shown):
            assert time.monotonic() < deadline, f"{shown!r} never came; the screen is:\n{text}"
            between_looks.wait(LOOK_EVERY_S)
        return text

    def enter(self, text: str, *, instead_of: str = "") -> None:
        """Type a text into the present field; again, where the field was not ready to take it.

        A text is seen by its end, because a long one is shown scrolled. Keys that do something,
        such as Ctrl+U, are slower than letters in Textual, so their effect is waited for.
        """
        for _try in range(5):
            if instead_of:
                self.press("C-u")
                self.wait(lambda screen, gone=instead_of: not _typed(screen, gone))
            self.type(text)
            with suppress(AssertionError):
                self.wait(lambda screen: _typed(screen, text), 5)
                return
            instead_of = text
        self.wait(lambda screen: _typed(screen, text), 1)

    def press_until(self, key: str, shown: str, most: int = 120) -> str:
        """Press a key each time the screen has changed, until the text is there."""
        text = self.wait(lambda text: bool(text.strip()))
        for _press in range(most):
            if shown in text:
                return text
            self.press(key)
            before = text
            text = self.wait(lambda text, before=before: text != before, 60)
        raise AssertionError(f"{shown!r} never came; the screen is:\n{text}")


def _typed(screen: str, text: str) -> bool:
    """Whether a text stands there, and not only as an example."""
    return any(text[-12:] in line.partition("e.g. ")[0] for line in screen.splitlines())


def _holds(text: str, shown: str | Callable[[str], bool]) -> bool:
    return shown in text if isinstance(shown, str) else shown(text)


@contextmanager
def terminal(
    *command: str | Path, size: str = "80x24", transcript: Path | None = None, **environment: str
) -> Iterator[Terminal]:
    """Run a command in a terminal of the given size; whatever is left of it ends with the block.

    A transcript gets every byte that the terminal is sent.
    """
    wide, high = size.split("x")
    it = Terminal(f"wizard-{uuid.uuid4().hex[:8]}")
    sets = [f"{name}={value}" for name, value in environment.items()]
    # Readline, which pytest loads, puts the size of the terminal around it into the environment.
    line = shlex.join(["env", "-u", "COLUMNS", "-u", "LINES", *sets, *map(str, command)])
    if transcript is not None:
        # The command waits until somebody writes along, so that no byte is missed.
        line = f"read -r go; exec {line}"
    try:
        it.tmux("-f", "/dev/null", "new-session", "-d", "-s", "it", "-x", wide, "-y", high, line)
        it.tmux("set-option", "-g", "escape-time", "0")
        it.tmux("set-option", "-g", "remain-on-exit", "on")
        if transcript is not None:
            it.tmux("pipe-pane", "-t", "it", f"cat >> {shlex.quote(str(transcript))}")
            it.press("Enter")
        yield it
    finally:
        it.tmux("kill-server")
