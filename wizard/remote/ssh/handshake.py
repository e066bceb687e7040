"""From nothing to an encrypted connection whose host key is seen: TCP, banner, key exchange."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Sequence

import paramiko

from wizard.errors import RemoteError, UnreachableError
from wizard.model.text import shown
from wizard.remote.ssh.connection import SshConnection
from wizard.remote.ssh.sockets import dial
from wizard.remote.ssh.targets import Target
from wizard.remote.ssh.transport import Transport

_WEAK = {
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
    "kex": ("ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"),
}
"""Algorithms that ssh-audit calls failures and paramiko still offers."""

_CURVES = tuple(
    f"ecdsa-sha2-nistp{bits}{form}"
    for bits in (256, 384, 521)
    for form in ("", "-cert-v01@openssh.com")
)
"""Host keys that ssh-audit mistrusts too: asked for where one is known, or there is no other."""

_RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")
_MAX_WORDS = 200
_TRIES = 3
_PAUSE_S = 0.3


def shake_hands(
    server: str,
    target: Target,
    known_kinds: Sequence[str],
    timeout_s: float,
    through: SshConnection | None,
) -> paramiko.Transport:
    """Return a connection with its keys agreed on and nothing sent to log in.

    A busy sshd drops connections before its banner (sshd_config(5), MaxStartups): only that is
    tried again, three times in all.

    Raises:
        UnreachableError: with a sentence for each way it can fail.
    """
    end = time.monotonic() + timeout_s
    curves = any(kind in _CURVES for kind in known_kinds)
    for attempt in range(1, _TRIES + 1):
        left = max(0.1, end - time.monotonic())
        transport = _transport(server, target, left, through, curves=curves)
        try:
            _prefer(transport, known_kinds)
            transport.start_client(timeout=left)
            transport.get_remote_server_key()  # start_client returns quietly when time is up
        except (paramiko.SSHException, EOFError, OSError) as error:
            transport.close()
            late = time.monotonic() >= end
            if isinstance(error, paramiko.ssh_exception.IncompatiblePeer) and not curves:
                curves = True
                continue
            if attempt == _TRIES or late or not _dropped(error):
                raise _failure(server, target, error, timeout_s if late else None) from error
            time.sleep(_PAUSE_S * attempt * random.uniform(0.5, 1.5))  # noqa: S311 - only a pause
        else:
            return transport
    raise AssertionError  # the last attempt always returns or raises


def _transport(
    server: str, target: Target, timeout_s: float, through: SshConnection | None, *, curves: bool
) -> paramiko.Transport:
    connection: socket.socket | paramiko.Channel
    if through is None:
        try:
            connection = dial(target.host, target.port, timeout_s)
        except OSError as error:
            raise _failure(server, target, error, timeout_s) from error
    else:
        connection = _tunnel(server, target, timeout_s, through)
    weak = {kind: list(names) for kind, names in _WEAK.items()}
    weak["keys"] = [] if curves else list(_CURVES)
    transport = Transport(connection, disabled_algorithms=weak)
    transport.banner_timeout = timeout_s
    transport.handshake_timeout = timeout_s
    transport.auth_timeout = timeout_s
    return transport


def _tunnel(
    server: str, target: Target, timeout_s: float, through: SshConnection
) -> paramiko.Channel:
    try:
        return through.open_tcp(target.host, target.port, timeout_s).channel
    except RemoteError as error:
        raise UnreachableError(
            server,
            f"{server} can't be reached through the jump host: {error.message}",
            hint="Check the address as the jump host sees it, and that it forwards connections.",
        ) from error


def _prefer(transport: paramiko.Transport, known_kinds: Sequence[str]) -> None:
    """Ask for the host key types that are known first, as ssh does (ssh_config(5))."""
    wanted: list[str] = []
    for kind in known_kinds:
        wanted.extend(_RSA_SIGNATURES if kind == "ssh-rsa" else (kind,))
    options = transport.get_security_options()
    offered = list(options.key_types)
    first = [kind for kind in wanted if kind in offered]
    options.key_types = first + [kind for kind in offered if kind not in first]


def _dropped(error: Exception) -> bool:
    """Say whether the connection ended before the server said who it is."""
    return isinstance(error, (EOFError, ConnectionResetError)) or "banner" in str(error).lower()


def _failure(
    server: str, target: Target, error: Exception, late_s: float | None
) -> UnreachableError:
    """Return the sentence for what went wrong while connecting."""
    place = f"{server} ({shown(target.host)}:{target.port})"
    if isinstance(error, socket.gaierror):
        message = f"The name of {place} is not known here."
        hint = "Check the ssh answer of this server, and the DNS or hosts file here."
    elif isinstance(error, ConnectionRefusedError):
        message = f"{place} refuses SSH connections."
        hint = "Check the port, and that the SSH server is running."
    elif isinstance(error, TimeoutError) or (late_s and not isinstance(error, OSError)):
        message = f"{place} did not answer within {late_s or 0:g} seconds."
        hint = "Check the address, and that no firewall stands between."
    elif isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        message = f"{place} offers only SSH algorithms that are no longer safe."
        hint = "Update its SSH server: OpenSSH 7.2 or later is needed."
    else:
        words = shown(str(error) or "no reason given", _MAX_WORDS)
        message = f"{place} ended the SSH connection: {words}."
        hint = "Check that an SSH server answers on this port and allows this workstation."
    return UnreachableError(server, message, hint=hint)
