"""Everything that will change, server by server, and the one yes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from screens.confirm import TypeNameScreen
from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.running import Running
from screens.widgets.flowing import Flowing
from screens.widgets.key_hints import READING_HINTS
from screens.widgets.problem_box import ProblemBox, problem_content
from screens.widgets.tones import MUTED
from wizard.engine.events import ProblemFound, Said
from wizard.errors import WizardError
from wizard.planning.coverage_words import (
    COVERAGE_TITLE,
    coverage_rows,
    verify_hostname_words,
)
from wizard.planning.keeping import SUSPENDED, question
from wizard.planning.key_words import KEYS_TITLE, key_words, reader_words
from wizard.planning.plan import DiffLine, FileRole, Plan, PlannedFile, ServerPlan
from wizard.planning.render import brought_words
from wizard.planning.rescue import RESCUE_TITLE, TOGETHER, rescue_rows

Save = Callable[[Plan], Path]
_LINE = re.compile(r"-(\d+)")
SIGNS = {"+": "$text-success", "-": "$text-error", "@": MUTED, " ": MUTED}


def heading(words: str) -> Content:
    """Draw a heading inside the page."""
    return Content.styled(f"\n{words}", "bold $text-primary")


def diff_content(line: DiffLine) -> Content:
    """Draw a line of a diff: the sign says it, the colour helps."""
    if line.sign == "@":
        at = _LINE.search(line.text)
        return Content.styled(f"    from line {at[1]} on:" if at else "    …", MUTED)
    return Content.styled(f"  {line.sign} {line.text}", SIGNS.get(line.sign, ""))


def file_content(file: PlannedFile) -> Content:
    """Draw a file that will be written, with the mode it gets from its first byte."""
    maker = "the authority" if file.of == "ca" else file.of
    whose = f"  of {maker}" if maker else ""
    path = "(this folder)" if file.path == "." else file.path
    if file.role is FileRole.DIRECTORY and file.path != ".":
        path = f"{path.rstrip('/')}/"
    return Content(f"  + {file.mode & 0o777:04o}  {path}{whose}")


def owner(uid: int, gid: int) -> str:
    """Name the owner of the files; only 0 has the same name everywhere."""
    return f"{'root (user 0)' if uid == 0 else f'user {uid}'}, group {gid}"


def server_content(server: ServerPlan) -> Iterator[Content]:
    """Draw one server: its new files, its names, and what changes in neo4j.conf."""
    names = ", ".join((*server.dns_names, *server.ip_addresses))
    yield heading(f"{server.server}  {server.address}, Neo4j {server.version}")
    yield Content(f"  New files, owned by {owner(server.owner_uid, server.owner_gid)}, in")
    yield Content(f"  {server.base_directory}")
    yield from (file_content(file) for file in server.files)
    if server.brought is None:
        yield Content(f"  Its certificate is for {names} (CN {server.common_name}).")
    else:
        yield Content(f"  Its certificate is for {names}.")
        yield from (Content(f"  {sentence}") for sentence in brought_words(server))
    mode = ""
    if server.conf_mode_after != server.conf_mode:
        mode = f", mode {server.conf_mode & 0o777:04o} becomes {server.conf_mode_after & 0o777:04o}"
    yield Content(f"  Changes in {server.conf_file}{mode}")
    yield from (diff_content(line) for line in server.conf_diff)
    yield from (Content(f"  {sentence}") for sentence in reader_words(server))


def keys_content(plan: Plan) -> Iterator[Content]:
    """Draw what is made, how it is sealed, and who can read it."""
    yield heading(KEYS_TITLE)
    yield from (Content(f"  {sentence}") for sentence in key_words(plan))


def coverage_content(plan: Plan) -> Iterator[Content]:
    """Draw who is dialled by what, whose certificate covers it, and whether names are checked."""
    yield heading(COVERAGE_TITLE)
    for covered, words in coverage_rows(plan):
        sign = ("✓", "$text-success") if covered else ("!", "$text-warning")
        yield Content.assemble("  ", sign, f" {words}")
    yield Content(f"  {verify_hostname_words(plan)}")


def plan_content(plan: Plan) -> Content:
    """Draw the whole plan."""
    lines = [Content("Up to here nothing has been changed. After your yes:")]
    order: dict[str, list[str]] = {}
    for change in plan.changes:
        order.setdefault(change.kind.value, []).append(change.server)
    lines += [
        Content(f"  {at}. {_words(kind)}, {_where(kind, servers, plan)}")
        for at, (kind, servers) in enumerate(order.items(), start=1)
    ]
    lines.append(Content(f"  {len(order) + 1}. prove it on every cluster port"))
    low, high = plan.downtime_s
    lines.append(Content.styled(f"The cluster is down for about {low} to {high} seconds.", "bold"))
    lines += [Content(plan.downtime_why)] if plan.downtime_why else []
    lines.append(Content("If it fails, every server is put back as it is now."))
    lines += [problem_content(problem) for problem in plan.problems]
    lines += coverage_content(plan)
    for server in plan.servers:
        lines += server_content(server)
    lines += [*keys_content(plan), *rescue_content(plan)]
    lines.append(heading("What stays unencrypted"))
    lines += [Content(f"  · {sentence}") for sentence in plan.stays_unencrypted]
    return Content("\n").join(lines)


def rescue_content(plan: Plan) -> Iterator[Content]:
    """Draw what to type if this computer is lost in the middle: to be written down now."""
    yield heading(RESCUE_TITLE)
    for what, line in rescue_rows(plan):
        yield Content.assemble(f"  · {what}:\n      ", (line, "bold"))
    yield Content(f"  {TOGETHER}")


def _where(kind: str, servers: list[str], plan: Plan) -> str:
    first = [one.server for one in plan.servers if one.stops_first]
    if kind == "stop" and first and len(first) < len(servers):
        return f"{', '.join(first)} first (secondary), then the others"
    return "on every server" if len(servers) == len(plan.servers) else f"on {', '.join(servers)}"


def _words(kind: str) -> str:
    return {
        "stage": "write the new files beside the old ones",
        "validate": "check them as Neo4j will",
        "stop": "stop",
        "commit": "switch neo4j.conf in one step",
        "start": "start",
    }.get(kind, kind)


class ReviewScreen(WizardScreen):
    """Shows the plan, saves it on `s`, and asks for the yes."""

    next_label: ClassVar[str] = "Yes, apply"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Up, Down, PgUp, PgDn", "read the whole plan"),
        ("s", "save the plan as text, and the answers beside it"),
        ("Enter", "on Yes: apply (a real cluster asks for its name first)"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "save", "Save")]
    hints = READING_HINTS

    def __init__(self, place: Place, running: Running, save: Save) -> None:
        super().__init__(place)
        self._run = running
        self._save = save
        self._plan: Plan | None = None
        self._leaving = False

    def page(self) -> Iterator[Widget]:
        """Yield the plan and room for what is in the way."""
        yield Flowing("Working out what will change …", identity="plan")
        yield Flowing(identity="review-problems")
        yield ProblemBox()

    def on_mount(self) -> None:
        """Listen to the engine."""
        self.present("#next", wanted=False)
        self._run.listen(self)

    def on_running_happened(self, message: Running.Happened) -> None:
        """Problems that come before the plan are shown below it when there is none."""
        message.stop()

    def on_running_planned(self, message: Running.Planned) -> None:
        """Show the plan; on practice the yes has the focus."""
        message.stop()
        # A plan that comes while the screen is laid out for the first time would keep one line.
        self.call_after_refresh(self._show, message.plan)

    def _show(self, plan: Plan) -> None:
        if self._leaving:
            return
        self._plan = plan
        self.query_one("#plan", Flowing).update(plan_content(plan))
        self.present("#next", wanted=True).focus()

    def on_running_ended(self, message: Running.Ended) -> None:
        """It ended without a plan: everything is in place, something is in the way, or a no."""
        message.stop()
        if self._leaving:
            self.leave(Left(forward=False))
        else:
            self.call_after_refresh(self._show_end)

    def _show_end(self) -> None:
        if self._run.error is not None:
            self.query_one(ProblemBox).show(self._run.error)
        events = self._run.events
        problems = [event.problem for event in events if isinstance(event, ProblemFound)]
        drawn = [problem_content(problem) for problem in problems]
        self.query_one("#review-problems", Flowing).update(Content("\n").join(drawn))
        in_place = self._run.finished is not None and self._run.finished.exit_code == 0
        said = [event.message for event in events if isinstance(event, Said)]
        self.query_one("#plan", Flowing).update("\n\n".join(said) or "Nothing was changed.")
        # Requests that now wait for their certificates end the walk here, without an outcome.
        goes_on = in_place and self._run.outcome is not None
        following = self.present("#next", wanted=goes_on)
        (following if goes_on else self.query_one("#back")).focus()

    def action_next(self) -> None:
        """The yes: on a real cluster its name is typed first."""
        if self._run.ended:
            if self.query_one("#next").display:
                self.leave(Left(forward=True))
            return
        if self._plan is None:
            return
        if self._plan.to_suspend:
            screen = TypeNameScreen(question(self._plan), SUSPENDED, yes="Go on")
            self.app.push_screen(screen, lambda yes: self._ask_for_the_yes() if yes else None)
            return
        self._ask_for_the_yes()

    def _ask_for_the_yes(self) -> None:
        if self._plan is None:
            return
        if self.place.practice:
            self._accept(yes=True)
            return
        name = self._plan.settings.cluster
        low, high = self._plan.downtime_s
        question = (
            f"This stops all {len(self._plan.servers)} servers of {name} for about {low} to {high} "
            f"seconds and starts them encrypted. Type the cluster's name, {name}, to go on."
        )
        self.app.push_screen(
            TypeNameScreen(question, name, yes="Apply"), lambda yes: self._accept(yes=bool(yes))
        )

    def _accept(self, *, yes: bool) -> None:
        if yes:
            self._run.decide(yes=True)
            self.leave(Left(forward=True))

    def action_back(self) -> None:
        """Say no and go back, once the engine has ended."""
        self._leaving = True
        if self._run.ended:
            self.leave(Left(forward=False))
        else:
            self._run.stop()

    def action_save(self) -> None:
        """Save the plan, and say where it is."""
        if self._plan is None:
            self.app.bell()
            return
        try:
            path = self._save(self._plan)
        except WizardError as error:
            self.notify(error.message, severity="error", markup=False)
            return
        self.notify(f"The plan is saved in {path}", markup=False)
