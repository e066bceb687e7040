"""Whether private keys get a password, and whether a command prints it: as the answers want it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wizard.model.problems import Problem, blocker
from wizard.model.settings import KeyPassword, KeyPasswordIn, Settings
from wizard.model.version import Version
from wizard.neo4j.policy import password_command
from wizard.neo4j.versions import rules_for
from wizard.planning.telling import note
from wizard.planning.view import ServerView

_KEY = "keys.password"


def has_password(settings: Settings, version: Version) -> bool:
    """Return whether the private key of a server gets a password."""
    return settings.key_password is not KeyPassword.NONE and rules_for(version).key_passwords


def by_command(settings: Settings, version: Version) -> bool:
    """Return whether a command in neo4j.conf prints the key's password, which stands in a file."""
    wanted = settings.key_password_in is KeyPasswordIn.COMMAND
    return wanted and has_password(settings, version)


def command_of(settings: Settings, version: Version, base_directory: str) -> str | None:
    """Return the command that prints the password; None where neo4j.conf itself holds it.

    Args:
        settings: the answers.
        version: the version that reads neo4j.conf.
        base_directory: the absolute folder of the key; where no command can name it, there is none.
    """
    return password_command(base_directory) if by_command(settings, version) else None


def of_key_passwords(settings: Settings, views: Sequence[ServerView]) -> Iterator[Problem]:
    """Yield why a key gets no password although the answers want one.

    A generated one is left out, because nobody waits for it; one that was asked for is a promise.
    """
    wanted = settings.key_password
    unable = [view.version for view in views if not rules_for(view.version).key_passwords]
    if wanted is KeyPassword.NONE or not unable:
        return
    reason = f"Neo4j {unable[0]} can't open a private key that has a password"
    if wanted is KeyPassword.GENERATE:
        yield _at_key(
            note(
                None,
                "key-without-password",
                f"{reason}, so the keys are written without one; only their mode, 0400, guards "
                "them.",
                f'Write `{_KEY} = "none"` in the answers to say so yourself.',
            )
        )
    else:
        yield _at_key(
            blocker(
                None,
                "key-password-not-possible",
                f"The answer to `{_KEY}` asks for a password, but {reason}.",
                f'Set `{_KEY}` to "none".',
            )
        )


def _at_key(problem: Problem) -> Problem:
    return replace(problem, key=_KEY)
