"""The box before the end: a copy of the certificate authority is saved, or deliberately not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from wizard.errors import WizardError

NO_COPY = "no copy"
"""What has to be typed to end without one."""

QUESTION = (
    "One thing before the end. The key of the certificate authority is on this computer alone. "
    "Were it lost, no certificate could be renewed and no server added: every server would need "
    f"new certificates. Save a copy in a folder of its own, or type: {NO_COPY}"
)

Copy = Callable[[Path], str]
"""Saves the copy, opens it again, and returns what to say of it."""


class CopyScreen(ModalScreen[bool]):
    """Asks where; returns True once a copy stands or was refused, False to go back and read on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]
    AUTO_FOCUS = "Input"

    def __init__(self, copy: Copy, suggested: Path) -> None:
        super().__init__()
        self._copy = copy
        self._suggested = suggested
        self._busy = False

    def compose(self) -> ComposeResult:
        """Lay out the question, the field and the buttons."""
        with Vertical(id="ask-box"):
            yield Static(QUESTION, id="ask-question", markup=False)
            yield Input(str(self._suggested), id="copy-place", compact=True, max_length=1024)
            yield Static("", id="typed-problem", markup=False)
            with Horizontal(id="ask-answers"):
                yield Button("Save the copy", id="save", compact=True)
                yield Button("Back", id="back", compact=True)
                yield Button("Finish", id="finish", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Finish comes once there is something to finish with."""
        self.query_one("#finish").display = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field is the answer, too."""
        event.stop()
        self._accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save, go back, or finish."""
        event.stop()
        if event.button.id == "finish":
            self.dismiss(True)  # noqa: FBT003 - the result of the screen is this one truth
        elif event.button.id == "back":
            self.action_leave()
        else:
            self._accept()

    def action_leave(self) -> None:
        """Return to the last screen; the question comes again at its end."""
        if not self._busy:
            self.dismiss(self.query_one("#finish").display)

    def _accept(self) -> None:
        typed = self.query_one("#copy-place", Input).value.strip()
        if typed.strip("\"'“”. ").lower() == NO_COPY:
            self.dismiss(True)  # noqa: FBT003 - as above
        elif not typed:
            self._say(f"✗ Name a folder, or type {NO_COPY}.")
        elif not self._busy:
            self._busy = True
            self._say("Saving it, and opening it again …")
            self.run_worker(self._save(Path(typed).expanduser()), group="copy")

    async def _save(self, target: Path) -> None:
        try:
            words = await asyncio.to_thread(self._copy, target)
        except WizardError as error:
            self._say(f"✗ {error.message} {error.hint}")
            self.query_one("#copy-place").focus()
        else:
            self.query_one("#ask-question", Static).update(f"✓ {words}")
            self._say("")
            for name in ("#copy-place", "#save", "#back"):
                self.query_one(name).display = False
            finish = self.query_one("#finish")
            finish.display = True
            finish.focus()
        finally:
            self._busy = False

    def _say(self, words: str) -> None:
        self.query_one("#typed-problem", Static).update(words)
