"""The host keys as a decision: every server's fingerprint, whether it is known, and one yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static
from textual.worker import get_current_worker

from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.widgets.flowing import Flowing
from screens.widgets.key_hints import READING_HINTS
from screens.widgets.problem_box import error_content
from screens.widgets.tones import MUTED
from wizard.engine.standing import Standing, Watch
from wizard.errors import WizardError

CHANGED = "host-key-changed"
UNKNOWN = "host-key-unknown"


class SeenKey(Protocol):
    """A host key nobody has confirmed yet, as the connection reports it."""

    @property
    def server(self) -> str:
        """The server's name in the answers."""

    @property
    def host(self) -> str:
        """What was dialled."""

    @property
    def port(self) -> int:
        """The port that was dialled."""

    @property
    def kind(self) -> str:
        """The key's type."""

    @property
    def fingerprint(self) -> str:
        """`SHA256:...`, as `ssh-keygen -lf` prints it."""


Decide = Callable[[SeenKey], bool]
Connect = Callable[[Decide, Watch], Mapping[str, WizardError]]
"""Logs in to every server; returns why some could not be reached, by server."""

AT_WORK = {
    Standing.LOGGED_IN: ("✓", "$text-success"),
    Standing.NO_ACCESS: ("✗", "$text-error"),
}


def _not_of(
    asked: Mapping[str, SeenKey], errors: Mapping[str, WizardError]
) -> dict[str, WizardError]:
    """Return the errors that a yes to the keys would not mend.

    Behind a jump server every server fails for the jump server's key, which is asked about once.
    """
    return {
        name: error
        for name, error in errors.items()
        if name not in asked and not (asked and error.code == UNKNOWN)
    }


class HostKeysScreen(WizardScreen):
    """Looks at every server's key first, asks once for all that are new, and then logs in.

    Args:
        then: where servers are changed right after this, the button that does it and its words.
    """

    next_label: ClassVar[str] = "Yes, these are my servers"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "on Yes: accept these fingerprints and log in"),
    )

    hints = READING_HINTS

    @dataclass
    class Stood(Message):
        """It has come further with a server."""

        server: str
        standing: Standing

    @dataclass
    class Through(Message):
        """A round of logging in is through.

        Attributes:
            asked: the keys that were not known, by server.
            errors: why a server is not logged in to, by server.
            error: what stopped the whole round.
        """

        asked: Mapping[str, SeenKey]
        errors: Mapping[str, WizardError]
        error: WizardError | None

    def __init__(
        self,
        place: Place,
        servers: Mapping[str, str],
        connect: Connect,
        *,
        then: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(place)
        self._then = then
        self._servers = dict(servers)
        self._connect = connect
        self._asked: Mapping[str, SeenKey] = {}
        self._accepted: dict[str, str] = {}
        self._errors: Mapping[str, WizardError] = {}
        self._error: WizardError | None = None
        self._standings: dict[str, Standing] = {}
        self._running = False
        self._leaving = False

    def page(self) -> Iterator[Widget]:
        """Yield the sentence on top, the list, and what is wrong."""
        yield Static("", id="host-keys-lead", classes="headline", markup=False)
        yield Flowing(identity="host-keys-list")
        yield Flowing(identity="host-keys-errors", classes="problem-box")

    def more_buttons(self) -> Iterator[Widget]:
        """Yield what is offered when a server can't be reached."""
        yield Button("Try again", id="retry", compact=True)

    def on_mount(self) -> None:
        """Look at every server's key."""
        self._begin()

    @property
    def busy(self) -> bool:
        """Whether a login is under way."""
        return self._running

    @property
    def _done(self) -> bool:
        return not (self._running or self._asked or self._errors or self._error)

    def _begin(self) -> None:
        self._asked, self._errors, self._error = {}, {}, None
        self._running = True
        self._standings.clear()
        self._draw()
        self._log_in(dict(self._accepted))

    @work(thread=True, group="host-keys", description="log in", exit_on_error=False)
    def _log_in(self, accepted: Mapping[str, str]) -> None:
        asked: dict[str, SeenKey] = {}

        def decide(key: SeenKey) -> bool:
            if accepted.get(key.server) == key.fingerprint:
                return True
            asked[key.server] = key
            return False

        def watch(server: str, standing: Standing) -> None:
            self.post_message(self.Stood(server, standing))

        errors: Mapping[str, WizardError] = {}
        error: WizardError | None = None
        try:
            errors = self._connect(decide, watch)
        except WizardError as caught:
            error = caught
        if not get_current_worker().is_cancelled:
            self.post_message(self.Through(asked, _not_of(asked, errors), error))

    def on_host_keys_screen_stood(self, event: Stood) -> None:
        """Show how far it has come with a server, while the round lasts."""
        self._standings[event.server] = event.standing
        if self._running and not self._leaving:
            self._draw_rows()

    def on_host_keys_screen_through(self, event: Through) -> None:
        """Show what was found; after a yes that let everybody in, go on."""
        self._running = False
        self._asked, self._errors, self._error = event.asked, event.errors, event.error
        if self._leaving:
            self.leave(Left(forward=False))
        elif self._done and self._accepted and self._then is None:
            self.leave(Left(forward=True))
        else:
            self._draw()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Try again, or what every screen's buttons do."""
        if event.button.id == "retry":
            event.stop()
            self._begin()
        else:
            super().on_button_pressed(event)

    def action_next(self) -> None:
        """Say yes to every key that is listed, or go on when all is done."""
        if self._done:
            self.leave(Left(forward=True))
        elif self._may_accept:
            self._accepted.update({key.server: key.fingerprint for key in self._asked.values()})
            self._begin()

    @property
    def _may_accept(self) -> bool:
        return bool(self._asked) and not (self._running or self._errors or self._error)

    def action_back(self) -> None:
        """Go back; a login under way is waited for, so that nothing runs on unseen."""
        if not self._running:
            super().action_back()
            return
        self._leaving = True
        self.query_one("#host-keys-lead", Static).update("Stopping; nothing was changed.")

    def _draw(self) -> None:
        self.query_one("#host-keys-lead", Static).update(self._lead())
        names = self._draw_rows()
        failed = sorted(self._errors, key=lambda name: (name not in names, name))
        every = [*(self._errors[name] for name in failed), *([self._error] if self._error else [])]
        errors = list({error.message: error for error in every}.values())
        box = self.query_one("#host-keys-errors", Flowing)
        box.update(Content("\n").join(error_content(error) for error in errors))
        box.display = bool(errors)
        self._offer()

    def _draw_rows(self) -> dict[str, None]:
        names = dict.fromkeys([*self._servers, *self._asked])
        rows = [self._row(name) for name in names]
        self.query_one("#host-keys-list", Flowing).update(Content("\n").join(rows))
        return names

    def _offer(self) -> None:
        following = self.present("#next", wanted=self._done or self._may_accept)
        following.label = self._go_on if self._done else self.next_label
        retry = self.present("#retry", wanted=bool(self._errors or self._error))
        shown = next((one for one in (following, retry) if one.display), None)
        if shown is not None:
            shown.focus()

    @property
    def _go_on(self) -> str:
        return "Next" if self._then is None else self._then[0]

    def _lead(self) -> str:
        if self._running:
            return "Logging in …" if self._accepted else "Asking every server for its host key …"
        if any(error.code == CHANGED for error in self._errors.values()):
            return "A host key is not the one that is known. Nothing was changed."
        if self._errors or self._error:
            return "Not every server lets the wizard in. Nothing was changed."
        if self._asked:
            number = len(self._asked)
            every = "the fingerprint" if number == 1 else f"{number} fingerprints"
            return f"Are these your servers? Compare {every}, then say yes."
        if self._then is not None:
            return f"Every server is logged in to. {' '.join(self._then)}"
        return "Every server is logged in to, and every host key is known."

    def _row(self, name: str) -> Content:
        key = self._asked.get(name)
        head = (f"{name}  ", "bold")
        if key is None:
            return Content.assemble(head, (f"{self._servers[name]}  ", MUTED), self._word(name))
        state = ("… accepted", "$text-success") if self._running else ("? new", "$text-warning")
        where = (f"{key.host}:{key.port}  ", MUTED)
        return Content.assemble(head, where, state, f"\n  {key.kind}  ", key.fingerprint)

    def _word(self, name: str) -> tuple[str, str]:
        error = self._errors.get(name)
        if error is not None:
            word = "✗ CHANGED" if error.code == CHANGED else "✗ no access"
            return (word, "$text-error")
        if self._running and name in self._standings:
            standing = self._standings[name]
            sign, colour = AT_WORK.get(standing, ("▸", "$text-primary"))
            return (f"{sign} {standing}", colour)
        if self._running or self._error or self._asked:
            return ("· waiting", MUTED)
        return ("✓ known", "$text-success")
