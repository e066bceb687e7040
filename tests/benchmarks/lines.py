"""How long a line takes from a server's log to the engine, and to the screen that draws it.

    python tests/benchmarks/lines.py [SAMPLES]

On a practice cluster of three; then with a hundred logs followed at once, over nine servers. A line
carries the moment at which it was written. The budget is 0.3 s, whatever else goes on.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from textual.app import App  # noqa: E402 - after sys.path

from screens.place import Place  # noqa: E402
from screens.progress import ProgressScreen  # noqa: E402
from screens.running import Running  # noqa: E402
from screens.widgets.flowing import Flowing  # noqa: E402
from screens.widgets.log_view import LogView  # noqa: E402
from wizard.app import STYLESHEET  # noqa: E402
from wizard.engine.events import Event, Said  # noqa: E402
from wizard.engine.session import Session  # noqa: E402
from wizard.engine.watching.following import LogBook, Peers, Watch  # noqa: E402
from wizard.interview.answers import load, parse  # noqa: E402
from wizard.interview.secrets_file import load_secrets  # noqa: E402
from wizard.practice.cluster import PracticeCluster  # noqa: E402

BUDGET_S = 0.3
MOST = 100
PEOPLES = "neo4j.log"
"""The log whose lines are shown to people."""

_MARK = re.compile(r"mark (\d+)")


@contextmanager
def followed(cluster: PracticeCluster, logs: int) -> Iterator[tuple[Watch, list[Path]]]:
    """Follow so many new logs, spread over the servers of a cluster."""
    settings = parse(load(cluster.answers_path))
    assert settings.secrets_file is not None
    with tempfile.TemporaryDirectory() as state:
        environ = {**os.environ, "XDG_STATE_HOME": state}
        secrets = load_secrets(Path(settings.secrets_file))
        session = Session(settings, secrets, decide_host_key=lambda _: False, environ=environ)
        session.connect()
        watch, paths = Watch(), []
        for number in range(logs):
            server = cluster.servers[number % len(cluster.servers)]
            path = Path(server.logs) / f"followed-{number}.log"
            path.touch()
            watch.follow(server.name, session.connections[server.name], {str(path): 0})
            paths.append(path)
        try:
            yield watch, paths
        finally:
            watch.close()
            session.close()


def write(paths: Sequence[Path], samples: int) -> None:
    """Write lines at moments of chance, into logs of chance."""
    for _ in range(samples):
        time.sleep(random.uniform(0.0, 0.1))  # noqa: S311 - no secret
        with random.choice(paths).open("a") as log:  # noqa: S311 - no secret
            log.write(f"2026-03-01 10:00:00.000+0000 INFO  mark {time.monotonic_ns()}\n")


def engine(watch: Watch, paths: Sequence[Path], samples: int) -> list[float]:
    """Return after how many seconds each line was an event."""
    book, late = LogBook(Peers(names={})), []
    writer = threading.Thread(target=write, args=(paths, samples))
    writer.start()
    ends = time.monotonic() + 60 + samples
    while len(late) < samples and time.monotonic() < ends:
        for seen in watch.take(0.2):
            late += [since(event) for event in book.read(replace(seen, source=PEOPLES))]
    writer.join()
    return late


def since(event: Event) -> float:
    """Return how long ago the line of an event was written."""
    assert isinstance(event, Said)
    found = _MARK.search(event.message)
    assert found is not None
    return (time.monotonic_ns() - int(found[1])) / 1e9


class Screen(App[None]):
    """Shows the wizard's own screen of a running command, and notes when a line was drawn on it."""

    CSS_PATH = STYLESHEET

    def __init__(self, running: Running, samples: int) -> None:
        super().__init__()
        self.late: list[float] = []
        self._running_command, self._samples = running, samples
        self._drawn: set[str] = set()

    def on_mount(self) -> None:
        """Begin."""
        place = Place(title="Lines")
        self.push_screen(ProgressScreen(place, self._running_command, ("server1", "server2")))
        threading.Thread(target=self._running_command.run, daemon=True).start()

    def _display(self, screen: Any, renderable: Any) -> None:
        """Textual has just handed a picture to the terminal."""
        super()._display(screen, renderable)
        for widget in screen.query(LogView):
            text = str(widget.query_one(Flowing).content)
            for mark in set(_MARK.findall(text)) - self._drawn:
                self._drawn.add(mark)
                self.late.append((time.monotonic_ns() - int(mark)) / 1e9)


def screen(watch: Watch, paths: Sequence[Path], samples: int) -> list[float]:
    """Return after how many seconds each line was on the screen."""
    done = threading.Event()

    def walk(_running: Running) -> Iterator[Event]:
        book = LogBook(Peers(names={}))
        while not done.is_set():
            for seen in watch.take(0.2):
                yield from book.read(replace(seen, source=PEOPLES))

    app = Screen(Running(walk), samples)

    async def shown() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(1.0)
            writer = threading.Thread(target=write, args=(paths, samples))
            writer.start()
            ends = time.monotonic() + 60 + samples
            while len(app.late) < samples and time.monotonic() < ends:
                await pilot.pause(0.5)
            writer.join()
            done.set()

    asyncio.run(shown())
    return app.late


def told(what: str, late: Sequence[float], samples: int) -> bool:
    """Print what was measured; say whether it is within the budget."""
    ordered = sorted(late)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    sys.stdout.write(
        f"{what:<44} p50 {p50 * 1000:4.0f} ms   p95 {p95 * 1000:4.0f} ms   longest"
        f" {ordered[-1] * 1000:4.0f} ms   {len(late)} of {samples} lines   load {load}\n"
    )
    sys.stdout.flush()
    return p95 <= BUDGET_S and len(late) == samples


def main(samples: int) -> int:
    """Measure the three."""
    good = True
    for what, measured, servers, logs in (
        ("3 servers, to the event", engine, 3, 3),
        ("3 servers, to the screen", screen, 3, 3),
        (f"{MOST} logs of 9 servers, to the event", engine, 9, MOST),
        (f"{MOST} logs of 9 servers, to the screen", screen, 9, MOST),
    ):
        with PracticeCluster(servers) as cluster, followed(cluster, logs) as (watch, paths):
            good &= told(what, measured(watch, paths, samples), samples)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
