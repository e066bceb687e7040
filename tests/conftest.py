"""A clean room for every test: no settings of the developer's own, only loopback sockets."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

for _name in [*os.environ]:
    if _name.startswith("TEXTUAL") or _name in {"NO_COLOR", "ACCESSIBLE"}:
        del os.environ[_name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"  # textual reads its variables when it is imported
# Hundreds of Python processes are started here: each would compile the wizard for itself again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# In the background and under nohup signals come ignored, and what the tests start would inherit it.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = ["stuck"]


def _present(tool: str) -> bool:
    """sshd stands in a folder that is not on everybody's path."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return shutil.which(tool, path=path) is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with the reason, what needs a tool that is not here; under CI that is a failure."""
    tools = [tool for tool in ("sshd", "tmux") if item.get_closest_marker(tool)]
    needs = [tool for tool in tools if not _present(tool)]
    if not needs:
        return
    reason = f"this test needs {' and '.join(needs)}, which this machine does not have"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point HOME and the state directory into the test's own folder, and forget the SSH agent."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT
