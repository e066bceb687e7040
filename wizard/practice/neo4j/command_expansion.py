"""The commands in neo4j.conf, run as Neo4j runs them when it is started with `--expand-commands`.

The words and the order are those of Config of neo4j-configuration 4.2.19 to 5.26.30, asked.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

from wizard.errors import ConfError
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, entry, is_command
from wizard.neo4j.properties import Element, terminator
from wizard.neo4j.versions import rules_for

_TIMEOUT_S = 30.0
_BITS = {
    0o400: "OWNER_READ",
    0o200: "OWNER_WRITE",
    0o100: "OWNER_EXECUTE",
    0o040: "GROUP_READ",
    0o020: "GROUP_WRITE",
    0o010: "GROUP_EXECUTE",
    0o004: "OTHERS_READ",
    0o002: "OTHERS_WRITE",
    0o001: "OTHERS_EXECUTE",
}


def expanded(conf: Conf, file: Path, version: Version) -> Conf:
    """Return neo4j.conf with what the commands in it print.

    Raises:
        ConfError: with Neo4j's message, when the file is open to others or a command fails.
        OSError: neo4j.conf is gone.
    """
    rules = rules_for(version)
    if not rules.expands_commands:
        return conf
    most, mode = rules.command_conf_mode, file.stat().st_mode & 0o777
    if mode & ~most:
        raise ConfError(
            f"{file} does not have the correct file permissions to evaluate commands. "
            f"Has {_listed(mode)}, requires at most {_listed(most)}."
        )
    return Conf(tuple(map(_expanded, conf.elements)))


def _expanded(element: Element) -> Element:
    if element.key is None or not is_command(element.value):
        return element
    value = _printed(element.value.strip()[2:-1])
    source = entry(element.key, value, terminator(element.source))
    return replace(element, value=value, source=source)


def _printed(command: str) -> str:
    """Return the lines a command prints as one text; no shell takes it apart."""
    try:
        done = subprocess.run(  # noqa: S603 - what neo4j.conf says, as Neo4j would run it
            shlex.split(command), capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConfError(f"Command `{command}` timed out.") from None
    except (OSError, ValueError) as error:
        raise ConfError(f'Cannot run program "{command.partition(" ")[0]}": {error}') from None
    if done.returncode != 0:
        raise ConfError(f"Command `{command}` failed with exit code {done.returncode}.")
    return "\n".join(done.stdout.decode("utf-8", "replace").splitlines())


def _listed(mode: int) -> str:
    return f"[{', '.join(name for bit, name in _BITS.items() if mode & bit)}]"
