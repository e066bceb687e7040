"""The whole walk line by line on the practice cluster, from the first question to the proof."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.errors import UnreachableError
from wizard.practice.cluster import PracticeCluster
from wizard.prompts import run


class Person:
    """Somebody who answers a few questions by their label, and presses Enter on all others."""

    def __init__(self, **answers: str) -> None:
        self._answers = answers
        self.read: list[str] = []

    def say(self, text: str = "") -> None:
        self.read += text.splitlines()

    def line(self, prompt: str) -> str:
        self.read.append(prompt)
        found = (typed for label, typed in self._answers.items() if prompt.startswith(label))
        return next(found, "")

    def hidden(self, prompt: str) -> str:
        return self.line(prompt)

    @property
    def text(self) -> str:
        return "\n".join(self.read)


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster() as started:
        yield started


SURE = {"Are these": "yes", "Type yes": "yes"}


def state(cluster: PracticeCluster) -> set[tuple[str, bytes]]:
    """Every neo4j.conf and every certificate, with its bytes."""
    files = [
        path
        for server in cluster.servers
        for folder in (Path(server.home) / "conf", Path(server.home) / "certificates")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    return {(str(path), path.read_bytes()) for path in files}


def test_a_no_to_the_host_keys_changes_nothing(cluster: PracticeCluster) -> None:
    before = state(cluster)
    person = Person(**{"What now": "stop"})
    with pytest.raises(UnreachableError) as caught:
        run(cluster, asker=person, environ=os.environ)
    assert caught.value.exit_code == 5
    assert "SHA256:" in person.text
    assert state(cluster) == before


def test_without_the_yes_nothing_changes(cluster: PracticeCluster) -> None:
    before = state(cluster)
    person = Person(**{"Are these": "yes"})
    exit_code = run(cluster, asker=person, environ=os.environ)
    assert exit_code in {0, 130}
    assert "Nothing has been changed" in person.text
    assert state(cluster) == before


def test_enter_and_two_yeses_lead_to_the_proof(cluster: PracticeCluster) -> None:
    before = state(cluster)
    person = Person(**SURE)
    assert run(cluster, asker=person, environ=os.environ) == 0
    assert "6 of 6 links" in person.text
    assert "neo4j-tls apply --answers" in person.text
    assert "neo4j-tls undo" in person.text
    assert state(cluster) != before
    assert all(line == line.rstrip("\n") and "\x1b" not in line for line in person.read)


def test_the_command_itself_asks_line_by_line_through_a_pipe(root: Path, tmp_path: Path) -> None:
    lines = ["?", "2", "payments", "", "nobody@127.0.0.1:1", "", "no", *[""] * 23, "stop"]
    ended = subprocess.run(
        [sys.executable, "-m", "wizard", "--plain"],
        cwd=root,
        input="".join(f"{line}\n" for line in lines),
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 5, ended.stdout + ended.stderr
    assert "server1" in ended.stderr
    assert "\x1b" not in ended.stdout
    assert "What now" in ended.stdout


def test_answers_survive_a_server_out_of_reach() -> None:
    person = Forgetful(
        **{
            "Cluster [": "own",
            "Cluster name [": "",
            "Cluster name": "payments",
            "Server 1, SSH": "nobody@127.0.0.1:1",
            "Another": "no",
            "What now": "change",
        }
    )
    with pytest.raises(UnreachableError):
        run(asker=person, environ=os.environ)
    assert "Cluster name [payments, your answer]" in person.text
    assert "Organization [Example Ltd, your answer]" in person.text


class Forgetful(Person):
    """Somebody who names an organization once, and gives up at the second refusal."""

    def line(self, prompt: str) -> str:
        if prompt.startswith("Organization [left out]"):
            self.read.append(prompt)
            return "Example Ltd"
        if prompt.startswith("What now") and "Example Ltd" in self.text:
            return "stop"
        return super().line(prompt)
