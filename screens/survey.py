"""What stands on the servers: the facts, what is in the way, and the way out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static
from textual.worker import get_current_worker

from screens.place import Left, Place
from screens.step import Offer, StepScreen
from screens.widgets.flowing import Flowing
from screens.widgets.key_hints import READING_HINTS
from screens.widgets.problem_box import ProblemBox, problem_content
from screens.widgets.tones import MUTED
from wizard.engine.standing import Standing, Watch
from wizard.errors import WizardError
from wizard.interview.fields import Given, Step
from wizard.model.facts import ServerFacts
from wizard.model.problems import Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the survey saw.

    Attributes:
        advertised: by server name, the address the others dial.
        stuck: whether something has to be mended first.
    """

    facts: tuple[ServerFacts, ...]
    advertised: dict[str, str]
    problems: tuple[Problem, ...]
    stuck: bool


Look = Callable[[Watch], Seen]
LOOKING = "reading the version, neo4j.conf, ports, names and the clock …"
WAITING = "waiting for its turn …"
SIGNS = {
    Standing.LOOKED_AT: ("✓", "$text-success"),
    Standing.NOT_LOOKED_AT: ("✗", "$text-error"),
}


def standing_content(server: str, standing: Standing | None) -> Content:
    """Draw how far the survey has come with one server."""
    sign, colour = ("·", MUTED) if standing is None else SIGNS.get(standing, ("▸", "$text-primary"))
    words = LOOKING if standing is Standing.LOOKING else WAITING if standing is None else standing
    return Content.assemble((f"{sign} ", colour), (f"{server}  ", "bold"), str(words))


def fact_content(facts: ServerFacts, advertised: str) -> Content:
    """Draw one server: what runs there, and where."""
    running = ("✓ running", "$text-success") if facts.running else ("! stopped", "$text-warning")
    version = str(facts.version) if facts.version else "of unknown version"
    lines = [
        Content.assemble(
            (f"{facts.server}  ", "bold"), f"Neo4j {version} {facts.edition.value}  ", running
        ),
        Content.styled(f"  others dial {advertised}; started by {_starter(facts.service)}", MUTED),
        Content.styled(f"  {facts.conf_file}", MUTED),
    ]
    return Content("\n").join(lines)


def _starter(service: str) -> str:
    kind, _, name = service.partition(":")
    return f"{kind}, as {name}" if name else f"{kind}/neo4j" if kind == "bin" else service


class SurveyScreen(StepScreen):
    """Looks at every server, read-only, and asks for a backup where there is data to lose."""

    keys: ClassVar[tuple[tuple[str, str], ...]] = (("PgUp, PgDn", "scroll"),)
    hints = READING_HINTS

    @dataclass
    class Stood(Message):
        """The survey has come further with a server."""

        server: str
        standing: Standing

    @dataclass
    class Through(Message):
        """The survey is through."""

        seen: Seen | None
        error: WizardError | None

    def __init__(
        self,
        place: Place,
        step: Step,
        given: Given,
        *,
        offer: Offer,
        look: Look,
        servers: Sequence[str] = (),
    ) -> None:
        super().__init__(place, step, given, offer=offer)
        self._look = look
        self._servers = tuple(servers)
        self._seen: Seen | None = None
        self._standings: dict[str, Standing] = {}
        self._running = False
        self._leaving = False

    def page(self) -> Iterator[Widget]:
        """Yield facts, problems, and the step's own questions."""
        yield Static("", id="survey-lead", classes="headline", markup=False)
        yield Flowing(identity="survey-facts")
        yield Flowing(identity="survey-problems")
        yield ProblemBox()
        yield from super().page()

    def more_buttons(self) -> Iterator[Widget]:
        """Yield what is offered after a problem was mended."""
        yield Button("Look again", id="retry", compact=True)

    def on_mount(self) -> None:
        """Look at once."""
        self._apply()
        self._begin()

    @property
    def busy(self) -> bool:
        """Whether the survey is under way."""
        return self._running

    def _begin(self) -> None:
        self._running, self._seen = True, None
        self.query_one("#survey-lead", Static).update(
            "Looking at every server; nothing is written …"
        )
        self._standings.clear()
        self._draw_standings()
        self.query_one("#survey-problems", Flowing).update("")
        self.query_one(ProblemBox).clear()
        for name in ("#retry", "#next"):
            self.present(name, wanted=False)
        self._start()

    @work(thread=True, group="survey", description="survey", exit_on_error=False)
    def _start(self) -> None:
        def watch(server: str, standing: Standing) -> None:
            self.post_message(self.Stood(server, standing))

        seen, error = None, None
        try:
            seen = self._look(watch)
        except WizardError as caught:
            error = caught
        if not get_current_worker().is_cancelled:
            self.post_message(self.Through(seen, error))

    def _draw_standings(self) -> None:
        rows = [standing_content(name, self._standings.get(name)) for name in self._servers]
        self.query_one("#survey-facts", Flowing).update(Content("\n").join(rows))

    def on_survey_screen_stood(self, event: Stood) -> None:
        """Show how far it has come with a server, while the survey lasts."""
        self._standings[event.server] = event.standing
        if self._running:
            self._draw_standings()

    def on_survey_screen_through(self, event: Through) -> None:
        """Show what was found, and offer what can be done."""
        self._running = False
        if self._leaving:
            self._leave()
            return
        self._seen = event.seen
        self.query_one("#survey-facts", Flowing).update("")
        if event.error is not None:
            self.query_one(ProblemBox).show(event.error)
        stuck = event.seen is None or event.seen.stuck
        self.query_one("#survey-lead", Static).update(self._lead())
        self._draw()
        self.present("#next", wanted=not stuck)
        self.present("#retry", wanted=stuck)
        if stuck:
            self.query_one("#retry").focus()
        else:
            self.focus_first()

    def _lead(self) -> str:
        if self._seen is None:
            return "The servers could not all be looked at. Nothing was changed."
        if self._seen.stuck:
            return "Something is in the way. Mend it and look again; nothing was changed."
        if any(one.severity is not Severity.NOTE for one in self._seen.problems):
            return "Nothing is in the way; something is worth knowing. Nothing was changed."
        return "Nothing is in the way. Nothing was changed."

    def _draw(self) -> None:
        if self._seen is None:
            return
        advertised = self._seen.advertised
        facts = [fact_content(one, advertised.get(one.server, "?")) for one in self._seen.facts]
        self.query_one("#survey-facts", Flowing).update(Content("\n").join(facts))
        weights = list(Severity)
        problems = sorted(self._seen.problems, key=lambda one: weights.index(one.severity))
        drawn = [problem_content(problem) for problem in problems]
        self.query_one("#survey-problems", Flowing).update(Content("\n").join(drawn))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Look again, or what every screen's buttons do."""
        if event.button.id == "retry":
            event.stop()
            self._begin()
        else:
            super().on_button_pressed(event)

    def action_next(self) -> None:
        """Go on, unless it is still running or something is in the way."""
        if self._seen is not None and not self._seen.stuck:
            super().action_next()

    def action_back(self) -> None:
        """Go back; a survey under way is waited for."""
        if self._running:
            self._leaving = True
            self.query_one("#survey-lead", Static).update("Stopping; nothing was changed.")
        else:
            self._leave()

    def _leave(self) -> None:
        self.leave(Left(forward=False, answers=self.answers()))
