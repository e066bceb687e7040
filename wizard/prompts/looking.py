"""Logging in and looking around: host keys as one decision, then what stands on each server."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from threading import Lock

from wizard.engine.session import Session
from wizard.engine.standing import Standing, unwatched
from wizard.interview.fields import Step
from wizard.interview.given import Answers
from wizard.interview.keys import PASSWORD_IN, with_commands
from wizard.interview.survey import BACKUP, HOST_KEYS, SURVEY
from wizard.model.facts import ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import Settings
from wizard.model.text import shown
from wizard.prompts.asker import Asker
from wizard.prompts.decisions import ask_one_of, yes_or_no
from wizard.prompts.questions import paragraph
from wizard.remote.reaching import HostKeySeen

_SAID = frozenset(Standing) - {Standing.KEY_SEEN, Standing.LOGGING_IN, Standing.LOOKING}


class HostKeyDecision:
    """Collects the unknown host keys of one attempt, shows them together, and remembers the yes."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._open: dict[HostKeySeen, None] = {}
        self._accepted: set[HostKeySeen] = set()

    def decide(self, seen: HostKeySeen) -> bool:
        """Answer for one key: yes only when a person has seen and accepted this very one."""
        if seen in self._accepted:
            return True
        self._open[seen] = None
        return False

    def ask(self) -> bool:
        """Show the keys that are open and ask once; return whether another attempt makes sense."""
        if not self._open:
            return False
        for seen in self._open:
            self._asker.say(f"  {shown(seen.server)}  {shown(seen.host)}:{seen.port}")
            self._asker.say(f"    {shown(seen.kind)}  {shown(seen.fingerprint)}  {seen.state}")
        agreed = yes_or_no(
            self._asker,
            "host-keys",
            "Are these the right fingerprints",
            "Compare each one with what ssh-keygen -lf prints on that server's own console; "
            "with a wrong one, somebody else would get your logins.",
        )
        if agreed:
            self._accepted |= set(self._open)
        self._open = {}
        return agreed


class Progress:
    """Says a line for each server that a walk has got further with; called from any thread."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._one_line = Lock()

    def tell(self, server: str, standing: Standing) -> None:
        """Say what a person may want to know while it lasts."""
        if standing in _SAID:
            with self._one_line:
                self._asker.say(f"  {shown(server)}: {standing}")


def look(
    asker: Asker,
    settings: Settings,
    secrets: Secrets,
    environ: Mapping[str, str],
    *,
    practice: bool,
) -> Session:
    """Log in everywhere and survey; return the open session, which the caller closes.

    Raises:
        UnreachableError: a server could not be reached, or its host key was not accepted.
        WizardError: a server could not be looked at.
    """
    _announce(asker, HOST_KEYS, practice=practice)
    with ExitStack() as opened:
        session = opened.enter_context(log_in(asker, settings, secrets, environ))
        session.watch = Progress(asker).tell
        _announce(asker, SURVEY, practice=practice)
        for facts in session.survey().values():
            _say_facts(asker, facts)
        session.watch = unwatched
        opened.pop_all()
    return session


def log_in(
    asker: Asker, settings: Settings, secrets: Secrets, environ: Mapping[str, str]
) -> Session:
    """Log in everywhere, with the new host keys put to the person; the caller closes the session.

    Raises:
        UnreachableError: a server could not be reached, or its host key was not accepted.
    """
    decision = HostKeyDecision(asker)
    with ExitStack() as opened:
        session = opened.enter_context(Session(settings, secrets, decision.decide, environ))
        session.watch = Progress(asker).tell
        session.connect()
        while session.unreached and decision.ask():
            session.connect()
        _refuse_unreached(session)
        asker.say("Logged in to every server.")
        session.watch = unwatched
        opened.pop_all()
    return session


def _refuse_unreached(session: Session) -> None:
    error = session.first_unreached()
    if error is not None:
        raise error


def ask_backup(asker: Asker) -> None:
    """Remind of the backup; any answer goes on."""
    if ask_one_of(asker, BACKUP) == "without":
        paragraph(asker, "Going on without a backup, as you say.")


def ask_password_in(asker: Asker, answers: Answers, session: Session) -> Answers:
    """Ask where the key's password is to stand, if every server turned out to leave a choice."""
    if not PASSWORD_IN.applies(with_commands(answers, session.facts.values())):
        return answers
    paragraph(asker, PASSWORD_IN.why)
    return answers.with_answer(PASSWORD_IN.key, ask_one_of(asker, PASSWORD_IN))


def _announce(asker: Asker, step: Step, *, practice: bool) -> None:
    asker.say()
    asker.say(f"{'PRACTICE - ' if practice else ''}{step.title}")
    paragraph(asker, step.explain)


def _say_facts(asker: Asker, facts: ServerFacts) -> None:
    state = "running" if facts.running else "not running"
    version = facts.version or "version unknown"
    asker.say(f"  {facts.server}: Neo4j {version}, {facts.edition}, {state}")
    asker.say(f"    home {shown(facts.home)}")
    asker.say(f"    neo4j.conf {shown(facts.conf_file)}")
