"""Which secrets the answers call for, so that a missing one is told before any server is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from wizard.errors import SecretsError
from wizard.model.secrets import Secrets
from wizard.model.settings import Become, KeyPassword, Settings
from wizard.secret import Secret

MEANINGS = {
    "ssh_password": "the SSH password",
    "sudo_password": "the password for sudo",
    "key_password": "the password of the private keys",
    "neo4j_password": "the password of the Neo4j user",
}


def missing_secrets(settings: Settings, secrets: Secrets, *, makes_keys: bool) -> tuple[str, ...]:
    """Return the names of the secrets that the answers ask for and nobody has given.

    A password for every server may stand at the top or in each server's own table.
    """
    return tuple(
        name
        for name in _needed(settings, makes_keys=makes_keys)
        if not all(secrets.of(name, server.name) for server in settings.servers)
    )


def with_missing(
    settings: Settings,
    secrets: Secrets,
    *,
    makes_keys: bool,
    ask: Callable[[str], Secret] | None,
) -> Secrets:
    """Return the secrets with the missing ones asked for.

    Args:
        settings: the answers.
        secrets: what was given.
        makes_keys: whether private keys are about to be made.
        ask: puts a question to a person; None where nobody is there.

    Raises:
        SecretsError: one is missing and nobody can be asked.
    """
    for name in missing_secrets(settings, secrets, makes_keys=makes_keys):
        if ask is None:
            raise SecretsError(
                f"A secret is missing: {name}, {MEANINGS[name]}.",
                hint=f"Write {name} into a file of mode 0600 and name it with --secrets.",
                key=name,
            )
        given = ask(f"{MEANINGS[name][0].upper()}{MEANINGS[name][1:]}: ")
        secrets = replace(secrets, common={**secrets.common, name: given})
    return secrets


def _needed(settings: Settings, *, makes_keys: bool) -> Iterator[str]:
    if settings.access.ask_password:
        yield "ssh_password"
    if settings.access.become is Become.SUDO_PASSWORD:
        yield "sudo_password"
    if makes_keys and settings.key_password is KeyPassword.ASK:
        yield "key_password"
    if settings.login_user is not None:
        yield "neo4j_password"
