"""What is installed is whole: the program, its styles and every lesson."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

READ_LESSONS = """
import screens, wizard
from wizard.interview import INTERVIEW
from wizard.lessons import lesson
assert screens.STYLESHEET.is_file(), "the styles are missing"
print(wizard.__file__)
print(*(step.key for step in INTERVIEW if lesson(step.key).startswith("# ")))
"""


def test_every_lesson_opens_from_an_installed_wheel(root: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    there = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", there, root], check=True)
    read = subprocess.run(
        [sys.executable, "-P", "-c", READ_LESSONS],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(there)},
        capture_output=True,
        text=True,
        check=True,
    )
    place, lessons = read.stdout.splitlines()
    assert place.startswith(str(there))
    steps = {path.stem for path in (root / "assets" / "lessons").glob("*.md")}
    assert set(lessons.split()) <= steps
    assert len(lessons.split()) == 10
