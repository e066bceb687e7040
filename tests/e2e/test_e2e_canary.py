"""No secret leaves a trace: not in what is printed or kept, not in a process, not in a crash."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from black_box import LONG_ENOUGH_S, Ended, Served, private, served, wizard
from canaries import Canaries, new_canary, watched_processes
from terminal import ENDED, terminal
from waiting import started

SUDO = """#!/bin/sh
# Stands in for sudo(8) with -S -p PROMPT --: asks until the one password comes.
while :; do
    printf %s "$3" >&2
    IFS= read -r word || exit 1
    [ "$word" = "$(cat {password})" ] && break
    echo "Sorry, try again." >&2
done
shift 4
exec "$@"
"""

TELL_TALE = """#!/bin/sh
# Neo4j logs both values, in clear, of a password that is set twice.
"$0.real" "$@" || exit
[ "$1" = start ] || exit 0
cd "$(dirname "$0")/.." || exit
for log in neo4j debug; do
    sed -n 's/.*password=/2026-11-22 01:59:00.000+0000 WARN  [c.n.c.Config] overridden: /p' \\
        conf/neo4j.conf >>logs/$log.log
done
"""

CRASH = """
import sys
from pathlib import Path
from pydoc import locate

def crash(*arguments, **named):
    password = Path({canary!r}).read_text()
    raise {kind}(f"could not use {{password}}")

setattr(locate({place!r}), {name!r}, crash)
from wizard.cli import main
raise SystemExit(main(sys.argv[1:]))
"""

THREAD = """
import threading

class Forgotten:
    def __del__(self):
        crash()

def in_main(line):
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join(20)
    Forgotten()
    crash()

locate("wizard.cli")._run = in_main
"""

OWN_FILES = frozenset({"secrets.toml", "login_key"})
"""The practice cluster's own secrets, with which every verb runs unattended."""


def set_up(cluster: Served, folder: Path) -> tuple[Canaries, Path, Path]:
    """Ask for every secret there is: two answers files, by key and by password, and the secrets."""
    typed = ("identity_passphrase", "sudo_password", "key_password", "ca_password")
    canaries = Canaries(
        {"ssh_password": cluster.secrets["ssh_password"], "neo4j_password": new_canary()}
        | {name: new_canary() for name in typed}
        | {"bolt_key_password": new_canary()}
    )
    of = canaries.values
    key = shutil.copy(cluster.folder / "login_key", folder / "login_key")
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", of["identity_passphrase"], "-f", key]
    subprocess.run(change, check=True, stdout=subprocess.DEVNULL)
    password = private(folder / "sudo", of["sudo_password"])
    for server in cluster.servers:
        sudo = Path(server["home"]).parent / "bin" / "sudo"
        sudo.write_text(SUDO.replace("{password}", str(password)))
        sudo.chmod(0o755)
        with (Path(server["conf"]) / "neo4j.conf").open("a") as conf:
            conf.write(f"\ndbms.ssl.policy.bolt.private_key_password={of['bolt_key_password']}\n")
    answers = tomllib.loads(cluster.answers.read_text())
    answers["keys"] = {"password": "ask"}
    answers["access"] |= {"become": "sudo-password", "identity_file": str(key)}
    by_key = private(folder / "by-key.toml", tomli_w.dumps(answers))
    del answers["access"]["identity_file"]
    answers["access"]["password"] = "ask"
    by_password = private(folder / "by-password.toml", tomli_w.dumps(answers))
    given = {name: value for name, value in of.items() if name != "bolt_key_password"}
    private(folder / "secrets.toml", tomli_w.dumps(given))
    return canaries, by_key, by_password


@contextmanager
def planted(canary: str) -> Iterator[None]:
    """A process with a secret in its command line and its environment."""
    command = ["sh", "-c", "read -r line", canary]
    with started(command, stdin=subprocess.PIPE, env={"LEAK": canary}):
        yield


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_the_scanner_finds_a_secret_in_every_spelling(tmp_path: Path, before: str) -> None:
    canary = new_canary()
    canaries = Canaries({"planted": canary, "other": new_canary()})
    raw = f"{before}{canary}, and more".encode()
    (tmp_path / "clear").write_bytes(raw)
    (tmp_path / "hexadecimal").write_bytes(raw.hex().encode())
    (tmp_path / "base64").write_bytes(base64.b64encode(raw))
    quoted = "".join(char if char.isalnum() else f"%{ord(char):02X}" for char in canary)
    (tmp_path / "url").write_text(before + quoted)
    (tmp_path / "half").write_bytes(raw[:-20])
    found = canaries.in_files(tmp_path)
    assert found == {(name, "planted") for name in ("clear", "hexadecimal", "base64", "url")}


def test_a_whole_walk_leaves_no_secret_anywhere(tmp_path: Path, own_home: Path) -> None:
    (place := tmp_path / "place").mkdir()
    (given := tmp_path / "given").mkdir(mode=0o700)
    with served(TMPDIR=str(place)) as cluster:
        canaries, by_key, by_password = set_up(cluster, given)
        before = cluster.trees()
        leak = Canaries({**canaries.values, "planted": new_canary()})
        secrets = ("--secrets", given / "secrets.toml")
        outputs: list[Ended] = []
        with watched_processes(leak) as sightings, planted(leak.values["planted"]):
            for verb, answers, *more in (
                ("plan", by_password),
                ("plan", by_key, "--json"),
                ("apply", by_key, "--yes", "--json"),
                ("verify", by_password),
            ):
                outputs.append(wizard(verb, "--answers", answers, *secrets, *more))
                assert outputs[-1].exit_code == 0, outputs[-1].stdout + outputs[-1].stderr
            # Both are in neo4j.conf, whose whole point is that Neo4j reads them there.
            conf = frozenset({"neo4j.conf"})
            allowed = {"key_password", "bolt_key_password"}
            assert canaries.in_files(cluster.folder, OWN_FILES | conf | {"original.conf"}) == set()
            within = {name for _, name in canaries.in_files(cluster.folder, OWN_FILES)}
            assert within == allowed
            outputs.append(wizard("undo", "--yes", *secrets))
            assert outputs[-1].exit_code == 0, outputs[-1].stderr
        assert cluster.trees() == before
        assert canaries.in_files(cluster.folder, OWN_FILES | conf) == set()
        kept = [path.name for path in own_home.rglob("*") if path.is_file()]
        papers = {"report.md", "boards.svg", "expiry.ics"}
        assert {"log.txt", "journal.jsonl", "plan.json", "ca.key"} | papers <= set(kept)
        assert canaries.in_files(own_home) == set()
        state = own_home / "state"
        assert not [path for path in (state, *state.rglob("*")) if path.stat().st_mode & 0o077]
    for ended in outputs:
        assert canaries.within(ended.stdout) | canaries.within(ended.stderr) == set()
    assert sightings.looks > 50
    assert sightings.seen == {("planted", "cmdline", "sh"), ("planted", "environ", "sh")}


def test_a_password_in_a_servers_log_is_not_repeated(own_home: Path) -> None:
    with served() as cluster:
        for home in cluster.homes:
            shutil.move(home / "bin" / "neo4j", home / "bin" / "neo4j.real")
            (home / "bin" / "neo4j").write_text(TELL_TALE)
            (home / "bin" / "neo4j").chmod(0o755)
        applied = wizard("apply", "--answers", cluster.answers, "--yes", "--json")
        assert applied.exit_code == 0, applied.stdout + applied.stderr
        lines = [home / "conf" / "neo4j.conf" for home in cluster.homes]
        found = [re.findall(r"private_key_password=(\w{32})\n", conf.read_text()) for conf in lines]
        generated = {f"server{at}": one for at, (one,) in enumerate(found, start=1)}
        canaries = Canaries(generated)
        assert len(set(generated.values())) == 3
        verified = wizard("verify", "--answers", cluster.answers, "--json")
        logs = [home / "logs" / "neo4j.log" for home in cluster.homes]
        assert all(canaries.within(log.read_bytes()) for log in logs)
    assert [line["message"] for line in applied.of("said") if "overridden: " in line["message"]]
    for ended in (applied, verified):
        assert canaries.within(ended.stdout + ended.stderr) == set()
    assert canaries.in_files(own_home) == set()


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [("key_password", 2), ("identity_passphrase", 2), ("sudo_password", 5), ("ssh_password", 5)],
)
def test_a_secret_that_is_refused_is_not_repeated(
    tmp_path: Path, own_home: Path, name: str, exit_code: int
) -> None:
    (given := tmp_path / "given").mkdir(mode=0o700)
    with served() as cluster:
        canaries, by_key, by_password = set_up(cluster, given)
        wrong = Canaries({name: f"{new_canary()}'\\"})
        answers = by_password if name == "ssh_password" else by_key
        secrets = {**tomllib.loads((given / "secrets.toml").read_text()), **wrong.values}
        private(given / "secrets.toml", tomli_w.dumps(secrets))
        before = cluster.trees()
        line = ("apply", "--answers", answers, "--secrets", given / "secrets.toml", "--yes")
        outputs = [wizard(*line), wizard(*line, "--json")]
        assert [ended.exit_code for ended in outputs] == [exit_code] * 2, outputs[0].stderr
        assert cluster.trees() == before
    for every in (canaries, wrong):
        assert every.in_files(own_home) == set()
        for ended in outputs:
            assert every.within(ended.stdout + ended.stderr) == set()


def crashing(folder: Path, canary: str, place: str, kind: str = "RuntimeError") -> list[str]:
    """A command that fails in the named function, with a secret in reach of every traceback."""
    module, _, name = place.rpartition(".")
    program = folder / "crash.py"
    held = private(folder / "canary", canary)
    program.write_text(CRASH.format(canary=str(held), place=module, name=name, kind=kind))
    return [sys.executable, str(program)]


def ended_with_crash(command: list[str], **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=LONG_ENOUGH_S, check=False, **more
    )


SURVEY = "wizard.engine.session.Session.survey"
CONNECT = "wizard.engine.session.Session.connect"
EVERYWHERE = {
    "while it looks": (("plan", "--json"), SURVEY, 1),
    "while it changes servers": (("apply", "--yes", "--json"), "wizard.remote.steps.commit", 4),
    "in the thread of a log": (("apply", "--yes"), "wizard.engine.watching.following.seen_line", 4),
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.mark.parametrize("case", EVERYWHERE)
def test_a_crash_without_a_person_shows_no_secret(
    cluster: Served, tmp_path: Path, own_home: Path, case: str
) -> None:
    line, place, exit_code = EVERYWHERE[case]
    canaries = Canaries({"local": new_canary()})
    command = crashing(tmp_path, canaries.values["local"], place)
    before = cluster.trees()
    ended = ended_with_crash([*command, line[0], "--answers", str(cluster.answers), *line[1:]])
    assert ended.returncode == exit_code, ended.stdout + ended.stderr
    assert "RuntimeError" in ended.stderr
    if "--json" in line:
        events = [json.loads(one) for one in ended.stdout.splitlines()]
        assert [event["event"] for event in events].count("started") == 1
        assert events[-1] == events[-1] | {"event": "finished", "exit_code": exit_code}
    assert canaries.within(ended.stdout + ended.stderr) == set()
    assert canaries.in_files(own_home) == set()
    assert cluster.trees() == before


def test_a_crash_in_a_forgotten_thread_shows_no_secret(tmp_path: Path, own_home: Path) -> None:
    canaries = Canaries({"local": new_canary()})
    command = crashing(tmp_path, canaries.values["local"], "wizard.cli._run")
    program = Path(command[-1])
    lines = program.read_text().replace("raise SystemExit", THREAD + "raise SystemExit")
    program.write_text(lines)
    ended = ended_with_crash([*command, "runs"])
    assert ended.stderr.count("RuntimeError") == 3
    assert canaries.within(ended.stdout + ended.stderr) == set()
    assert canaries.in_files(own_home) == set()


@pytest.mark.parametrize("place", [CONNECT, "wizard.prompts.conversation.complete"])
def test_a_crash_in_the_prompts_shows_no_secret(tmp_path: Path, own_home: Path, place: str) -> None:
    canaries = Canaries({"local": new_canary()})
    command = crashing(tmp_path, canaries.values["local"], place)
    ended = ended_with_crash([*command, "practice", "--plain"], input="\n" * 99)
    assert ended.returncode == 1
    assert "RuntimeError" in ended.stderr
    assert canaries.within(ended.stdout + ended.stderr) == set()
    assert canaries.in_files(own_home) == set()


@pytest.mark.tmux
@pytest.mark.parametrize("place", [SURVEY, "screens.survey.SurveyScreen.action_next"])
def test_a_crash_in_the_screens_shows_no_secret(tmp_path: Path, own_home: Path, place: str) -> None:
    canaries = Canaries({"local": new_canary()})
    command = crashing(tmp_path, canaries.values["local"], place)
    raw = tmp_path / "terminal"
    with terminal(*command, "practice", transcript=raw, TMPDIR=str(tmp_path)) as it:
        it.press_until("Enter", "RuntimeError")
        it.wait(ENDED)
    assert raw.stat().st_size > 1000
    assert canaries.within(raw.read_bytes()) == set()
    assert canaries.in_files(own_home) == set()
