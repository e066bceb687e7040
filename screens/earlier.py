"""A run that was cut off or only staged: resume it, put it back, or leave it for later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.widgets.flowing import Flowing
from screens.widgets.problem_box import error_content
from wizard.engine.records.earlier import Waiting
from wizard.errors import WizardError

RESUME, UNDO = "resume", "undo"
WAYS = {RESUME: "Resume", UNDO: "Put back"}
LATER = "changes nothing now; the wizard asks again when it starts."


def way_buttons(waiting: Waiting) -> Iterator[Button]:
    """Yield the ways out of a run that waits: the one that goes on first."""
    yield Button(WAYS[RESUME], id=RESUME, variant="primary", compact=True)
    if waiting.undo:
        yield Button(WAYS[UNDO], id=UNDO, compact=True)


def way_words(waiting: Waiting) -> Content:
    """Draw what each button does."""
    ways = [(WAYS[RESUME], waiting.resume), (WAYS[UNDO], waiting.undo), ("Later", LATER)]
    lines = [Content.assemble("  · ", (name, "bold"), f" {words}") for name, words in ways if words]
    return Content("\n").join(lines)


def chosen(waiting: Waiting, wish: str) -> tuple[str, str]:
    """Return the button of a wish, and what it does."""
    return WAYS[wish], waiting.undo if wish == UNDO else waiting.resume


def commands(waiting: Waiting) -> str:
    """Return the same as commands, for another terminal or another day."""
    run = waiting.run.id
    back = f"\n  neo4j-tls undo {run}" if waiting.undo else ""
    return f"The same as commands:\n  neo4j-tls resume {run}{back}"


def offer_resume(screen: WizardScreen) -> None:
    """Make Resume what Enter means, and the last button the one for later."""
    following = screen.query_one("#next", Button)
    following.variant, following.label = "default", "Later"
    screen.query_one(f"#{RESUME}", Button).focus()


class EarlierScreen(WizardScreen):
    """Comes before the first question; leaves with the wish, or without one for later."""

    next_label: ClassVar[str] = "Later"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "on Resume: log in, and then ask before it goes on with this run"),
        ("Tab", "to Put back, and to Later"),
        ("Esc", "later: nothing changes now"),
    )
    hints = ("Ctrl+P menu", "Esc later", "↑↓ PgDn scroll", "F1 help", "Ctrl+Q quit")

    def __init__(self, place: Place, waiting: Waiting, error: WizardError | None = None) -> None:
        super().__init__(place)
        self._waiting = waiting
        self._error = error

    def page(self) -> Iterator[Widget]:
        """Yield how the run stands, and what each way out does."""
        waiting = self._waiting
        yield Flowing(waiting.head, classes="headline warned")
        yield Flowing(waiting.state)
        yield Flowing(way_words(waiting), identity="ways")
        yield Flowing(commands(waiting), identity="as-commands", classes="quiet")
        if self._error is not None:
            yield Flowing(error_content(self._error), classes="problem-box")

    def more_buttons(self) -> Iterator[Widget]:
        """Yield the ways out."""
        yield from way_buttons(self._waiting)

    def on_mount(self) -> None:
        """Later is no recommendation."""
        offer_resume(self)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Leave with what was chosen."""
        event.stop()
        wish = event.button.id if event.button.id in (RESUME, UNDO) else ""
        self.leave(Left(forward=True, wish=wish or ""))

    def action_back(self) -> None:
        """Leave it for later."""
        self.leave(Left(forward=True))
