"""The JDK as a second opinion, and a place to make certificates of any kind."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import end, killing

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def java() -> Iterator[Callable[..., str]]:
    """Ask the JDK: `java("certificates", path)` answers `OK ...` or `CLASS: MESSAGE <- ...`."""
    program = shutil.which("java")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("java is missing, and the verdicts of the JDK were not compared")
        pytest.skip("java is not installed: the verdicts of the JDK are not compared")
    process = subprocess.Popen(
        [
            program,
            "--add-exports=java.base/sun.security.util=ALL-UNNAMED",
            "-Duser.timezone=UTC",
            "-XX:TieredStopAtLevel=1",
            str(HERE / "JavaJudge.java"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )

    def ask(*words: object) -> str:
        assert process.stdin
        assert process.stdout
        with killing(process, 60):
            process.stdin.write("\t".join(map(str, words)) + "\n")
            process.stdin.flush()
            return process.stdout.readline().rstrip("\n")

    yield ask
    end(process)


@pytest.fixture
def openssl() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the openssl command; passwords go through the environment."""
    program = shutil.which("openssl")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openssl is missing, and its opinion was not asked")
        pytest.skip("openssl is not installed: its opinion is not asked")

    def run(*words: object, password: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *map(str, words)],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PASSWORD": password},
        )

    return run
