"""A wizard that is suspended until the servers have dropped it wakes up, and leaves no mix."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli_w
from black_box import COMMAND, LONG_ENOUGH_S, Ended, wizard
from sshd import Sshd, make_key, running_sshd
from waiting import started, until

from wizard.practice.cluster import PracticeCluster

pytestmark = pytest.mark.sshd

IMPATIENT = ("ClientAliveInterval 1", "ClientAliveCountMax 1")
"""What an sshd does with a client that says nothing: it asks after one second, and hangs up."""
DROPPED = ("not responding", "Timeout, client")


@dataclass(frozen=True)
class Scene:
    """Two servers, each behind an sshd that drops whoever is silent."""

    answers: Path
    homes: tuple[Path, ...]
    sshds: tuple[Sshd, ...]

    def confs(self) -> list[bytes]:
        return [(home / "conf" / "neo4j.conf").read_bytes() for home in self.homes]

    def dropped(self) -> int:
        return sum(any(word in sshd.log() for word in DROPPED) for sshd in self.sshds)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("suspended")
    identity = make_key(folder / "id_ed25519")
    with PracticeCluster(2) as cluster, ExitStack() as stack:
        sshds = [
            stack.enter_context(
                running_sshd(
                    folder / one.name, identity_file=identity, user="root", options=IMPATIENT
                )
            )
            for one in cluster.servers
        ]
        answers = tomllib.loads(cluster.answers_path.read_text())
        known = folder / "known_hosts"
        known.write_text("".join(sshd.known_hosts.read_text() for sshd in sshds))
        answers["access"] = {"known_hosts": str(known), "identity_file": str(identity)}
        for table, one, sshd in zip(answers["servers"], cluster.servers, sshds, strict=True):
            table |= {"ssh": sshd.ssh, "home": one.home}
        path = folder / "answers.toml"
        path.write_text(tomli_w.dumps(answers))
        homes = tuple(Path(one.home) for one in cluster.servers)
        yield Scene(path, homes, tuple(sshds))


def suspended(scene: Scene, moment: str) -> tuple[int, str]:
    """Apply; suspend the wizard at a change until both servers dropped it, and wake it up."""
    command = [*COMMAND, "apply", "--answers", str(scene.answers), "--yes", "--json"]
    for sshd in scene.sshds:
        (sshd.directory / "log").write_text("")
    events = []
    with started(
        command,
        seconds=LONG_ENOUGH_S,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        slept = False
        for line in process.stdout:
            events.append(json.loads(line))
            if not slept and events[-1].get("change", "").startswith(moment):
                slept = True
                os.kill(process.pid, signal.SIGSTOP)
                until(lambda: scene.dropped() == len(scene.sshds), "both servers hang up", 60)
                os.kill(process.pid, signal.SIGCONT)
        assert slept
        return process.wait(LONG_ENOUGH_S), "".join(
            str(event.get("message", "")) for event in events
        )


@pytest.mark.parametrize("moment", ["commit:"])
def test_it_goes_on_or_says_how(scene: Scene, moment: str, own_home: Path) -> None:
    assert own_home
    before = scene.confs()
    code, said = suspended(scene, moment)
    encrypted = [b"cluster.enabled=true" in conf for conf in scene.confs()]
    assert code in (0, 3, 4)
    if code == 0:
        assert all(encrypted)
    elif code == 3:
        assert scene.confs() == before
    else:
        assert "neo4j-tls resume" in said
        assert resumed().exit_code == 0
        assert all(b"cluster.enabled=true" in conf for conf in scene.confs())
    assert wizard("undo", "--yes", "--json").exit_code == 0
    assert scene.confs() == before


def resumed() -> Ended:
    return wizard("resume", "--yes", "--json")
