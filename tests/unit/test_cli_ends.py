"""However a command ends, its exit code and its words say so, and no secret is in them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from waiting import started

from wizard import cli
from wizard.errors import UnreachableError

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-7f00d"


@pytest.fixture(autouse=True)
def leave_the_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "harden", lambda _environ: None)
    monkeypatch.setattr(cli, "_turn_signals_into_interrupts", lambda: None)


def ending(monkeypatch: pytest.MonkeyPatch, run: Callable[[Namespace], int]) -> None:
    monkeypatch.setattr(cli, "_run", run)


def raising(error: BaseException) -> Callable[[Namespace], int]:
    def run(_options: Namespace) -> int:
        secret = CANARY  # a local value such as a crash report must not show
        assert secret
        raise error

    return run


def test_the_exit_code_is_the_one_of_the_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    ending(monkeypatch, lambda _options: 3)
    assert cli.main(["runs"]) == 3


def test_an_error_is_one_sentence_and_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending(monkeypatch, raising(UnreachableError("db1", "It is away.", hint="Wake it.")))
    assert cli.main(["runs", "--json"]) == 5
    out, err = capsys.readouterr()
    assert err == "It is away.\nWake it.\n"
    last = json.loads(out.splitlines()[-1])
    assert (last["result"], last["exit_code"]) == ("unreachable", 5)


@pytest.mark.parametrize(("verb", "words"), [("runs", "Nothing was changed."), ("undo", "runs")])
def test_ctrl_c_is_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str, words: str
) -> None:
    ending(monkeypatch, raising(KeyboardInterrupt()))
    assert cli.main([verb]) == 130
    assert words in capsys.readouterr().err
    assert cli.main([verb, "--json"]) == 130
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["started", "problem", "finished"]
    assert (events[-1]["result"], events[-1]["exit_code"]) == ("interrupted", 130)


@pytest.mark.parametrize(("verb", "code"), [("runs", 1), ("undo", 4)])
def test_a_bug_shows_its_place_and_none_of_its_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str, code: int
) -> None:
    ending(monkeypatch, raising(ValueError(CANARY)))
    assert cli.main([verb, "--json"]) == code
    out, err = capsys.readouterr()
    assert "ValueError" in err
    assert "test_cli_ends.py" in err
    assert CANARY not in out + err
    assert json.loads(out.splitlines()[-1])["exit_code"] == code


def test_what_could_carry_a_secret_out_is_closed() -> None:
    code = (
        "import os, resource, sys; from wizard.cli import harden; harden(os.environ);"
        "print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE)[0],"
        "sorted(name for name in os.environ if name.startswith('TEXTUAL')))"
    )
    leaky = {"TEXTUAL_LOG": "log", "TEXTUAL": "debug,devtools", "TEXTUAL_SCREENSHOT": "1"}
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **leaky, "TEXTUAL_THEME": "ansi-dark"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split(" ", 2)[:2] == ["0o77", "0"]
    assert "TEXTUAL_LOG" not in shown.stdout
    assert "TEXTUAL_SCREENSHOT" not in shown.stdout
    assert "TEXTUAL_THEME" in shown.stdout


def test_a_reader_that_leaves_is_no_bug() -> None:
    code = (
        "import sys, wizard.cli as cli\n"
        "cli._run = lambda _options: [print('x' * 4096, flush=True) for _ in range(99)] and 0\n"
        "sys.exit(cli.main(['runs']))"
    )
    with started(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(timeout=30) == 1
    assert told == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_kill_closes_what_was_opened(number: signal.Signals) -> None:
    code = (
        "import contextlib, sys, threading, wizard.cli as cli\n"
        "def run(_options):\n"
        "    with contextlib.ExitStack() as opened:\n"
        "        opened.callback(print, 'closed', flush=True)\n"
        "        print('up', flush=True)\n"
        "        threading.Event().wait(60)\n"  # a signal just before pause() is missed by it
        "cli._run = run\n"
        "sys.exit(cli.main(['runs']))"
    )
    with started(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        assert process.stdout.read() == "closed\n"
        assert process.wait(timeout=30) == 130
