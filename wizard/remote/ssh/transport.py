"""An SSH connection that tells each caller why its own channel was not opened."""

from __future__ import annotations

import socket
import threading
from typing import Any

import paramiko


class Transport(paramiko.Transport):
    """A transport on which many threads open channels at once.

    paramiko keeps one reason for the whole connection (Transport.saved_exception): whoever asks
    first gets it, and the others learn only that there is no channel. Where forwarding is
    forbidden, a port would look closed.
    """

    def __init__(
        self,
        connection: socket.socket | paramiko.Channel,
        disabled_algorithms: dict[str, list[str]],
    ) -> None:
        self._asked = threading.local()
        self._refusals: dict[int, paramiko.ChannelException] = {}
        super().__init__(connection, disabled_algorithms=disabled_algorithms)

    def open_channel(self, *arguments: Any, **options: Any) -> paramiko.Channel:  # noqa: ANN401 - passed on as they come
        """Open a channel, or raise what the server said about this very one."""
        self._asked.number = None
        try:
            return super().open_channel(*arguments, **options)
        except paramiko.SSHException as error:
            own = self._refusals.pop(self._asked.number, None)
            raise own or _unexplained(error) from error

    def _next_channel(self) -> int:
        """Note the number of the channel that this thread asks for."""
        number: int = super()._next_channel()  # type: ignore[misc]
        self._refusals.pop(number, None)
        self._asked.number = number
        return number

    def _parse_channel_open_failure(self, message: paramiko.Message) -> None:
        """Keep the reason under the channel's number (RFC 4254, section 5.1) before it is told."""
        number, reason = message.get_int(), message.get_int()
        self._refusals[number] = paramiko.ChannelException(reason, _reason(reason))
        message.rewind()
        super()._parse_channel_open_failure(message)  # type: ignore[misc]


def _reason(reason: int) -> str:
    """Name a reason code of RFC 4254, section 5.1."""
    names = {1: "forbidden", 2: "connect failed", 3: "unknown kind", 4: "no resources"}
    return names.get(reason, f"reason {reason}")


def _unexplained(error: paramiko.SSHException) -> paramiko.SSHException:
    """Return an error without the reason that was another channel's."""
    if isinstance(error, paramiko.ChannelException):
        return paramiko.SSHException("Unable to open channel.")
    return error
