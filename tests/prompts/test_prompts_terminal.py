"""On a capable terminal every question is still one line, and a password is not shown."""

from __future__ import annotations

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from wizard.prompts import LineAsker, TerminalAsker, ask_interview
from wizard.prompts.asker import asker_for_terminal
from wizard.secret import Secret


def typed(asker: TerminalAsker, keys: str, *, hidden: bool = False) -> str:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        return asker.hidden("Password: ") if hidden else asker.line("Name [a]: ")


def test_a_line_is_edited_as_people_expect() -> None:
    assert typed(TerminalAsker(), "servr\x1b[Der\r") == "serverr"[:4] + "err"
    assert typed(TerminalAsker(), "\r") == ""


def test_a_password_is_read_whole() -> None:
    assert typed(TerminalAsker(), "p w'$\\\r", hidden=True) == "p w'$\\"


def test_ctrl_c_interrupts_and_ctrl_d_ends() -> None:
    with pytest.raises(KeyboardInterrupt):
        typed(TerminalAsker(), "\x03")
    with pytest.raises(EOFError):
        typed(TerminalAsker(), "\x04")


def test_the_whole_interview_runs_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["payments", "", "a@h", "", "no", "password", "hunter2"]
    keys = "".join(f"{line}\r" for line in [*lines, *[""] * 40])
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        answers, secrets = ask_interview(TerminalAsker(), {"walk": "own"})
    assert answers["access.password"] == "ask"
    assert secrets.of("ssh_password") == Secret("hunter2")
    assert "hunter2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environ", "plain", "bare"),
    [
        ({"TERM": "dumb"}, False, True),
        ({"TERM": "xterm", "ACCESSIBLE": "1"}, False, True),
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
    ],
)
def test_plain_and_simple_terminals_get_bare_lines(
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    plain: bool,  # noqa: FBT001 - one line of a table
    bare: bool,  # noqa: FBT001 - one line of a table
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"wizard.prompts.asker.sys.{stream}", Terminal())
    assert isinstance(asker_for_terminal(plain=plain), LineAsker) is bare


class Terminal:
    """Stands for a stream that is a terminal."""

    def isatty(self) -> bool:
        return True
