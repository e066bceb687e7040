"""Commands in neo4j.conf: what they print is the value, where Neo4j would let them run."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.errors import ConfError
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.practice.neo4j.command_expansion import expanded

FIVE = Version(5, 26, 30)


def conf_with(folder: Path, value: str, mode: int = 0o640) -> tuple[Conf, Path]:
    file = folder / "neo4j.conf"
    file.write_text(f"# first\none=1\nsecret={value}\nlast=2\n", encoding="ascii")
    file.chmod(mode)
    return Conf.parse(file.read_bytes()), file


def test_the_lines_it_prints_are_the_value_and_all_else_stays(tmp_path: Path) -> None:
    (tmp_path / "private.password").write_bytes(b"AbcDef1234567890\n")
    conf, file = conf_with(tmp_path, f"$(/bin/cat {tmp_path}/private.password)")
    assert dict(expanded(conf, file, FIVE).values) == {
        "one": "1",
        "secret": "AbcDef1234567890",
        "last": "2",
    }
    assert expanded(conf, file, Version(4, 1, 13)) == conf


def test_a_command_that_fails_stops_the_start(tmp_path: Path) -> None:
    for command, words in (
        (f"/bin/cat {tmp_path}/none", "failed with exit code 1"),
        ("/no/such/program", 'Cannot run program "/no/such/program"'),
    ):
        conf, file = conf_with(tmp_path, f"$({command})")
        with pytest.raises(ConfError, match=words):
            expanded(conf, file, FIVE)


@pytest.mark.parametrize(
    ("mode", "version", "runs"),
    [
        (0o600, Version(4, 2, 19), True),
        (0o640, Version(4, 2, 19), False),
        (0o640, Version(4, 3, 24), True),
        (0o440, FIVE, True),
        (0o644, FIVE, False),
        (0o660, FIVE, False),
        (0o750, FIVE, False),
    ],
)
def test_a_file_open_to_others_stops_the_start(
    tmp_path: Path,
    mode: int,
    version: Version,
    runs: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    conf, file = conf_with(tmp_path, "plain", mode)
    if runs:
        assert expanded(conf, file, version) == conf
    else:
        with pytest.raises(ConfError, match="does not have the correct file permissions"):
            expanded(conf, file, version)
