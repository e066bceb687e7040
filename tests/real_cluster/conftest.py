"""What a real cluster stands on: Java, Maven and root, or a reason why there is none."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "judge"))  # its certificates that are wrong on purpose
sys.path.insert(0, str(HERE.parent / "e2e"))  # how the command is run there

from real_artifacts import MissingToolError  # noqa: E402 - the path comes first
from real_cores import RealCluster, real_cluster  # noqa: E402


@pytest.fixture(scope="session")
def laid() -> Callable[[Path], AbstractContextManager[RealCluster]]:
    """Lay out a cluster in a folder; where that can't be: skipped, under CI failed."""

    @contextlib.contextmanager
    def lay(folder: Path) -> Iterator[RealCluster]:
        with contextlib.ExitStack() as stack:
            try:
                cluster = stack.enter_context(real_cluster(folder))
            except MissingToolError as missing:
                if os.environ.get("CI") == "true":
                    pytest.fail(str(missing))
                pytest.skip(str(missing))
            yield cluster

    return lay
