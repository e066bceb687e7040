"""What a script answers: one line a fact, a word and its fields, byte strings in hexadecimal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from wizard.errors import RemoteError
from wizard.model.facts import FileStat
from wizard.model.text import shown
from wizard.remote.connection import Completed, Connection

_TIMEOUT_S = 60.0
_END = "end"
_REFUSED = 3
_STAT_FIELDS = 3

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "conf-changed": (
        "{detail} on {server} is not as it was surveyed: somebody has changed it.",
        "Look at who edits it, then run the plan again.",
    ),
    "path-exists": (
        "{detail} on {server} exists already and is not of this run.",
        "Move it away, or run undo for the run it belongs to.",
    ),
    "busy": (
        "Another run is being prepared on {server}: {detail} is there.",
        "Wait until it has ended, or run undo for it; no two runs may change a server at once.",
    ),
    "link": (
        "{detail} on {server} is a link that another user owns, so nothing is written through it.",
        "Replace the link by the folder itself, or make its owner root or the Neo4j user.",
    ),
    "not-ours": (
        "{detail} on {server} belongs to another user.",
        "Remove it, or log in as the user it belongs to.",
    ),
    "too-little-space": (
        "There is too little free space in {detail} on {server}.",
        "Free some space there, then try again.",
    ),
    "not-writable": (
        "{detail} on {server} can't be written by this login.",
        "Log in as the Neo4j user, or answer access.become with sudo.",
    ),
    "group-lost": (
        "{detail} on {server} belongs to a group that this login can't give a changed file to.",
        "Answer access.become with sudo, or let the login be in that group.",
    ),
    "archive": (
        "The files could not be unpacked on {server}: {detail}.",
        "Check its free space, and that tar and gzip are installed.",
    ),
    "mismatch": (
        "{detail} on {server} is not what was sent.",
        "Check its disk, then try again.",
    ),
    "undo-damaged": (
        "The undo files on {server} are damaged or were altered: {detail}.",
        "Nothing was restored there; compare neo4j.conf by hand with the copy in that folder.",
    ),
    "start-failed": (
        "Neo4j did not start on {server}: {detail}",
        "Read neo4j.log and debug.log on that server.",
    ),
    "service": (
        "The service manager on {server} refused: {detail}",
        "Answer access.become with sudo, or log in as a user that may stop and start Neo4j.",
    ),
    "under-way": (
        "Something that was begun on {server} is still under way: {detail}.",
        "Wait until it has ended, then try again.",
    ),
    "work-lost": (
        "What was under way on {server} has ended without a word.",
        "Look whether Neo4j runs there, then try again.",
    ),
    "still-running": (
        "Neo4j on {server} is still shutting down.",
        "Wait until it has ended; it is never killed.",
    ),
}


class Answer:
    """The lines of one answer, by their first word.

    Raises:
        RemoteError: the script refused, failed, or was cut off before its last line.
    """

    def __init__(self, server: str, completed: Completed) -> None:
        self._server = server
        # Only at newlines: other bytes that end a line in Latin-1 are parts of letters in UTF-8.
        told = completed.stdout.decode("latin-1").removesuffix("\n")
        lines = [line.split(" ") for line in told.split("\n")]
        self._lines = lines
        refused = next((line for line in lines if line[0] == "refused" and line[1:]), None)
        if refused is not None and completed.exit_code == _REFUSED:
            raise _refusal(server, refused[1], unhex(refused[2]) if refused[2:] else b"")
        if completed.exit_code != 0 or lines[-1] != [_END]:
            said = shown(b" ".join(completed.stderr.split()), limit=300)
            raise RemoteError(
                server,
                f"{server} did not finish what it was told"
                f" (exit code {completed.exit_code}): {said or 'it gave no reason'}.",
                hint="Check the disk and the rights of the login there.",
            )

    def __contains__(self, word: str) -> bool:
        return any(line[0] == word for line in self._lines)

    def all(self, word: str) -> list[list[str]]:
        """Return the fields of every line that starts with this word."""
        return [line[1:] for line in self._lines if line[0] == word]

    def first(self, word: str) -> list[str]:
        """Return the fields of the first line that starts with this word, or none."""
        return next(iter(self.all(word)), [])

    def block(self, word: str) -> list[str]:
        """Return the lines between one that is this word and the next that is a word alone."""
        found: list[str] = []
        inside = False
        for fields in self._lines:
            if len(fields) == 1 and fields[0].isalpha():
                inside = fields[0] == word
            elif inside:
                found.append(" ".join(fields).encode("latin-1").decode("utf-8", "surrogateescape"))
        return found

    def raw(self, word: str) -> bytes:
        """Return the first field of a line as the bytes it stands for, or `b""`."""
        fields = self.first(word)
        return unhex(fields[0]) if fields else b""

    def text(self, word: str) -> str:
        """Return the same as text; what is no UTF-8 is kept as surrogates."""
        return self.raw(word).decode("utf-8", errors="surrogateescape")


@contextlib.contextmanager
def understood(server: str) -> Iterator[None]:
    """Read an answer word by word; whatever is missing or odd in it is the server's doing.

    Raises:
        RemoteError: `answer-odd`.
    """
    try:
        yield
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        raise odd(server) from error


def odd(server: str) -> RemoteError:
    """Return what there is to say of an answer that none of our scripts gives."""
    return RemoteError(
        server,
        f"{server} answered something that makes no sense.",
        hint="Look whether something between here and there answers in its place.",
        code="answer-odd",
    )


def unhex(digits: str) -> bytes:
    """Read hexadecimal digits; anything else counts as empty."""
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def stat_from(fields: Sequence[str]) -> FileStat | None:
    """Read mode (octal), owner and group, or None where the server could not tell them."""
    numbers = [field for field in fields if field.isdigit()]
    if len(numbers) != _STAT_FIELDS:
        return None
    try:
        return FileStat(mode=int(numbers[0], 8), uid=int(numbers[1]), gid=int(numbers[2]))
    except ValueError:
        return None


def lines(server: str, *values: str) -> bytes:
    """Return parameters as the lines a script reads.

    Raises:
        RemoteError: a value holds a line end or a NUL, which no path has for a good reason.
    """
    for value in values:
        if any(character in value for character in "\n\r\0"):
            raise RemoteError(
                server,
                f"A path or name on {server} holds a line end: {shown(value)}.",
                hint="Rename it; such names can't be handled safely.",
            )
    return "".join(f"{value}\n" for value in values).encode("utf-8", errors="surrogateescape")


def run_script(
    connection: Connection, script: str, *parameters: str, timeout_s: float = _TIMEOUT_S
) -> Answer:
    """Run a script that reads these lines, and return what it answered.

    Raises:
        RemoteError: see `Connection.run` and `Answer`.
    """
    stdin = lines(connection.server, *parameters)
    return Answer(connection.server, connection.run(script, stdin, timeout_s=timeout_s))


def _refusal(server: str, code: str, detail: bytes) -> RemoteError:
    fallback = ("{server} refused: {detail}.", "Check the disk and the rights of the login there.")
    message, hint = _SENTENCES.get(code, fallback)
    words = shown(b" ".join(detail.split()), limit=300)
    return RemoteError(
        server, message.format(server=server, detail=words or code), hint=hint, code=code
    )
