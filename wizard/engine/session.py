"""The open SSH connections of one walk: one a server, from the first look to the last probe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Self, TypeVar

from wizard.engine.parallel import THREADS, Gathered, together
from wizard.engine.places import known_hosts_file, make_private_folder, state_directory
from wizard.engine.reconnecting import Reconnecting
from wizard.engine.standing import Standing, Watch, unwatched
from wizard.errors import RemoteError, UnreachableError, WizardError
from wizard.model.facts import Platform, ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import ServerSettings, Settings
from wizard.planning.dialling import hosts_to_look_up
from wizard.remote.connection import Connection
from wizard.remote.name_answers import ask_names
from wizard.remote.reaching import HostKeySeen, Knock, Means
from wizard.remote.survey import survey
from wizard.remote.ways import Ways

LOGIN_TIMEOUT_S = 15.0

AGAIN_S = 45.0
"""How long a lost connection is tried again: for a network that blinks, not for a reboot."""

PATIENCE_OF_SERVERS_S = 90.0
"""sshd_config LoginGraceTime is 120 seconds, and who lets it run out may be barred for a while."""

THREADS_OF_A_JUMP = 4
"""sshd_config MaxStartups 10:30:100 drops logins beyond ten at once on one SSH server."""


Answer = TypeVar("Answer")


class Session:
    """Connects, looks, and keeps what it found; safe to close from any thread.

    Attributes:
        connections: by server name, those that are open.
        unreached: by server name, why a server could not be reached or gave no access.
        facts: by server name, what the last survey saw.
        watch: is told how far it has come with each server.
    """

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        decide_host_key: Callable[[HostKeySeen], bool],
        environ: Mapping[str, str],
    ) -> None:
        self.settings = settings
        self.connections: dict[str, Connection] = {}
        self.unreached: dict[str, UnreachableError] = {}
        self.facts: dict[str, ServerFacts] = {}
        self.watch: Watch = unwatched
        self._secrets = secrets
        self._decide = decide_host_key
        self._environ = environ
        self._one_question = threading.Lock()
        self._closed = threading.Event()
        names = [server.name for server in settings.servers]
        self._reconnecting = Reconnecting(names, self.connections, self._log_in, self._closed)
        means = Means(
            access=settings.access,
            secrets=secrets,
            own_known_hosts=known_hosts_file(environ),
            decide=self._decide_alone,
            environ=environ,
            timeout_s=LOGIN_TIMEOUT_S,
        )
        self._ways = Ways(means)

    def connect(self) -> None:
        """Log in everywhere at once: all host keys first, the decisions once, then the logins.

        What can't be reached is kept in `unreached`; nothing is raised for it.
        """
        self._closed.clear()
        waiting = [
            server for server in self.settings.servers if server.name not in self.connections
        ]
        by_name = {server.name: server for server in waiting}
        self.unreached.clear()
        jumping = self.settings.access.jump is not None
        knocks = together(
            by_name,
            lambda name: self._knock(by_name[name]),
            THREADS_OF_A_JUMP if jumping else THREADS,
        )
        self._ask_about(knocks)
        entered = together(knocks.answers, lambda name: self._enter(name, knocks.answers[name]))
        self.connections.update(entered.answers)
        if self._closed.is_set():  # meanwhile, so that nobody else would end them
            self.close()
        self._remember(entered)

    def survey(self) -> dict[str, ServerFacts]:
        """Look at every connected server, and let each resolve the names its peers are dialled by.

        A look at names alone follows where neo4j.conf brings names the answers did not hold.

        Raises:
            UnreachableError: of the first server, by name, that did not let itself be looked at.
            WizardError: another reason why the first server could not be looked at.
        """
        names = hosts_to_look_up(self.settings, ())
        self.facts = self._look(names)
        every = hosts_to_look_up(self.settings, tuple(self.facts.values()))
        if more := [name for name in every if name not in names]:
            self.facts = self._look_up(more)
        return self.facts

    def held(self, name: str, act: Callable[[], Answer], patience_s: float | None = None) -> Answer:
        """Do something that can be done again; once more where its connection was lost meanwhile.

        Args:
            name: the server it is done on.
            act: does it over the present connection of that server.
            patience_s: for how long a new connection is tried; AGAIN_S by default.

        Raises:
            WizardError: what `act` raises, also when no connection could be made again.
            RemoteError: `host-key-changed` when somebody else may answer in the server's place.
        """
        lost = self.connections.get(name)
        try:
            return act()
        except RemoteError as error:
            if error.code != "connection-lost":
                raise
            if not self._connect_again(name, lost, AGAIN_S if patience_s is None else patience_s):
                raise
        return act()

    def first_unreached(self) -> UnreachableError | None:
        """Why the first server, by name, could not be reached, or None."""
        return next((self.unreached[name] for name in sorted(self.unreached)), None)

    def close(self) -> None:
        """End every connection; closing twice is fine."""
        self._closed.set()
        for connection in list(self.connections.values()):
            connection.close()
        self.connections.clear()
        self._ways.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _connect_again(self, name: str, lost: Connection | None, patience_s: float) -> bool:
        """Log in to one server anew; return whether there is a connection now."""
        return self._reconnecting.again(name, lost, patience_s)

    def _log_in(self, name: str) -> Connection:
        """Log in by the known host key alone: nobody is asked in the middle of something."""
        try:
            return self._enter(name, self._knock(self._server(name)))
        finally:
            if self._closed.is_set():  # meanwhile: a jump host would stay logged in to
                self._ways.close()

    def _server(self, name: str) -> ServerSettings:
        return next(one for one in self.settings.servers if one.name == name)

    def _knock(self, server: ServerSettings) -> Knock:
        with self._watched(server.name, Standing.CONNECTING, Standing.KEY_SEEN, Standing.NO_ACCESS):
            return self._ways.knock(server)

    def _enter(self, name: str, knock: Knock) -> Connection:
        """Log in, or knock again first where the server has not waited for that."""
        with self._watched(name, Standing.LOGGING_IN, Standing.LOGGED_IN, Standing.NO_ACCESS):
            if knock.gone:
                knock.close()
                knock = self._ways.knock(self._server(name))
            return knock.enter(self._secrets)

    def _survey(self, server: ServerSettings, names: Sequence[str]) -> ServerFacts:
        with self._watched(
            server.name, Standing.LOOKING, Standing.LOOKED_AT, Standing.NOT_LOOKED_AT
        ):
            return survey(self.connections[server.name], server, names)

    @contextmanager
    def _watched(self, name: str, at: Standing, good: Standing, bad: Standing) -> Iterator[None]:
        """Tell what is done with a server, and how it ended."""
        self.watch(name, at)
        try:
            yield
        except WizardError:
            self.watch(name, bad)
            raise
        self.watch(name, good)

    def _ask_about(self, knocks: Gathered[Knock]) -> None:
        """Put unknown host keys to the person; a no shows when the login is refused.

        Comparing fingerprints takes its time: no server is kept waiting for a login that long.
        """

        def hang_up() -> None:
            for knock in knocks.answers.values():
                knock.close()

        patience = threading.Timer(PATIENCE_OF_SERVERS_S, hang_up)
        patience.daemon = True
        patience.start()
        try:
            self._remember(knocks)
            for _name, knock in sorted(knocks.answers.items()):
                if knock.unknown and self._decide_alone(knock.unknown):
                    knock.accept()
        except BaseException:
            hang_up()
            raise
        finally:
            patience.cancel()
            patience.join()  # it may be hanging up: who is half-way through that is not let in

    def _decide_alone(self, seen: HostKeySeen) -> bool:
        with self._one_question:
            agreed = self._decide(seen)
        if agreed:
            make_private_folder(state_directory(self._environ))
        return agreed

    def _remember(self, gathered: Gathered[Knock] | Gathered[Connection]) -> None:
        for name, error in gathered.errors.items():
            if not isinstance(error, UnreachableError):
                raise error
            self.unreached[name] = error

    def _look(self, names: Sequence[str]) -> dict[str, ServerFacts]:
        by_name = {server.name: server for server in self.settings.servers}
        seen = together(
            self.connections,
            lambda name: self._survey(by_name[name], names),
        )
        if (error := seen.first_error()) is not None:
            raise _nothing_changed(error) from error
        return {
            s.name: seen.answers[s.name] for s in self.settings.servers if s.name in seen.answers
        }

    def _look_up(self, names: Sequence[str]) -> dict[str, ServerFacts]:
        """Let every server that is worked on look up more names, in one round trip."""
        asked = [name for name, one in self.facts.items() if one.platform is Platform.SERVER]
        found = together(asked, lambda name: ask_names(self.connections[name], names))
        if (error := found.first_error()) is not None:
            raise _nothing_changed(error) from error
        return {
            name: replace(
                facts,
                resolved={**facts.resolved, **found.answers[name].resolved},
                reverse={**facts.reverse, **found.answers[name].reverse},
            )
            if name in found.answers
            else facts
            for name, facts in self.facts.items()
        }


def _nothing_changed(error: WizardError) -> WizardError:
    """Return an error of a look as what it is: a look leaves nothing half-done."""
    if not isinstance(error, RemoteError):
        return error
    return UnreachableError(error.server, error.message, hint=error.hint, code=error.code)
