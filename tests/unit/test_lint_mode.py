"""The verb `lint` and the mode of the file: Neo4j runs no command for one that is too open."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard import cli


@pytest.mark.parametrize(
    ("version", "mode", "most"),
    [
        ("4.2", 0o640, "0600"),
        ("4.2", 0o600, None),
        ("4.3", 0o644, "0640"),
        ("4.3", 0o640, None),
        ("2026.8", 0o644, "0640"),
        ("4.1", 0o644, None),
    ],
)
def test_the_mode_that_forbids_commands_is_the_versions_own(
    version: str, mode: int, most: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "neo4j.conf"
    path.write_text("dbms.default_advertised_address=$(hostname)\n")
    path.chmod(mode)
    cli.main(["lint", str(path), "--neo4j", version])
    said = " ".join(capsys.readouterr().out.split())
    assert ("runs no command for it" in said) == (most is not None)
    assert most is None or f"Give it mode {most}," in said
