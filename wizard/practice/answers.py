"""The files with which every verb runs on the practice cluster unattended."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import tomli_w

from wizard.practice.layout import CLUSTER_NAME, PracticeServer

ANSWERS = "answers.toml"
SECRETS = "secrets.toml"
KNOWN_HOSTS = "known_hosts"
LOGIN_KEY = "login_key"
INTERACTIVE_ANSWERS = "interactive.toml"
INTERACTIVE_KNOWN_HOSTS = "known_hosts_of_a_beginner"


def write_answers(directory: Path, servers: Sequence[PracticeServer]) -> Path:
    """Write the answers that know the servers' host keys, and return their path."""
    return _write(directory, servers, ANSWERS, directory / KNOWN_HOSTS)


def write_interactive_answers(directory: Path, servers: Sequence[PracticeServer]) -> Path:
    """Write the same answers with a known_hosts that is still empty, and return their path."""
    known_hosts = directory / INTERACTIVE_KNOWN_HOSTS
    write_private(known_hosts, "")
    return _write(directory, servers, INTERACTIVE_ANSWERS, known_hosts)


def write_secrets(directory: Path, ssh_password: str, ca_password: str) -> None:
    """Write the secrets file that the answers name."""
    values = {"ssh_password": ssh_password, "ca_password": ca_password}
    write_private(directory / SECRETS, tomli_w.dumps(values))


def random_password() -> str:
    """Return a password of 32 letters, digits, - and _ that nobody has to type."""
    return secrets.token_urlsafe(24)


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, from its first byte on."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as stream:
        stream.write(text)


def _write(
    directory: Path, servers: Sequence[PracticeServer], name: str, known_hosts: Path
) -> Path:
    answers: Mapping[str, object] = {
        "format": 1,
        "neo4j": servers[0].neo4j,
        "secrets": str(directory / SECRETS),
        "cluster": {"name": CLUSTER_NAME},
        "servers": [
            {"name": server.name, "ssh": server.ssh, "address": server.address}
            for server in servers
        ],
        "access": {
            "identity_file": str(directory / LOGIN_KEY),
            "known_hosts": str(known_hosts),
            "become": "none",
        },
    }
    write_private(directory / name, tomli_w.dumps(answers))
    return directory / name
