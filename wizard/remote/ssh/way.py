"""SSH as one of the ways to servers: what all logins of a walk share."""

from __future__ import annotations

from wizard.model.settings import ServerSettings
from wizard.remote.home_path import home_path
from wizard.remote.reaching import Means
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import Knock, begin, jump_hosts
from wizard.remote.ssh.private_keys import Keyring


class SshWay:
    """Keys are opened once and jump hosts logged in to once, for all servers."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._keyring = Keyring()
        known = home_path(means.access.known_hosts, means.environ)
        self._host_keys = HostKeys([known], means.own_known_hosts)
        self._jumps = jump_hosts(
            means.access,
            means.secrets,
            self._host_keys,
            means.timeout_s,
            decide=means.decide,
            keyring=self._keyring,
            environ=means.environ,
        )

    def leads_to(self, _server: ServerSettings) -> bool:
        """Say yes: whatever is no answer of another way is an SSH address."""
        return True

    def knock(self, server: ServerSettings) -> Knock:
        """Connect and agree on encryption, so that the host key is seen.

        Raises:
            UnreachableError: see `begin`.
        """
        return begin(
            server,
            self._means.access,
            self._host_keys,
            self._means.timeout_s,
            jumps=self._jumps,
            keyring=self._keyring,
            environ=self._means.environ,
        )

    def close(self) -> None:
        """Close the jump hosts."""
        self._jumps.close()
