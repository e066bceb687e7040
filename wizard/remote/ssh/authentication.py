"""Who we are, in the ways a person chose: a key file, the agent, a password; each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

import paramiko

from wizard.errors import UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings
from wizard.model.text import shown
from wizard.remote.home_path import home_path
from wizard.remote.ssh.private_keys import Keyring
from wizard.remote.ssh.targets import Target
from wizard.secret import Secret

_AGENT_S = 10.0
_MAX_AGENT_KEYS = 3
"""sshd drops a connection after MaxAuthTries (6) and may then bar the address for a while."""

_AGENT_KEY = "a key of the agent"

_MAX_WORDS = 200
"""Of what a server says while it refuses us."""

_Way = tuple[str, Callable[[paramiko.Transport], list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """The ways to log in to one server, tried in order, none of them twice."""

    server: str
    target: Target
    access: AccessSettings
    secrets: Secrets
    keyring: Keyring
    environ: Mapping[str, str] = field(repr=False)

    def log_in(self, transport: paramiko.Transport) -> None:
        """Log in.

        Raises:
            SecretsError: the key's passphrase is missing or wrong.
            UnreachableError: no way was accepted (`login-refused`), or the connection was lost.
        """
        tried: list[str] = []
        try:
            for name, way in self._ways():
                tried.append(name)
                try:
                    way(transport)
                except paramiko.BadAuthenticationType:
                    continue
                except paramiko.AuthenticationException as error:
                    if not transport.is_active():
                        raise self._cut_short(tried, str(error)) from error
                    continue
                if transport.is_authenticated():
                    return
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise self._refused(tried, str(error)) from error
        raise self._refused(tried, "")

    def _ways(self) -> Iterator[_Way]:
        user = self.target.user
        path = self.access.identity_file or self._alias_key()
        if path is not None:
            word = self.secrets.of("identity_passphrase", self.server)
            key = self.keyring.load(home_path(path, self.environ), word)
            yield "the key", lambda transport: transport.auth_publickey(user, key)
        if self.access.agent:
            keys = _keys_of_the_agent()
            if keys is None:
                yield "the agent, which does not answer", _refuse
            words = _words_for(len(keys or ()))
            for agent_key in (keys or ())[:_MAX_AGENT_KEYS]:
                yield words, _with_key(user, agent_key)
        password = self.secrets.of("ssh_password", self.server)
        if self.access.ask_password and password is not None:
            yield "the password", _with_password(user, password)

    def _alias_key(self) -> str | None:
        """Return the first key file the alias names that exists, unless another way was chosen."""
        if self.access.agent or self.access.ask_password:
            return None
        files = (home_path(path, self.environ) for path in self.target.identity_files if path)
        return next((str(path) for path in files if path.is_file()), None)

    def _cut_short(self, tried: list[str], reason: str) -> UnreachableError:
        """Return what there is to say when the server hung up instead of refusing once more."""
        if not tried[-1].startswith(_AGENT_KEY):
            return self._refused(tried, reason)
        many = f"{len(tried)} of our tries" if tried[1:] else "our first try"
        return UnreachableError(
            self.server,
            f"{self.server} ended the connection after {many} to log in as"
            f" {shown(self.target.user)}, before every key of the agent was tried.",
            hint="Name the key it knows as access.identity_file: that one is tried first.",
            code="login-refused",
        )

    def _refused(self, tried: list[str], reason: str) -> UnreachableError:
        login = f"{shown(self.target.user)} on {self.server}"
        if not tried:
            return UnreachableError(
                self.server,
                f"There is no way to log in as {login}: no key, no agent and no password.",
                hint="Answer access.identity_file, access.agent or access.password.",
                code="login-refused",
            )
        ways = " and ".join(dict.fromkeys(tried))
        because = f" ({shown(reason, _MAX_WORDS).rstrip('.')})" if reason else ""
        return UnreachableError(
            self.server,
            f"The login as {login} was refused with {ways}{because}.",
            hint="Check the login name, the key or the password; it was not tried again.",
            code="login-refused",
        )


def _keys_of_the_agent() -> tuple[paramiko.AgentKey, ...] | None:
    """Return what the agent holds; None when it says nothing, for paramiko would wait for ever."""
    answers: SimpleQueue[tuple[paramiko.AgentKey, ...]] = SimpleQueue()

    def ask() -> None:
        keys: tuple[paramiko.AgentKey, ...] = ()
        with suppress(paramiko.SSHException, OSError):
            keys = paramiko.Agent().get_keys()
        answers.put(keys)

    Thread(target=ask, name="ssh-agent", daemon=True).start()
    try:
        return answers.get(timeout=_AGENT_S)
    except Empty:
        return None


def _words_for(count: int) -> str:
    """Say that it is one of the agent's keys, and that not all are offered where it holds many."""
    if count <= _MAX_AGENT_KEYS:
        return _AGENT_KEY
    return f"{_AGENT_KEY}, the first {_MAX_AGENT_KEYS} of its {count}"


def _refuse(_transport: paramiko.Transport) -> list[str]:
    raise paramiko.AuthenticationException


def _with_password(user: str, password: Secret) -> Callable[[paramiko.Transport], list[str]]:
    """Give the password once: to a server that takes it as it is, or asks for it by one prompt."""
    given: list[str] = []

    def answer(_title: str, _words: str, prompts: list[tuple[str, bool]]) -> list[str]:
        if len(prompts) + len(given) > 1:
            raise paramiko.SSHException("it asked for more than the password")
        given.extend(password.reveal() for _ in prompts)
        return given if prompts else []

    def log_in(transport: paramiko.Transport) -> list[str]:
        try:
            return transport.auth_password(user, password.reveal(), fallback=False)
        except paramiko.BadAuthenticationType as error:
            if "keyboard-interactive" not in error.allowed_types:
                raise
            return transport.auth_interactive(user, answer)

    return log_in


def _with_key(user: str, key: paramiko.PKey) -> Callable[[paramiko.Transport], list[str]]:
    return lambda transport: transport.auth_publickey(user, key)
