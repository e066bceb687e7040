"""A real Neo4j behind a real sshd, for all tests here; or a reason why there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "judge"))  # how jars are fetched and kept there

from community_artifacts import PINNED, install  # noqa: E402 - the path comes first
from community_server import Community, running  # noqa: E402
from judge_artifacts import MissingToolError  # noqa: E402
from sshd import Sshd, running_sshd  # noqa: E402

from wizard.model.version import Version  # noqa: E402


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Community]:
    """One start for all tests."""
    named = Version.parse(os.environ.get("NEO4J_TLS_LOGIN_VERSION", str(PINNED)))
    assert named is not None
    try:
        installed = install(named)
    except MissingToolError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with running(installed, tmp_path_factory.mktemp("community") / "home") as server:
        yield server


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server
