"""One constant script, run on one channel: the only way anything is executed on a server.

The command line is the same for every script. The script, its parameters and its payload go
through standard input, so no value is ever read by a login shell or seen in a list of processes.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from dataclasses import dataclass

import paramiko

from wizard.errors import RemoteError
from wizard.model.settings import Become
from wizard.model.text import shown
from wizard.remote.connection import Completed
from wizard.remote.deadlines import Deadline, lost
from wizard.remote.dialects import READY, Dialect, script_text, sent
from wizard.secret import Secret

_MAX_STDERR = 64 * 1024
_CHUNK = 32 * 1024
_EXPIRED = (b"password has expired", b"Password change required", b"change your password")
"""What sshd, pam_unix and passwd say to a login that has to set a password first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """How a script gains the rights to change Neo4j's files."""

    become: Become = Become.NONE
    command: str = ""
    password: Secret | None = None


def hang_up(channel: paramiko.Channel) -> None:
    """Close a channel; where the connection is gone already, there is nobody to tell."""
    with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
        channel.close()


class Execution:
    """A script on its way: started, fed, and read to its end or for as long as it speaks."""

    def __init__(
        self, server: str, channel: paramiko.Channel, deadline: Deadline, dialect: Dialect
    ) -> None:
        self._server = server
        self._dialect = dialect
        self.channel = channel
        self._deadline = deadline
        self._mark = secrets.token_hex(16).encode("ascii")
        self._stderr = b""

    def start(self, rights: Rights, script: str, stdin: bytes) -> None:
        """Send the script and everything it reads.

        Raises:
            RemoteError: the connection is gone, or the rights were refused (`become-refused`).
        """
        nonce = f"neo4j-tls-{secrets.token_hex(12)}:"
        text = script_text(script, self._dialect)
        try:
            self.channel.settimeout(self._deadline.left_s())
            self._ask_for(self._dialect.line(rights.become, nonce, rights.command))
            if rights.become is Become.SUDO_PASSWORD:
                self._answer_sudo(nonce.encode("ascii"), rights.password)
            self._send(sent(text, self._mark, stdin))
            self.channel.shutdown_write()
        except TimeoutError as error:
            raise self._deadline.error() from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise lost(self._server) from error

    def _ask_for(self, command: str) -> None:
        """Have the server run a command; by itself paramiko waits for its consent for ever."""
        over = threading.Timer(self._deadline.left_s(), self.channel.event.set)
        over.daemon = True
        over.start()
        try:
            self.channel.exec_command(command)
        except paramiko.SSHException:
            self._deadline.left_s()
            raise
        finally:
            over.cancel()

    def first_output(self) -> bytes:
        """Return what follows the mark in the first output, leaving the channel open.

        Raises:
            RemoteError: the script never began.
        """
        output = b""
        while self._mark + b"\n" not in output:
            output += self._received(len(output), _MAX_STDERR)
        return output.partition(self._mark + b"\n")[2]

    def finish(self, rights: Rights, max_bytes: int) -> Completed:
        """Read to the end.

        Raises:
            RemoteError: too much output, no end in time, a lost connection, refused rights.
        """
        pieces: list[bytes] = []
        size = 0
        while piece := self._received(size, max_bytes, end=True):
            pieces.append(piece)
            size += len(piece)
        if not self.channel.status_event.wait(self._deadline.left_s()):
            raise self._deadline.error()
        status = self.channel.exit_status
        if status < 0:
            raise lost(self._server)
        self._drain_stderr()
        found, mark, stdout = b"".join(pieces).partition(self._mark + b"\n")
        if not mark:
            raise self._never_began(rights, found)
        stderr = self._stderr.partition(READY + b"\n")[2]
        return Completed(exit_code=status, stdout=stdout, stderr=stderr)

    def _received(self, so_far: int, max_bytes: int, *, end: bool = False) -> bytes:
        """Read one piece of output; an empty piece is the end, or an error where none may be."""
        self.channel.settimeout(self._deadline.left_s())
        try:
            piece = self.channel.recv(_CHUNK)
        except TimeoutError as error:
            raise self._deadline.error() from error
        if not piece and not end:
            raise lost(self._server)
        if so_far + len(piece) > max_bytes:
            raise RemoteError(
                self._server,
                f"{self._server} answered with more than {max_bytes} bytes.",
                hint="Check what its login files and its commands print.",
                code="too-much-output",
            )
        return piece

    def _send(self, data: bytes) -> None:
        """Send all; a script that ended early says why by its exit code, so that is no error."""
        position = 0
        while position < len(data):
            self.channel.settimeout(self._deadline.left_s())
            try:
                position += self.channel.send(data[position : position + _CHUNK])
            except TimeoutError:
                raise
            except OSError:
                return

    def _answer_sudo(self, nonce: bytes, password: Secret | None) -> None:
        """Give the password only where sudo itself asks with the words we chose, and only once."""
        answered = False
        while READY + b"\n" not in self._stderr:
            self.channel.settimeout(self._deadline.left_s())
            piece = self.channel.recv_stderr(_CHUNK)
            self._stderr += piece
            asked = self._stderr.count(nonce)
            ended = not piece or len(self._stderr) > _MAX_STDERR
            if ended or (asked and password is None) or asked > 1:
                raise self._refused(self._stderr.replace(nonce, b""))
            if asked and password is not None and not answered:
                answered = True
                self.channel.sendall(password.reveal().encode("utf-8") + b"\n")

    def _drain_stderr(self) -> None:
        while len(self._stderr) < _MAX_STDERR and self.channel.recv_stderr_ready():
            self._stderr += self.channel.recv_stderr(_CHUNK)

    def _never_began(self, rights: Rights, output: bytes) -> RemoteError:
        if rights.become is not Become.NONE and READY not in self._stderr:
            return self._refused(self._stderr, rights.command)
        words = b" ".join((self._stderr + output).split())
        said = shown(words, limit=300)
        if any(sign in words for sign in _EXPIRED):
            return RemoteError(
                self._server,
                f"The password of the login on {self._server} has expired, and nothing can be done "
                f"there before it has a fresh one; it said: {said.rstrip('.')}.",
                hint="Log in there once by ssh in a terminal, set a password, then try again.",
                code="login-expired",
            )
        return RemoteError(
            self._server,
            f"{self._server} did not run a POSIX shell: {said or 'it said nothing'}.",
            hint="The login needs a shell that can run sh; forced commands can't be used.",
            code="no-shell",
        )

    def _refused(self, said: bytes, command: str = "") -> RemoteError:
        words = shown(b" ".join(said.split()), limit=300)
        hint = "Check the rule in sudoers, access.become and the sudo password."
        if command:
            hint = "Check access.become_command; it must let us in without a question."
        return RemoteError(
            self._server,
            f"{command.partition(' ')[0] or 'sudo'} on {self._server} did not let us in: "
            f"{words or 'it said nothing'}.",
            hint=hint,
            code="become-refused",
        )
