"""Measures the budgets: `python tests/benchmarks/budgets.py [NAME...]`, all of them without a name.

Ways that are compared take turns within one run, and no time counts before its effect was seen.
Ratios travel between machines; milliseconds do not, so the load is told beside them.
"""

from __future__ import annotations

import argparse
import os
import pty
import resource
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import linting  # noqa: E402 - after sys.path
from pushing import Ansible, Place, Wizard, places, ssh_and_tar  # noqa: E402 - after sys.path

from wizard.engine.events import Event, Finished, Probe  # noqa: E402
from wizard.engine.request import Request  # noqa: E402
from wizard.engine.walk import apply_walk, verify_walk  # noqa: E402
from wizard.interview.answers import load, parse, to_toml  # noqa: E402
from wizard.interview.secrets_file import load_secrets  # noqa: E402
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel  # noqa: E402
from wizard.pki.authority import make_authority  # noqa: E402
from wizard.pki.material import LeafRequest, make_material  # noqa: E402
from wizard.pki.subject import fill_subject  # noqa: E402
from wizard.practice.cluster import PracticeCluster  # noqa: E402

WIZARD = (sys.executable, "-m", "wizard")
FIRST_WORDS = b"Welcome"
PROBES = 3 * 4 * 8
"""Ours from both peers and six strangers, on each of four ports of three servers."""

FEW = 3
Work = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Spread:
    """Repeated times, in seconds."""

    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.times)

    def __str__(self) -> str:
        """Tell them as milliseconds: median, least, most, how many."""
        least, most = min(self.times) * 1000, max(self.times) * 1000
        return f"{self.median * 1000:8.1f} ms [{least:.1f}..{most:.1f}] n={len(self.times)}"


def turns(ways: Mapping[str, Work], rounds: int) -> dict[str, Spread]:
    """Let each way have its turn, round after round; the first round only warms up."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            taken = work()
            if number:
                times[name].append(taken)
    return {name: Spread(tuple(each)) for name, each in times.items()}


def tell(title: str, found: Mapping[str, Spread], budget: str, base: str | None = None) -> None:
    """Print one table; with a base, every row also as a part of it."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    say(f"\n{title}   (load {load}; budget: {budget})")
    for name, spread in found.items():
        part = f"   {_parts(spread, found[base])} of {base}" if base else ""
        say(f"  {name:34}{spread}{part}")


def _parts(spread: Spread, base: Spread) -> str:
    """Tell a part by the medians, then by the least times, which others' load has spared most."""
    return (
        f"{spread.median / base.median:6.2f} ({min(spread.times) / min(base.times):.2f} at least)"
    )


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], object]) -> float:
    """Return how long a piece of work took, in seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def run(*command: str) -> Work:
    """Return the work of running a command that must succeed."""
    return lambda: timed(lambda: subprocess.run(command, check=True, capture_output=True))


def measure_help() -> None:
    """`--help` beside a Python that does nothing."""
    ways = {"python": run(sys.executable, "-c", "pass"), "--help": run(*WIZARD, "--help")}
    tell("help", turns(ways, 15), "150 ms", "python")


def first_screen() -> float:
    """Start the wizard on a terminal of our own and wait for its first words."""
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(WIZARD[0], WIZARD)  # noqa: S606 - the wizard itself, on the new terminal
    seen = b""
    while FIRST_WORDS not in seen:
        if not select.select([terminal], [], [], 30)[0]:
            sys.exit("the first screen never came")
        seen += os.read(terminal, 65536)
    taken = time.perf_counter() - begun
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)
    return taken


def measure_screen() -> None:
    """The first useful screen, beside a Python that only imports textual's widgets."""
    textual = "import textual.app, textual.widgets"
    ways = {"import textual": run(sys.executable, "-c", textual), "first screen": first_screen}
    tell("screen", turns(ways, 9), "600 ms", "import textual")


def practice_ready() -> float:
    """Start a practice cluster of three and take it down untimed."""
    cluster = PracticeCluster()
    try:
        return timed(cluster.start)
    finally:
        cluster.close()


def measure_practice() -> None:
    """From nothing to three servers that have formed a cluster."""
    tell("practice", turns({"three servers ready": practice_ready}, 5), "3 s")


def measure_auto() -> None:
    """The whole walk on a practice cluster, from the command line."""
    tell("auto", turns({"practice --auto": run(*WIZARD, "practice", "--auto")}, 3), "15 s")


def make_keys(count: int, algorithm: KeyAlgorithm) -> float:
    """Make a CA and so many servers' keys and certificates, and see that each was told of."""
    names = [f"server{number}" for number in range(count)]
    now = datetime.now(UTC)
    requests = [
        LeafRequest(
            server=name,
            subject=fill_subject(Subject(), name, f"{name}.example.com"),
            dns_names=(f"{name}.example.com",),
            ip_addresses=("10.0.0.1",),
        )
        for name in names
    ]
    told: list[str] = []

    def work() -> None:
        authority = make_authority("payments", now, algorithm=algorithm)
        made = make_material(
            requests,
            trust=TrustModel.PRIVATE_CA,
            algorithm=algorithm,
            now=now,
            lifetime_days=730,
            authority=authority,
            made=told.append,
        )
        assert all(made[name].certificate_pem for name in names)

    taken = timed(work)
    assert sorted(told) == sorted(names)
    return taken


def measure_keys() -> None:
    """Keys and certificates; RSA's times are spread ten-fold by nature."""
    few = {
        "3 servers, EC P-256": lambda: make_keys(FEW, KeyAlgorithm.EC_P256),
        "100 servers, EC P-256": lambda: make_keys(100, KeyAlgorithm.EC_P256),
    }
    tell("keys", turns(few, 7), "3 servers 100 ms, 100 servers 1 s")
    slow = {"3 servers, RSA 4096": lambda: make_keys(FEW, KeyAlgorithm.RSA_4096)}
    tell("keys, RSA", turns(slow, 3), "progress for each server")
    measure_cores()


def measure_cores() -> None:
    """How many CPUs make RSA keys at once: the most of a few rounds, as others work here too."""
    say("\ncores, RSA 3072   (budget: all of them with several servers)")
    for name, count in {"1 server": 1, "8 servers": 8}.items():
        busy = max(busy_cores(count) for _ in range(FEW))
        say(f"  {name:34}{busy:8.2f} of {os.cpu_count()}")


def busy_cores(count: int) -> float:
    """Return CPU time by wall time while the keys of so many servers are made."""
    before = time.process_time()
    wall = make_keys(count, KeyAlgorithm.RSA_3072)
    return (time.process_time() - before) / wall


def measure_push(count: int, rounds: int) -> None:
    """Our stage step beside `ssh` with `tar`, and beside Ansible where it is installed."""
    with tempfile.TemporaryDirectory() as folder, places(Path(folder), count) as targets:
        directory = Path(folder)
        wizard = Wizard(directory, targets)
        ways: dict[str, Work] = {
            "ssh + tar": lambda: foreign(lambda: ssh_and_tar(directory, targets), targets),
            "wizard, login and stage": lambda: ours(wizard, targets, wizard.push),
            "wizard, stage": lambda: ours(wizard, targets, wizard.stage, connected=True),
            "wizard, login to commit": lambda: ours(wizard, targets, wizard.push_and_commit),
        }
        program = os.environ.get("ANSIBLE_PLAYBOOK") or shutil.which("ansible-playbook")
        if program:
            ansible = Ansible(program, directory, targets)
            ways["ansible"] = lambda: foreign(lambda: ansible.push(targets), targets)
        load = os.getloadavg()[0]
        found = turns(ways, rounds)
        budget = "1/3 of ssh + tar, 1/20 of ansible" if count == FEW else "1/2 of ssh + tar"
        tell(f"push to {count}", found, budget, "ssh + tar")
        if program:
            part = found["wizard, login and stage"].median / found["ansible"].median
            say(f"  wizard, login and stage: 1/{1 / part:.0f} of ansible")
        say(f"  the load when it began: {load:.1f}")
        rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say(f"  at most {wizard.most_threads} threads and {rss:.0f} MB in this process")


def foreign(push: Callable[[], object], targets: list[Place]) -> float:
    """Time a way that is not ours, see its effect, and clean up."""
    taken = timed(push)
    assert all(place.has_it_all() for place in targets)
    for place in targets:
        place.forget()
    return taken


def ours(
    wizard: Wizard, targets: list[Place], push: Callable[[], None], *, connected: bool = False
) -> float:
    """Time our way, see its effect, and take it back."""
    if connected:
        wizard.connect()
    try:
        taken = timed(push)
        assert all(place.has_it_all() for place in targets)
        wizard.restore()
        assert not any(place.base.exists() for place in targets)
    finally:
        wizard.close()
    return taken


def measure_log() -> None:
    """From a line written on a server to the line in our hands."""
    with tempfile.TemporaryDirectory() as folder, places(Path(folder), 1) as targets:
        wizard = Wizard(Path(folder), targets)
        wizard.connect()
        log = targets[0].home / "logs" / "debug.log"
        follower = wizard.connections[0].follow(str(log), log.stat().st_size)
        came: list[float] = []
        arrived = threading.Semaphore(0)

        def read() -> None:
            for _line in follower:
                came.append(time.perf_counter())
                arrived.release()

        threading.Thread(target=read, daemon=True).start()
        times = []
        for number in range(60):
            with log.open("ab") as file:
                file.write(b"line %d\n" % number)
            written = time.perf_counter()
            if not arrived.acquire(timeout=10):
                sys.exit("a line never came")
            times.append(came[-1] - written)
        follower.close()
        wizard.close()
    tell("log", {"a line": Spread(tuple(times[10:]))}, "300 ms")


def measure_board() -> None:
    """The proof board of three servers, and the walk before it, on a practice cluster."""
    with tempfile.TemporaryDirectory() as state, PracticeCluster() as cluster:
        answers = load(cluster.answers_path)
        settings = parse(answers)
        assert settings.secrets_file is not None
        request = Request(
            settings=settings,
            secrets=load_secrets(Path(settings.secrets_file)),
            environ={**os.environ, "XDG_STATE_HOME": state},
            answers_toml=to_toml(answers),
        )
        walk = timed(lambda: ends_well([*apply_walk(request)]))
        times = [board_time(request) for _ in range(5)]
    tell("board", {"3 x 4 ports, every probe": Spread(tuple(times))}, "5 s")
    say(f"  the whole apply before it: {walk:.1f} s")


def board_time(request: Request) -> float:
    """Verify, and return the time from its first probe to its last."""
    probes: list[float] = []
    events: list[Event] = []
    for event in verify_walk(request):
        events.append(event)
        if isinstance(event, Probe):
            probes.append(time.perf_counter())
    ends_well(events)
    assert len(probes) == PROBES, len(probes)
    return probes[-1] - probes[0]


def measure_lint() -> None:
    """One megabyte of neo4j.conf, linted beside only being read."""
    for shape, raw in (
        ("as shipped", linting.as_shipped()),
        ("no comments", linting.settings_only()),
    ):
        found = turns(linting.ways(raw), 9)
        tell(f"lint, 1 MB, {shape}", found, "300 ms", "javaproperties, read only")


def ends_well(events: list[Event]) -> None:
    """Insist on exit code 0."""
    assert isinstance(events[-1], Finished)
    assert events[-1].exit_code == 0, events


MEASURES: dict[str, Callable[[], None]] = {
    "help": measure_help,
    "screen": measure_screen,
    "practice": measure_practice,
    "auto": measure_auto,
    "keys": measure_keys,
    "push": lambda: measure_push(FEW, 9),
    "push10": lambda: measure_push(10, 5),
    "push30": lambda: measure_push(30, 3),
    "log": measure_log,
    "board": measure_board,
    "lint": measure_lint,
}


def main() -> None:
    """Measure what was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *MEASURES], help="what to measure")
    chosen = parser.parse_args().name or list(MEASURES)
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_STATE_HOME=f"{home}/state")
        os.environ.pop("SSH_AUTH_SOCK", None)
        for name in chosen:
            MEASURES[name]()


if __name__ == "__main__":
    main()
