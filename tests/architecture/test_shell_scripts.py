"""What is run on servers, judged by ShellCheck as it is sent: whole scripts, in POSIX sh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from wizard.remote.dialects import POSIX, script_text

ALLOWED = {
    "SC1007": "`name=` alone empties a variable",
    "SC2012": "`ls -ldn` tells the owner of a link on every system",
    "SC2015": "`a && b || refuse` means both to succeed",
    "SC2034": "`read` needs a name for each word of a line",
    "SC2154": "the command line that reads a script calls it `script`",
    "SC2329": "what one script calls another may not",
    "SC3067": "dash, bash, ksh and busybox know `test -O`",
}


def judged(folder: Path, *scripts: Path) -> subprocess.CompletedProcess[str]:
    judge = Path(sys.executable).with_name("shellcheck")
    excluded = ",".join(ALLOWED)
    command = [judge, "--norc", "-s", "sh", "-f", "gcc", "-e", excluded, *scripts]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_script_is_clean_as_it_is_sent(tmp_path: Path, root: Path) -> None:
    places = (root / "wizard" / "remote" / POSIX.folder).glob(f"*{POSIX.ending}")
    names = {place.stem for place in places} - set(POSIX.shared)
    assert len(names) > 15
    scripts = [tmp_path / f"{name}.sh" for name in sorted(names)]
    for script in scripts:
        script.write_bytes(b"#!/bin/sh\n" + script_text(script.stem))
    found = judged(tmp_path, *scripts)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_judge_sees_a_word_that_could_be_split(tmp_path: Path) -> None:
    script = tmp_path / "careless.sh"
    script.write_text("#!/bin/sh\nIFS= read -r file\nrm -f $file\n", "ascii")
    assert "SC2086" in judged(tmp_path, script).stdout
