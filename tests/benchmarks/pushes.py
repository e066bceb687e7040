"""Our push to 3, 10 and 50 servers beside its peers, in one run, and the round trips it takes.

Ansible is installed into a folder that is gone afterwards; where it can't be, it is left out. The
first argument sets the rounds, the others how many servers, as in `pushes.py 3 10 50`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))

from budgets import measure_push, say
from cuts import scene
from cutting import cutting

from wizard.remote.staging import commit, stage, validate
from wizard.remote.steps import restore

COUNTS = (3, 10, 50)
INSTALL_S = 300


@contextlib.contextmanager
def ansible_at_hand() -> Iterator[None]:
    """Install Ansible for as long as the block, unless it is named already."""
    with tempfile.TemporaryDirectory() as folder:
        if "ANSIBLE_PLAYBOOK" not in os.environ:
            venv.create(folder, with_pip=True)
            command = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "ansible-core"]
            if subprocess.run(command, check=False, timeout=INSTALL_S).returncode == 0:
                os.environ["ANSIBLE_PLAYBOOK"] = f"{folder}/bin/ansible-playbook"
            else:
                say("Ansible can't be installed here, and is left out.")
        yield


def tell_round_trips() -> None:
    """Count how often we wait for an answer, by a proxy that only looks."""
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as one:
        order = one.order()
        with (
            cutting(one.sshd.port) as proxy,
            contextlib.closing(one.log_in(proxy.port)) as connection,
        ):
            so_far = 0
            say("\nround trips of one server")
            for name, act in {
                "log in": lambda: None,
                "stage": lambda: stage(connection, order),
                "validate": lambda: validate(connection, order),
                "commit": lambda: commit(connection, order),
                "put back": lambda: restore(connection, order.run, order.server),
            }.items():
                act()
                say(f"  {name:34}{proxy.round_trips - so_far:8}")
                so_far = proxy.round_trips


def main() -> None:
    """Measure and tell."""
    rounds, *counts = [int(word) for word in sys.argv[1:]] or [3]
    say(f"load of this machine at the start: {os.getloadavg()[0]:.1f}")
    with ansible_at_hand():
        for count in counts or COUNTS:
            measure_push(count, rounds)
    tell_round_trips()
    say(f"load of this machine at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
