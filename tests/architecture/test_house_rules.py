"""The rules of the house, held by machines: directions, types, style, start-up cost and size."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = ("textual", "rich", "questionary", "prompt_toolkit", "paramiko", "cryptography", "OpenSSL")
LONGEST_MODULE = 300


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=root, capture_output=True, text=True, check=False
    )


def loaded(root: Path, statement: str) -> set[str]:
    shown = run(root, "-c", f"import sys; {statement}; print(*sys.modules)")
    assert shown.returncode == 0, shown.stderr
    return {name for name in shown.stdout.split() if name in HEAVY}


def sources(root: Path) -> list[Path]:
    return [path for room in ("wizard", "screens") for path in (root / room).rglob("*.py")]


def test_the_rooms_import_only_in_the_agreed_directions(root: Path) -> None:
    found = run(root, "-c", "from importlinter.cli import lint_imports_command as c; c()")
    assert found.returncode == 0, found.stdout + found.stderr


def test_types_hold_under_mypy_strict(root: Path) -> None:
    found = run(root, "-m", "mypy")
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_style_holds_under_ruff(root: Path, command: tuple[str, ...]) -> None:
    found = run(root, "-m", "ruff", *command)
    assert found.returncode == 0, found.stdout + found.stderr


def test_help_pays_for_no_heavy_library(root: Path) -> None:
    assert loaded(root, "import wizard.cli") == set()


def test_the_first_screen_waits_for_no_ssh_and_no_cryptography(root: Path) -> None:
    assert loaded(root, "import wizard.app") == {"textual", "rich"}


def test_the_import_check_sees_a_heavy_library(root: Path) -> None:
    assert "cryptography" in loaded(root, "import cryptography")


@pytest.mark.parametrize("room", ["model", "interview", "neo4j"])
def test_a_pure_room_pays_for_no_heavy_library(root: Path, room: str) -> None:
    folder = root / "wizard" / room
    names = [
        f"wizard.{room}.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"
    ]
    assert loaded(root, "import " + ", ".join(names)) == set()


def test_no_module_outgrows_its_room(root: Path) -> None:
    long = {
        str(path.relative_to(root)): lines
        for path in sources(root)
        if (lines := len(path.read_text().splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_every_dependency_has_its_reason(root: Path) -> None:
    text = (root / "pyproject.toml").read_text()
    declared = tomllib.loads(text)["project"]
    wanted = declared["dependencies"] + declared["optional-dependencies"]["dev"]
    lines = text.splitlines()
    bare = [line for name in wanted for line in lines if f'"{name}"' in line and "  # " not in line]
    assert bare == []


def test_every_ignored_style_rule_has_its_reason(root: Path) -> None:
    text = (root / "pyproject.toml").read_text()
    block = text.split("ignore = [", 1)[1].split("]", 1)[0]
    assert [line for line in block.splitlines() if '"' in line and "#" not in line] == []


def test_only_the_agreed_things_stand_at_the_top(root: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    top = {name.split("/", 1)[0] for name in listed.splitlines()}
    agreed = {"pyproject.toml", "README.md", "wizard", "screens", "tests", "assets"}
    assert {name for name in top if not name.startswith(".")} <= agreed
