"""One server's directory: a NEO4J_HOME in the shape of the tarball, and the login's own files."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import wizard
from wizard.model.version import Version
from wizard.practice.conf_text import conf_text
from wizard.practice.layout import PracticeServer

README = """\
PRACTICE

This is a server of a practice cluster, made by `neo4j-tls practice`.
It looks like a Neo4j installation from outside, but Neo4j itself is simulated.
Everything here is removed when the practice cluster ends.
"""

_FOLDERS = (
    "bin",
    "conf",
    "certificates",
    "data",
    "import",
    "lib",
    "licenses",
    "logs",
    "plugins",
    "run",
)
_JARS = ("neo4j-kernel", "neo4j-enterprise-kernel", "neo4j-causal-clustering")


def install(
    directory: Path, server: PracticeServer, servers: Sequence[PracticeServer], version: Version
) -> None:
    """Make one server below the practice directory; it must not exist yet."""
    home = Path(server.home)
    server.folder.mkdir(mode=0o700)
    (server.folder / "bin").mkdir()
    home.mkdir()
    for name in _FOLDERS:
        (home / name).mkdir()
    for name in _JARS:
        (home / "lib" / f"{name}-{server.neo4j}.jar").touch()
    for folder in (home, server.folder):
        (folder / "README.txt").write_text(README, encoding="ascii")
    (home / "conf" / "neo4j.conf").write_text(conf_text(server, servers, version), "iso-8859-1")
    (home / "conf" / "neo4j.conf").chmod(0o640)
    _write_script(home / "bin" / "neo4j", _script("neo4j.sh", directory, server))
    _write_script(home / "bin" / "neo4j-admin", _script("neo4j-admin.sh", directory, server))
    _write_script(server.folder / "bin" / "getent", _script("getent.sh", directory, server))
    # The machine it runs on is this computer, whose services are none of the cluster's.
    _write_script(server.folder / "bin" / "systemctl", "#!/bin/sh\nexit 1\n")
    hosts = "".join(f"{one.ip} {one.address}\n" for one in servers)
    (server.folder / "bin" / "hosts").write_text(hosts, encoding="ascii")


def login_environment(server: PracticeServer) -> dict[str, str]:
    """Return the environment of the login on this server."""
    system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {
        "HOME": str(server.folder),
        "LOGNAME": "practice",
        "USER": "practice",
        "SHELL": "/bin/sh",
        "NEO4J_HOME": server.home,
        "NEO4J_TLS_MACHINE": str(server.folder),
        "PATH": f"{server.folder / 'bin'}:{system}",
        "LC_ALL": "C",
    }


def _script(name: str, directory: Path, server: PracticeServer) -> str:
    """Return a script of ours with its placeholders filled, each quoted for the shell."""
    text = resources.files("wizard.practice").joinpath("scripts", name).read_text("ascii")
    filled = {
        "@PYTHON@": sys.executable,
        "@MODULES@": str(Path(wizard.__file__).resolve().parent.parent),
        "@CLUSTER@": str(directory),
        "@SERVER@": server.name,
        "@VERSION@": server.neo4j,
        "@HOME@": server.home,
        "@ADDRESS@": server.address,
        "@HOSTS@": str(server.folder / "bin" / "hosts"),
    }
    for placeholder, value in filled.items():
        text = text.replace(placeholder, shlex.quote(value))
    return text


def _write_script(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    os.chmod(path, 0o755)  # noqa: PTH101, S103 - a script that everyone may run, as in the tarball
