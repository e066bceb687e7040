"""What the screens share on one walk: answers, secrets kept apart, the practice cluster, SSH.

It draws nothing. Every call that reaches outside is one of `Engine`'s, so that a test can walk
the screens without any server.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from screens.found import dialled, with_version
from screens.host_keys import Decide, SeenKey
from screens.kept_answers import KeptAnswers
from screens.place import Left
from screens.running import Running
from screens.survey import Seen
from wizard.engine.events import Event, Finished, ProblemFound
from wizard.engine.records.earlier import earlier_run
from wizard.engine.request import Request
from wizard.engine.standing import Watch, unwatched
from wizard.errors import WizardError
from wizard.interview.answers import Answers, complete, for_interview, load, parse, to_toml
from wizard.interview.complete import fields_of, offered
from wizard.interview.fields import Default, Field, Given, SecretField
from wizard.interview.secrets_file import load_secrets
from wizard.interview.welcome import PRACTICE, is_practice
from wizard.model.secrets import Secrets
from wizard.model.settings import Settings, TrustModel
from wizard.secret import Secret

if TYPE_CHECKING:  # the first screen must not wait for SSH to load
    from wizard.engine.session import Session

LAST_WALK = "from your last walk"


class Practice(Protocol):
    """The practice cluster, as far as the walk needs it."""

    directory: Path

    def interactive_answers(self) -> Path:
        """Return the answers whose host keys are still to be confirmed."""

    def close(self) -> None:
        """End it."""


Walk = Callable[[Request], Iterator[Event]]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Everything of the engine that reaches outside."""

    open_session: Callable[..., Session]
    plan: Walk
    apply: Walk
    verify: Walk
    undo: Walk
    resume: Walk
    start_practice: Callable[[], Practice]


@dataclass(kw_only=True)
class Journey:
    """One walk, from the first screen to the last.

    Attributes:
        given: the answers so far.
        typed: the secrets that were typed, by name.
    """

    engine: Engine
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    practice: Practice | None = None
    only_practice: bool = False
    given: Answers = field(default_factory=Answers)
    typed: dict[str, Secret] = field(default_factory=dict)
    session: Session | None = None
    _offered: Answers | None = None
    _opened_for: object = None
    _decide: Decide | None = None

    def __post_init__(self) -> None:
        """A practice cluster that is there already settles the first choice."""
        self._kept = KeptAnswers(self.environ)
        if self.practice is not None:
            self.only_practice = True
            self._adopt()
            self.given = Answers({"walk": PRACTICE})

    @property
    def on_practice(self) -> bool:
        """Whether this walk is on the practice cluster."""
        return is_practice(self.given)

    def start_practice(self) -> None:
        """Start the practice cluster, unless it is there; blocks for seconds.

        Raises:
            WizardError: it could not be started; nothing is left of it.
        """
        if self.practice is None:
            self.practice = self.engine.start_practice()
            self._adopt()

    def offer(self, asked: Field, given: Given) -> Default:
        """Return what a field starts with, and where that came from."""
        base = self._offered if is_practice(given) else self._kept.read()
        if asked.key in given or base is None:
            return offered(asked, given)
        if asked.key in base:
            source = "from the practice cluster" if is_practice(given) else LAST_WALK
            return Default(value=base[asked.key], source=source)
        return asked.default({**base, **given})

    def settle(self, left: Left) -> None:
        """Take in what was answered on a screen, and save it so that nothing is lost."""
        walk = left.answers.get("walk", self.given.get("walk"))
        if walk != self.given.get("walk"):
            self.leave_run()
        self.given = self.given.with_answers(left.answers)
        self.typed.update(left.secrets)
        if left.forward:
            self._kept.save(self.given)

    def answers(self) -> Answers:
        """Return the whole answers file as it would be written now."""
        base = self._offered if self.on_practice and self._offered is not None else {}
        return complete({**base, **self.given})

    def settings(self) -> Settings:
        """Return the answers, typed.

        Raises:
            AnswerError: an answer is missing or refused.
        """
        return parse(self.answers())

    def secrets(self) -> Secrets:
        """Return the typed secrets that are still asked for, over those of the secrets file.

        Raises:
            SecretsError: the file is open to others, or can't be read.
        """
        named = self.settings().secrets_file
        kept = load_secrets(Path(named).expanduser()) if named else Secrets()
        asked = {one.secret for one in fields_of(self.given) if isinstance(one, SecretField)}
        typed = {name: secret for name, secret in self.typed.items() if name in asked}
        return Secrets({**kept.common, **typed}, kept.by_server)

    def connect(self, decide: Decide, watch: Watch = unwatched) -> Mapping[str, WizardError]:
        """Log in to every server; return why some could not be, by server.

        `watch` is told how far it has come with each of them.

        Raises:
            WizardError: an answer or a secret is missing, or nothing could be tried at all.
        """
        settings, secrets = self.settings(), self.secrets()
        wanted = (settings.servers, settings.access, dict(secrets.common))
        if self.session is None or self._opened_for != wanted:
            self.close_session()
            self.session = self.engine.open_session(
                settings, secrets, self._decide_now, self.surroundings
            )
            self._opened_for = wanted
        self._decide = decide
        self.session.watch = watch
        self.session.connect()
        self.session.watch = unwatched
        return dict(self.session.unreached)

    def look(self, watch: Watch = unwatched) -> Seen:
        """Survey every server and work out what is in the way; changes nothing.

        `watch` is told how far it has come with each of them.

        Raises:
            WizardError: it could not be done.
        """
        problems, end = [], None
        if self.session is not None:
            self.session.watch = watch
        request = self._request(Running(lambda _running: iter(())))
        # Files from outside are judged at the review; here only the servers can be in the way.
        settings = replace(self.settings(), trust=TrustModel.PRIVATE_CA)
        for event in self.engine.plan(replace(request, settings=settings)):
            if isinstance(event, ProblemFound):
                problems.append(event.problem)
            elif isinstance(event, Finished):
                end = event
        if self.session is not None:
            self.session.watch = unwatched
        facts = tuple(self.session.facts.values()) if self.session else ()
        self.given = with_version(self.given, facts)
        return Seen(
            facts=facts,
            advertised={one.server: dialled(one, settings) for one in facts},
            problems=tuple(problems),
            stuck=end is None or end.exit_code != 0,
        )

    def begin(self, command: str, run: str | None = None) -> Running:
        """Return a command, ready to run in its thread; a run is taken up with its kept answers."""
        does = {
            "apply": self.engine.apply,
            "verify": self.engine.verify,
            "undo": self.engine.undo,
            "resume": self.engine.resume,
        }
        running = Running(lambda me: does[command](self._request(me, run)))
        if command == "undo":
            running.decide(yes=True)
        return running

    def leave_run(self) -> None:
        """Forget the answers of a run: another walk begins."""
        self.given = Answers()
        self.typed.clear()
        self.close_session()

    def earlier(self) -> str:
        """Say what an earlier run on this workstation left standing; empty when nothing."""
        return "" if self.only_practice else earlier_run(self.environ)

    def close_session(self) -> None:
        """End the SSH connections."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def close(self) -> None:
        """End the connections, and the practice cluster where this walk started it."""
        self.close_session()
        if self.practice is not None and not self.only_practice:
            self.practice.close()

    def _adopt(self) -> None:
        """Take the practice cluster's answers as defaults."""
        if self.practice is not None:
            self._offered = for_interview(load(self.practice.interactive_answers()))

    @property
    def surroundings(self) -> Mapping[str, str]:
        """The environment of this walk: practice keeps everything in its own folder."""
        if self.practice is None or not self.on_practice:
            return self.environ
        from wizard.practice.own_state import own_state  # noqa: PLC0415 - only for practice

        return own_state(self.practice.directory, self.environ)

    def _request(self, running: Running, run: str | None = None) -> Request:
        answers = self.answers()
        return Request(
            run=run,
            settings=None if run else parse(answers),
            secrets=self.secrets(),
            environ=self.surroundings,
            decide_host_key=self._decide_now,
            confirm=running.confirm,
            # The review has it typed, before the yes; a run that is resumed has had no review yet.
            suspended=running.confirm if run else lambda _plan: True,
            cancel=running.cancel,
            session=self.session,
            answers_toml="" if run else to_toml(answers),
            keep_outcome=running.keep_outcome,
            asks_for_copy=True,
        )

    def _decide_now(self, seen: SeenKey) -> bool:
        return self._decide is not None and self._decide(seen)
