"""The command line: what it accepts, what it refuses, and what it costs to start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard import arguments, cli
from wizard.errors import UsageError
from wizard.front_end import front_end

HEAVY = ["textual", "questionary", "prompt_toolkit", "rich", "paramiko", "cryptography", "OpenSSL"]


def ran(*line: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "wizard"]
    return subprocess.run(
        [sys.executable, *program, *line],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def loaded(code: str) -> list[str]:
    names = ran(code=f"import sys; {code}; print(*sys.modules)").stdout.split()
    return [name for name in HEAVY if name in names]


@pytest.mark.parametrize(
    "code",
    [
        "import wizard.cli",
        "from wizard.arguments import parsed; parsed(['apply', '--answers', 'a'])",
        "import wizard.interview, wizard.interview.answers",
    ],
)
def test_reading_the_line_loads_no_library(code: str) -> None:
    assert loaded(code) == []


def test_the_check_for_libraries_sees_them() -> None:
    assert loaded("import cryptography, rich") == ["rich", "cryptography"]


def test_help_names_every_verb_and_exit_code() -> None:
    shown = ran("--help")
    assert shown.returncode == 0
    for word in ("practice", "plan", "apply", "verify", "undo", "runs", "--plain", "130"):
        assert word in shown.stdout


def test_the_version_names_what_it_runs_on() -> None:
    shown = ran("--version")
    assert shown.returncode == 0
    assert shown.stdout.startswith("neo4j-tls ")
    assert f"Python {sys.version.split()[0]}" in shown.stdout


@pytest.mark.parametrize(
    "line",
    [
        ["nonsense"],
        ["--colour"],
        ["plan"],
        ["plan", "--answers"],
        ["apply", "--answers", "a", "--formation-timeout", "0"],
        ["apply", "--answers", "a", "--formation-timeout", "soon"],
        ["apply", "--answ", "a"],
        ["practice", "--servers", "0"],
        ["practice", "--servers", "10"],
        ["practice", "--auto", "--serve"],
        ["plan", "--answers", "a", "--password", "x"],
        ["undo", "one", "two"],
    ],
)
def test_a_wrong_line_is_refused_with_a_sentence(line: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        arguments.parsed(line)
    assert caught.value.message.endswith(".")
    assert "--help" in caught.value.hint
    assert caught.value.exit_code == 2


def test_the_options_of_every_verb_are_read() -> None:
    practice = arguments.parsed(["practice", "--fault", "a@server1", "--fault", "b", "--plain"])
    assert (practice.fault, practice.plain, practice.servers) == (["a@server1", "b"], True, 3)
    assert practice.neo4j == "5.26"
    apply = arguments.parsed(["apply", "--answers", "a", "--yes", "--json"])
    assert (apply.yes, apply.json, apply.formation_timeout, apply.secrets) == (True, True, 30, None)
    undo = arguments.parsed(["undo"])
    assert (undo.run, undo.yes, undo.json) == (None, False, False)
    assert arguments.parsed([]).verb is None
    assert arguments.parsed(["--plain"]).plain


@pytest.mark.parametrize("verb", ["plan", "apply", "verify", "undo", "runs", "practice"])
def test_every_verb_speaks_json(verb: str) -> None:
    needed = [] if verb in {"undo", "runs", "practice"} else ["--answers", "a"]
    assert arguments.parsed([verb, *needed, "--json"]).json


def test_a_wrong_line_with_json_still_has_a_first_and_a_last_event() -> None:
    ended = ran("apply", "--json")
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 2
    assert [event["event"] for event in events] == ["started", "problem", "finished"]
    assert (events[0]["command"], events[0]["schema"]) == ("apply", 1)
    assert (events[2]["result"], events[2]["exit_code"]) == ("refused", 2)
    assert "--answers" in ended.stderr


def test_without_a_terminal_and_a_verb_there_is_nobody_to_ask() -> None:
    ended = ran()
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "terminal" in ended.stderr
    assert "--answers" in ended.stderr


class Terminal:
    """Stands for a stream that is, or is not, a terminal."""

    def __init__(self, *, real: bool) -> None:
        self._real = real

    def isatty(self) -> bool:
        return self._real


@pytest.mark.parametrize(
    ("reading", "writing", "plain", "environ", "chosen"),
    [
        (True, True, False, {"TERM": "xterm"}, "screens"),
        (True, True, True, {"TERM": "xterm"}, "prompts"),
        (True, True, False, {"TERM": "dumb"}, "prompts"),
        (True, True, False, {}, "prompts"),
        (True, True, False, {"TERM": "xterm", "ACCESSIBLE": "1"}, "prompts"),
        (True, False, False, {"TERM": "xterm"}, "prompts"),
        (False, True, False, {"TERM": "xterm"}, "prompts"),
        (False, False, True, {}, "prompts"),
    ],
)
def test_who_asks_follows_the_terminal(  # noqa: PLR0917 - one line of a table
    reading: bool,  # noqa: FBT001 - as above
    writing: bool,  # noqa: FBT001 - as above
    plain: bool,  # noqa: FBT001 - as above
    environ: dict[str, str],
    chosen: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli.sys, "stdin", Terminal(real=reading))
    monkeypatch.setattr(cli.sys, "stdout", Terminal(real=writing))
    assert front_end(plain=plain, environ=environ) == chosen


def test_a_tiny_terminal_is_asked_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.sys, "stdin", Terminal(real=True))
    monkeypatch.setattr(cli.sys, "stdout", Terminal(real=True))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "24")
    assert front_end(plain=False, environ={"TERM": "xterm"}) == "prompts"
    monkeypatch.setenv("COLUMNS", "80")
    assert front_end(plain=False, environ={"TERM": "xterm"}) == "screens"
