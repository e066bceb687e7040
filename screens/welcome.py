"""The first screen: what will happen, what will not, and the choice to practise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual import work
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from screens.place import Place
from screens.step import Offer, StepScreen
from screens.widgets.flowing import Flowing
from screens.widgets.problem_box import ProblemBox
from wizard.errors import WizardError
from wizard.interview.fields import Given, Step
from wizard.interview.welcome import is_practice

PROMISES = (
    ("✓", "About ten short pages; every question has a default and a reason."),
    ("✓", "Nothing changes on any server before your one yes."),
    (
        "✓",
        "It ends with a proof: the servers reach each other, strangers are refused.",
    ),
    ("✓", "If anything goes wrong, every server is put back byte for byte."),
    ("✗", "Nothing changes that you were not shown; data, Bolt and HTTP stay as they are."),
)


READY = "✓ A practice cluster is running on this computer; Enter begins the walk."


class WelcomeScreen(StepScreen):
    """Says what this is; when practice is chosen, starts the practice cluster."""

    @dataclass
    class Ready(Message):
        """The practice cluster is up, or could not be started."""

        error: WizardError | None

    def __init__(
        self,
        place: Place,
        step: Step,
        given: Given,
        *,
        offer: Offer,
        start_practice: Callable[[], None],
        only_practice: bool = False,
        earlier: str = "",
    ) -> None:
        super().__init__(place, step, given, offer=offer)
        self._start_practice = start_practice
        self._only_practice = only_practice
        self._earlier = earlier
        self._starting = False
        if only_practice:
            self.rows = []

    def page(self) -> Iterator[Widget]:
        """Yield the promises, then the choice."""
        for sign, words in PROMISES:
            yield Flowing(f"{sign} {words}", classes="promise")
        yield Static("", classes="gap", markup=False)
        if self._earlier:
            tone = "warned" if self._earlier.startswith("!") else "quiet"
            yield Flowing(self._earlier, identity="earlier-run", classes=tone)
        if self._only_practice:
            yield Static(READY, id="practice-ready", classes="good", markup=False)
        else:
            yield from super().page()
        yield Static("", id="starting", classes="quiet", markup=False)
        yield ProblemBox()

    @property
    def busy(self) -> bool:
        """Whether the practice cluster is being started."""
        return self._starting

    def action_next(self) -> None:
        """Go on; on the practice walk, once the practice cluster is up."""
        if self._starting:
            return
        if self._only_practice or not is_practice(self.answers()):
            super().action_next()
            return
        self._starting = True
        self.query_one(ProblemBox).clear()
        words = "Starting three practice servers with real SSH and real TLS; this takes seconds …"
        self.query_one("#starting", Static).update(words)
        self._start()

    @work(thread=True, group="practice", description="practice cluster", exit_on_error=False)
    def _start(self) -> None:
        error: WizardError | None = None
        try:
            self._start_practice()
        except WizardError as caught:
            error = caught
        if not get_current_worker().is_cancelled:
            self.post_message(self.Ready(error))

    def on_welcome_screen_ready(self, event: Ready) -> None:
        """Go on, or say why there is no practice cluster."""
        self._starting = False
        self.query_one("#starting", Static).update("")
        if event.error is None:
            super().action_next()
        else:
            self.query_one(ProblemBox).show(event.error)
