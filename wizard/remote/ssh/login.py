"""Logging in, in two phases: a knock that shows the host key, then the login itself.

Between the two a person decides about unknown host keys, once for all servers. Nothing that
could log in is sent before that, and nothing is tried twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import paramiko

from wizard.errors import HostKeyChangedError, HostKeyUnknownError, UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.model.text import shown
from wizard.remote.reaching import Decision, HostKeySeen, HostKeyState
from wizard.remote.ssh.authentication import Authentication
from wizard.remote.ssh.connection import SshConnection
from wizard.remote.ssh.execution import Rights
from wizard.remote.ssh.handshake import shake_hands
from wizard.remote.ssh.host_keys import HostKeys, fingerprint
from wizard.remote.ssh.jump import JumpHosts
from wizard.remote.ssh.private_keys import Keyring
from wizard.remote.ssh.targets import Target, resolve


class Knock:
    """A server that has shown its host key and has been told nothing yet.

    Attributes:
        seen: the host key, and what is known of it.
    """

    def __init__(
        self,
        *,
        seen: HostKeySeen,
        transport: paramiko.Transport,
        key: paramiko.PKey,
        target: Target,
        access: AccessSettings,
        host_keys: HostKeys,
        keyring: Keyring,
        environ: Mapping[str, str],
        jumped: bool,
    ) -> None:
        self.seen = seen
        self._transport = transport
        self._key = key  # as it was seen: the connection may end while a person looks at it
        self._target = target
        self._access = access
        self._host_keys = host_keys
        self._keyring = keyring
        self._environ = environ
        self._jumped = jumped

    @property
    def unknown(self) -> HostKeySeen | None:
        """The host key, where a person has to decide about it first, and has not yet."""
        return self.seen if self._state() is HostKeyState.UNKNOWN else None

    @property
    def gone(self) -> bool:
        """Whether the connection has ended; sshd_config(5), LoginGraceTime: 120 seconds."""
        return not self._transport.is_active()

    def accept(self) -> None:
        """Write the host key into the wizard's own file, because a person has said yes to it.

        Raises:
            HostKeyChangedError: the key is revoked or not the one that was known.
            WizardError: the file can't be written.
        """
        self._refuse_changed()
        if self.seen.state is HostKeyState.UNKNOWN:
            self._host_keys.accept(self._target.known_as, self._target.port, self._key)

    def enter(self, secrets: Secrets) -> SshConnection:
        """Log in on this very connection; a refused login is not tried again.

        Raises:
            HostKeyChangedError, HostKeyUnknownError: the host key is not (or no longer) known.
            SecretsError: the key's passphrase is missing or wrong.
            UnreachableError: the login was refused (`login-refused`) or the connection was lost.
        """
        server = self.seen.server
        try:
            self._refuse_changed()
            self._refuse_unknown()
            Authentication(
                server=server,
                target=self._target,
                access=self._access,
                secrets=secrets,
                keyring=self._keyring,
                environ=self._environ,
            ).log_in(self._transport)
        except BaseException:
            self.close()
            raise
        password = secrets.of("sudo_password", server)
        return SshConnection(
            server=server,
            login=self._target.user,
            transport=self._transport,
            rights=Rights(
                become=self._access.become,
                command=self._access.become_command,
                password=password,
            ),
            shared=self._jumped,
        )

    def close(self) -> None:
        """Hang up; nothing was sent that could log in."""
        self._transport.close()

    def _state(self) -> HostKeyState:
        return self._host_keys.verdict(self._target.known_as, self._target.port, self._key)

    def _by_authority(self) -> bool:
        return self._host_keys.has_authority(self._target.known_as, self._target.port)

    def _refuse_changed(self) -> None:
        seen = self.seen
        state = self._state()
        if state not in {HostKeyState.CHANGED, HostKeyState.REVOKED}:
            return
        what = "is revoked" if state is HostKeyState.REVOKED else "is not the one that was known"
        raise HostKeyChangedError(
            seen.server,
            f"The host key of {seen.server} ({shown(seen.host)}) {what}: {seen.fingerprint}.",
            hint="Somebody may be answering in its place. If it was reinstalled, check the"
            f" fingerprint on its console and remove the old line from {self._access.known_hosts}.",
        )

    def _refuse_unknown(self) -> None:
        seen = self.seen
        if self._state() is not HostKeyState.UNKNOWN:
            return
        told = "Host authorities in known_hosts are not used here. " if self._by_authority() else ""
        raise HostKeyUnknownError(
            seen.server,
            f"The host key of {seen.server} ({shown(seen.host)}) is not known:"
            f" {seen.kind} {seen.fingerprint}.",
            hint=f"{told}Compare it with `ssh-keygen -lf` on the server's console, then confirm it"
            " in the wizard, or add it to your known_hosts file.",
        )


def begin(
    server: ServerSettings,
    access: AccessSettings,
    host_keys: HostKeys,
    timeout_s: float,
    *,
    jumps: JumpHosts | None = None,
    keyring: Keyring | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Knock:
    """Connect and agree on encryption, so that the host key is seen; send nothing to log in.

    Args:
        server: whose `ssh` answer is dialled.
        access: how it will be logged in to.
        host_keys: what is known.
        timeout_s: for the whole of it, in seconds.
        jumps: the jump hosts all servers share; needed when one is named.
        keyring: keys that are loaded already; share one among all servers.
        environ: whose HOME holds ~/.ssh/config.

    Raises:
        UnreachableError: refused, no answer, an unknown name, no common safe algorithm.
    """
    target = resolve(server.ssh, server.name, environ)
    jump = access.jump or target.jump
    if jump and jumps is None:
        raise UnreachableError(
            server.name,
            f"{server.name} is behind the jump host {shown(jump)}, which is not connected.",
            hint="Check access.jump in the answers.",
        )
    kinds = host_keys.kinds(target.known_as, target.port)
    through = jumps.to(jump) if jump and jumps else None
    transport = shake_hands(server.name, target, kinds, timeout_s, through)
    key = transport.get_remote_server_key()
    seen = HostKeySeen(
        server=server.name,
        host=target.known_as,
        port=target.port,
        kind=key.get_name(),
        fingerprint=fingerprint(key),
        state=host_keys.verdict(target.known_as, target.port, key),
    )
    return Knock(
        seen=seen,
        transport=transport,
        key=key,
        target=target,
        access=access,
        host_keys=host_keys,
        keyring=keyring or Keyring(),
        environ=environ,
        jumped=through is not None,
    )


def connect(
    access: AccessSettings,
    server: ServerSettings,
    secrets: Secrets,
    host_keys: HostKeys,
    timeout_s: float,
    *,
    decide: Decision | None = None,
    jumps: JumpHosts | None = None,
    keyring: Keyring | None = None,
    environ: Mapping[str, str] = os.environ,
) -> SshConnection:
    """Knock and log in at once; an unknown host key is put to `decide`, or refused without it.

    Raises:
        UnreachableError: see `begin` and `Knock.enter`.
    """
    knock = begin(
        server, access, host_keys, timeout_s, jumps=jumps, keyring=keyring, environ=environ
    )
    try:
        if knock.unknown and decide is not None and decide(knock.unknown):
            knock.accept()
        return knock.enter(secrets)
    except BaseException:
        knock.close()
        raise


def jump_hosts(
    access: AccessSettings,
    secrets: Secrets,
    host_keys: HostKeys,
    timeout_s: float,
    *,
    decide: Decision | None = None,
    keyring: Keyring | None = None,
    environ: Mapping[str, str] = os.environ,
) -> JumpHosts:
    """Return the jump hosts of a walk: each is logged in to once, when it is first needed."""
    plain = AccessSettings(
        identity_file=access.identity_file,
        agent=access.agent,
        ask_password=access.ask_password,
        known_hosts=access.known_hosts,
    )

    def log_in(jump: str) -> SshConnection:
        server = ServerSettings(name="jump", ssh=jump)
        return connect(
            plain,
            server,
            secrets,
            host_keys,
            timeout_s,
            decide=decide,
            keyring=keyring,
            environ=environ,
        )

    return JumpHosts(log_in)
