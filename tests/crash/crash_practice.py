"""The practice cluster that is killed over and over, and what has to hold after each time."""

from __future__ import annotations

import random
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import tomli_w
from crash_bench import (
    KILLED,
    Ended,
    Nursery,
    State,
    applied,
    are_running,
    left_behind,
    nursery,
    original,
)
from sshd import make_key, running_sshd
from waiting import until

from wizard.practice.cluster import PracticeCluster

SERVERS = 2
REVERTED = 3
NOTHING = "There is nothing to resume."
AGAIN = 0.5
"""How often what follows a kill is killed as well."""
APPLY_RECORDS = 4 + 5 * 2 * SERVERS
"""Begun, the material, the locks, each change of each server twice, applied."""
TURN = 4 + 5 * 2 * SERVERS
"""The record with which an apply turns back, once every server was started."""
BACK_RECORDS = 2 + 2 * 2 * SERVERS
"""That one, files back and start of each server twice, reverted."""
UNDO_RECORDS = 2 + 2 * 2 * SERVERS
"""Begun, files back and start of each server twice, undone."""


@dataclass(frozen=True)
class Bench:
    """A cluster, and how it stood when it was new and when it was encrypted undisturbed."""

    nursery: Nursery
    answers: Path
    homes: list[Path]
    logins: list[Path]
    before: State
    after: State = field(default_factory=dict)
    apply_s: float = 0.0

    def apply(self, **where: float | bool) -> Ended:
        """Apply, killed at that point."""
        line = ("apply", "--answers", self.answers, "--yes", "--json")
        return self.nursery.run(*line, **where)

    def then(self, verb: str, **where: float | bool) -> Ended:
        """Run resume or undo, killed at that point if one is named."""
        return self.nursery.run(verb, "--yes", "--json", **where)

    def assert_encrypted(self, ended: Ended) -> None:
        """It is as after an apply that nobody disturbed."""
        assert ended.exit_code == 0, ended.output
        assert applied(self.homes) == self.after
        assert are_running(self.homes)

    def assert_encrypted_or_untouched(self, ended: Ended) -> None:
        """It is the one, or the other where the apply was killed before it had begun anything."""
        nothing = any(event.get("message") == NOTHING for event in ended.events)
        if not nothing or original(self.homes) != self.before:
            self.assert_encrypted(ended)

    def assert_as_before(self, ended: Ended) -> None:
        """It is as if nobody had ever been here."""
        assert ended.exit_code == 0, ended.output
        assert original(self.homes) == self.before
        assert left_behind(self.logins) == []
        assert are_running(self.homes)

    def assert_reverted(self, ended: Ended) -> None:
        """It did not work, and everything is as it was."""
        assert ended.exit_code == REVERTED, ended.output
        self.assert_as_before(replace(ended, exit_code=0))

    def put_back(self) -> None:
        """Make it as it was, by whatever is left to do."""
        self.then("resume")
        self.assert_as_before(self.then("undo"))

    def let_scripts_end(self) -> None:
        """Wait for what a killed wizard had begun on the servers: that goes on without it."""
        homes = {f"HOME={login}".encode() for login in self.logins}
        until(lambda: not _at_work(homes), "the scripts of the killed wizard end")

    def last_journal(self) -> list[str]:
        """The records of the last run."""
        journals = sorted(self.nursery.runs.glob("*/journal.jsonl"))
        return journals[-1].read_text("ascii").splitlines()


def _at_work(homes: set[bytes]) -> list[str]:
    """The processes of our scripts in these login folders."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes()
            ours = any(word in words for word in (b"-tls-ready", b"-tls-stop", b"-tls-start"))
            if ours and homes & set((process / "environ").read_bytes().split(b"\0")):
                found.append(process.name)
    return found


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Start a practice cluster to crash on, with its own SSH servers."""
    with PracticeCluster(SERVERS) as cluster, nursery(folder) as runner:
        homes = [Path(server.home) for server in cluster.servers]
        logins = [home.parent for home in homes]
        yield broken_in(Bench(runner, cluster.answers_path, homes, logins, original(homes)))


@contextmanager
def bench_that_fails(folder: Path, fault: str) -> Iterator[Bench]:
    """Start one whose last server does not start with what it gets, so that an apply turns back."""
    with PracticeCluster(SERVERS, faults=(fault,)) as cluster, nursery(folder) as runner:
        homes = [Path(server.home) for server in cluster.servers]
        logins = [home.parent for home in homes]
        yield Bench(runner, cluster.answers_path, homes, logins, original(homes))


@contextmanager
def bench_over_openssh(folder: Path) -> Iterator[Bench]:
    """The same with an OpenSSH server before each of them."""
    identity = make_key(folder / "id_ed25519")
    with PracticeCluster(SERVERS) as cluster, nursery(folder) as runner, ExitStack() as stack:
        sshds = [
            stack.enter_context(
                running_sshd(folder / server.name, identity_file=identity, user="root")
            )
            for server in cluster.servers
        ]
        answers = tomllib.loads(cluster.answers_path.read_text())
        known = folder / "known_hosts"
        known.write_text("".join(sshd.known_hosts.read_text() for sshd in sshds))
        answers["access"] = {"known_hosts": str(known), "identity_file": str(identity)}
        for table, server, sshd in zip(answers["servers"], cluster.servers, sshds, strict=True):
            table |= {"ssh": sshd.ssh, "home": server.home}
        path = folder / "answers.toml"
        path.write_text(tomli_w.dumps(answers))
        homes = [Path(server.home) for server in cluster.servers]
        logins = [sshd.home for sshd in sshds]
        yield broken_in(Bench(runner, path, homes, logins, original(homes)))


def broken_in(fresh: Bench) -> Bench:
    """See what an apply and an undo make of it when nobody kills them, and how long that takes."""
    begun = time.monotonic()
    ended = fresh.apply()
    took = time.monotonic() - begun
    assert ended.exit_code == 0, ended.output
    made = replace(fresh, after=applied(fresh.homes), apply_s=took)
    made.assert_as_before(made.then("undo"))
    return made


def assert_killed(ended: Ended) -> None:
    """It really died where it was to die."""
    assert ended.exit_code == KILLED, ended.output


def killed_at_random(practice: Bench, seed: int) -> str:
    """Kill an apply somewhere, often what follows it as well; then end it well, either way."""
    dice = random.Random(seed)  # noqa: S311 - a moment, no secret
    story = []
    where = dice.uniform(0.0, practice.apply_s)
    story.append(f"apply killed after {where:.2f} s: {practice.apply(after_s=where).exit_code}")
    verb = dice.choice(("resume", "undo"))
    if dice.random() < AGAIN:
        where = dice.uniform(0.0, practice.apply_s)
        ended = practice.then(verb, after_s=where)
        story.append(f"{verb} killed after {where:.2f} s: {ended.exit_code}")
    if verb == "resume":
        practice.assert_encrypted_or_untouched(practice.then("resume"))
    practice.assert_as_before(practice.then("undo"))
    return "; ".join(story)
