"""Kills many more applies than the tests do: `python tests/crash/many_kills.py [COUNT] [SEED]`.

Each is killed at a random moment, half of what follows it as well; then it is brought to its end
or taken back, and compared byte by byte. Prints a line a kill; the exit code is 1 when one of them
did not end well, and that line says how to do it again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from crash_practice import bench, killed_at_random  # noqa: E402 - found by the line above

COUNT = 200


def main(count: int = COUNT, first: int = 1000) -> int:
    """Do it, and return the exit code."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, bench(Path(folder)) as practice:
        for seed in range(first, first + count):
            try:
                story = killed_at_random(practice, seed)
            except AssertionError as error:
                wrong += 1
                story = f"WRONG: {error}"
                practice.put_back()
            sys.stdout.write(f"{seed}: {story}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{count} killed, {wrong} ended wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
