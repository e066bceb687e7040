"""A server of another platform is told so by one place, and worked on once that place knows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wizard.errors import RemoteError
from wizard.model.facts import Platform
from wizard.model.settings import Become, ServerSettings
from wizard.remote import dialects, survey
from wizard.remote.connection import Completed
from wizard.remote.dialects import POSIX, Dialect, platform_by_words

SERVER = ServerSettings(name="server1", ssh="admin@10.0.0.1")
WINDOWS = replace(POSIX, folder="scripts_windows", ending=".ps1", command="powershell -Command -")
CMD = "'sh' is not recognized as an internal or external command, operable program or batch file."
POWERSHELL = "The term 'sh' is not recognized as the name of a cmdlet, function, script file."
HOME = b"home 433a2f6e656f346a 755 0 0\nservice 62696e"
ANSWER = b"system %s\n" + HOME + b"\nconf 2f63 600 0 0\ncontent 610a\nend\n"


class Server:
    """A server that knows one dialect, and says what a shell says to any other."""

    server, login = "server1", "admin"

    def __init__(self, knows: Dialect, system: bytes = b"Linux") -> None:
        self.dialect = POSIX
        self._knows, self._system = knows, system

    def speak(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def check_sessions(self) -> None:
        """There are enough."""

    def run(self, _script: str, *_: object, **__: object) -> Completed:
        if self.dialect != self._knows:
            raise RemoteError(
                "server1", f"server1 did not run a POSIX shell: {CMD}.", code="no-shell"
            )
        stdout = ANSWER % self._system.hex().encode("ascii")
        return Completed(exit_code=0, stdout=stdout, stderr=b"")


def look(server: Server) -> Platform:
    one: object = server
    return survey.survey(one, SERVER, ()).platform  # type: ignore[arg-type]


@pytest.mark.parametrize("words", [CMD, POWERSHELL])
def test_a_windows_shell_is_recognised(words: str) -> None:
    assert platform_by_words(words) is Platform.WINDOWS
    assert platform_by_words("sh: command not found") is None


@pytest.mark.parametrize(
    "server", [Server(WINDOWS), Server(POSIX, b"MINGW64_NT-10.0"), Server(POSIX, b"Windows_NT")]
)
def test_a_platform_without_a_dialect_is_not_worked_on(server: Server) -> None:
    assert look(server) is Platform.WINDOWS


def test_one_entry_lets_a_further_platform_be_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**dialects.DIALECTS, Platform.WINDOWS: WINDOWS}
    monkeypatch.setattr(survey, "DIALECTS", known)
    server = Server(WINDOWS)
    assert look(server) is Platform.SERVER
    assert server.dialect == WINDOWS


def test_a_command_line_holds_nothing_but_what_is_constant() -> None:
    assert POSIX.line(Become.NONE, "n") == POSIX.command
    assert POSIX.line(Become.SUDO_PASSWORD, "n1") == f"sudo -S -p n1 -- {POSIX.command}"
