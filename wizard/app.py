"""The full-screen front end: one coroutine walks the interview, then apply, proof and outcome."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from textual import work
from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.worker import Worker

from screens import STYLESHEET
from screens.confirm import AskScreen
from screens.copying import CopyScreen
from screens.crash import crash_text
from screens.frame import WizardScreen, raise_fault
from screens.journey import Journey
from screens.place import Left
from screens.real_engine import real_engine, warm_up
from screens.running import Running
from screens.summary import summary
from screens.taking_up import run_for, secrets_for, take_up
from screens.tour import (
    copying,
    earlier,
    ending,
    logging_in,
    progress,
    reviewing,
    screen_for,
    secrets_of_run,
    steps,
    to_copy,
)
from wizard.engine.records.earlier import Waiting, waiting_run
from wizard.errors import WizardError
from wizard.interview.fields import StepKind
from wizard.logs import quieten_libraries

if TYPE_CHECKING:
    from wizard.engine.papers.outcome import Outcome
    from wizard.practice.cluster import PracticeCluster

INTERRUPTED = 130


class WizardApp(App[int]):
    """Holds the journey and an index; no screen knows its neighbours."""

    CSS_PATH = STYLESHEET
    TITLE = "Neo4j cluster encryption"

    def __init__(self, journey: Journey) -> None:
        super().__init__()
        self.journey = journey
        self.running: Running | None = None
        self.crash = ""
        self._to_copy: Outcome | None = None

    def on_mount(self) -> None:
        """Start the walk; what it needs later loads while the first screen is read."""
        self._walk()
        self.call_after_refresh(self._warm_up)

    def _warm_up(self) -> None:
        self.run_worker(warm_up, thread=True, group="warm-up", description="warm-up")

    @work(group="walk", description="walk")
    async def _walk(self) -> None:
        done, index = await self._return()
        if done is not None:
            self.exit(done)
            return
        while True:
            index = await self._interview(index)
            done = await self._carry_out("apply")
            if done is not None:
                self.exit(done)
                return
            index = len(steps(self.journey)) - 1

    async def _return(self) -> tuple[int | None, int]:
        """Take up a run that waits, if there is one; return its exit code, or where to begin."""
        error: WizardError | None = None
        while not self.journey.only_practice:
            waiting = waiting_run(self.journey.environ)
            if waiting is None:
                break
            left = await self.push_screen_wait(earlier(self.journey, waiting, error))
            if not left.wish:
                break
            error = None
            try:
                agreed = await self._taken_up(waiting, left.wish)
            except WizardError as refused:
                error = refused
            else:
                if agreed:
                    self._start(left.wish, waiting.run.id)
                    return await self._carry_out(left.wish), len(steps(self.journey)) - 1
            self.journey.leave_run()
        return None, 0

    async def _taken_up(self, waiting: Waiting, command: str) -> bool:
        """Ask for what a run needs once more, and log in; return False when that is left."""
        take_up(self.journey, waiting.run)
        fields = secrets_for(self.journey, waiting.run, command)
        if fields:
            left = await self.push_screen_wait(secrets_of_run(self.journey, fields))
            self.journey.typed.update(left.secrets)
            if not left.forward:
                return False
        return (await self.push_screen_wait(logging_in(self.journey, waiting, command))).forward

    async def _interview(self, index: int) -> int:
        """Ask from a step on, until the plan has its yes."""
        while index < len(steps(self.journey)):
            review = steps(self.journey)[index].kind is StepKind.REVIEW
            running = self._start("apply") if review else None
            left = await self.push_screen_wait(screen_for(self.journey, index, running))
            self.journey.settle(left)
            index = max(0, index + (1 if left.forward else -1))
        return index

    async def _carry_out(self, command: str) -> int | None:
        """Show a command to its end; None when the person goes back to the review."""
        while self.running is not None:
            running = self.running
            left = await self.push_screen_wait(progress(self.journey, running, command))
            if left.wish == "review":
                await self.push_screen_wait(reviewing(self.journey, running))
                continue
            left = await self._ended(running, command)
            if not left.forward:
                return None
            if not left.wish:
                break
            command = left.wish
            self._start(command, run_for(self.journey, command))
        finished = self.running.finished if self.running else None
        return finished.exit_code if finished else 1

    async def _ended(self, running: Running, command: str) -> Left:
        """Show the end; it is left for good only with a copy of the CA, or a plain no to one."""
        self._to_copy = to_copy(self._to_copy, self.journey, running, command)
        while True:
            left = await self.push_screen_wait(ending(self.journey, running, command))
            if not left.forward or left.wish or self._to_copy is None:
                return left
            if await self.push_screen_wait(copying(self.journey, self._to_copy)):
                self._to_copy = None
                return left

    def _start(self, command: str, run: str | None = None) -> Running:
        self.running = self.journey.begin(command, run)
        self.run_worker(
            self.running.run,
            thread=True,
            group="engine",
            description=command,
            exit_on_error=False,
        )
        return self.running

    def on_unmount(self) -> None:
        """Leave no thread waiting for an answer that will not come."""
        if self.running is not None:
            self.running.stop()

    async def action_quit(self) -> None:
        """Quit; while something runs, ask first."""
        if isinstance(self.screen, (AskScreen, CopyScreen)):
            return
        if not (isinstance(self.screen, WizardScreen) and self.screen.busy):
            if self._to_copy is None:
                self._leave("quit")
            else:
                self.push_screen(copying(self.journey, self._to_copy), self._leave_with_copy)
            return
        question = "Something is still running. Quitting stops it and puts back what was changed."
        answers = (("stay", "Stay"), ("quit", "Stop and quit"))
        self.push_screen(AskScreen(question, answers, escape="stay"), self._leave)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault in the engine's thread is a fault of the program."""
        raise_fault(event)

    def _leave_with_copy(self, seen_to: bool | None) -> None:  # noqa: FBT001 - as Textual calls it
        if seen_to:
            self._to_copy = None
            self._leave("quit")

    def _leave(self, answer: str | None) -> None:
        if answer == "quit":
            if self.running is not None:
                self.running.stop()
            ended = self.running.finished if self.running is not None else None
            self.exit(ended.exit_code if ended else INTERRUPTED)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer what helps here; a picture of the screen is not among it."""
        if isinstance(screen, WizardScreen):
            yield SystemCommand("Explain this step", "Keys and lesson", screen.action_lesson)
            for name, what in (("copy", "Copy"), ("save", "Save")):
                action = getattr(screen, f"action_{name}", None)
                if action is not None:
                    yield SystemCommand(what, f"{what} what this screen shows", action)
        yield SystemCommand("Switch theme", "Dark, light and others", self.action_change_theme)
        yield SystemCommand("Quit", "Leave the wizard", self.action_quit)

    def deliver_screenshot(self, *_arguments: object, **_named: object) -> None:
        """A picture could hold what nobody should keep: there is none."""

    def _fatal_error(self) -> None:
        """Keep the crash without local variables, which could hold a secret."""
        self.crash = crash_text()
        self._close_messages_no_wait()


def run(practice: PracticeCluster | None = None, *, environ: Mapping[str, str] = os.environ) -> int:
    """Walk a person through it; return the exit code, and leave a summary in the scrollback."""
    quieten_libraries()
    journey = Journey(engine=real_engine(), environ=dict(environ), practice=practice)
    app = WizardApp(journey)
    try:
        result = app.run()
    finally:
        journey.close()
    if app.crash:
        print(app.crash)  # noqa: T201 - after the screens have gone
        return app.return_code or 1
    for line in summary(app.running, journey):
        print(line)  # noqa: T201 - what stays in the scrollback
    return _exit_code(result, app.running)


def _exit_code(left_with: int | None, running: Running | None) -> int:
    """Return the exit code: what was quit has ended meanwhile, and tells itself how."""
    if left_with not in (None, INTERRUPTED):
        return left_with
    ended = running.finished if running is not None else None
    return ended.exit_code if ended is not None else INTERRUPTED
