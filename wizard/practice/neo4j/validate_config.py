"""PRACTICE: what `neo4j-admin server validate-config` prints, by Neo4j's own rules for its start.

Operations Manual 5, "Validate configurations": it looks at neo4j.conf and at both Log4j files,
opens no key and no certificate, and is there since 5.5.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wizard.errors import WizardError
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import startup_refusal
from wizard.neo4j.versions import rules_for

_NOT_UNDERSTOOD = 2


def main(line: list[str]) -> int:
    """Print the verdict on neo4j.conf and return the exit code."""
    parser = argparse.ArgumentParser()
    for option in ("--home", "--conf", "--version"):
        parser.add_argument(option, required=True)
    parser.add_argument("words", nargs="*")
    asked = parser.parse_args(line)
    version = Version.parse(asked.version) or Version(5, 26)
    command = rules_for(version).validate_command
    if command is None or command.split()[1:] != asked.words:
        print("Unmatched arguments from index 0", file=sys.stderr)  # noqa: T201 - the command's voice
        return _NOT_UNDERSTOOD
    refused = _refusal(Path(asked.conf, "neo4j.conf"), version, asked.home)
    for text in _report(Path(asked.conf), refused):
        print(text)  # noqa: T201 - as above
    return 0 if refused is None else 1


def _refusal(file: Path, version: Version, home: str) -> str | None:
    try:
        return startup_refusal(Conf.parse(file.read_bytes()), version, home=home)
    except OSError:
        return f"Config file [{file}] does not exist."
    except WizardError as error:
        return error.message


def _report(folder: Path, refused: str | None) -> list[str]:
    lines = [f"Validating Neo4j configuration: {folder}/neo4j.conf"]
    lines += ["No issues found."] if refused is None else ["1 issue found.", f"Error: {refused}"]
    for kind in ("user", "server"):
        lines += ["", f"Validating {kind} Log4j configuration: {folder}/{kind}-logs.xml"]
        lines.append("No issues found.")
    return [*lines, "", "Validation successful." if refused is None else "Validation failed."]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
