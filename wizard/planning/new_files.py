"""The files a server is to get: their names below `cluster-RUN/`, modes and owner."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.model.facts import ServerFacts
from wizard.neo4j.policy import PASSWORD_FILE
from wizard.planning.plan import FileRole, PlannedFile

DIRECTORY_MODE = 0o755
PUBLIC_MODE = 0o644
KEY_MODE = 0o400
"""Operations Manual, SSL framework, "Configuring certificates": the recommended permissions."""


def files_of(
    name: str, trusted: Iterable[tuple[str, str]], *, printed: bool
) -> Iterable[PlannedFile]:
    """Yield the folders and files of one server.

    Args:
        name: the server.
        trusted: the names below trusted/, each with whose certificate it holds.
        printed: whether the key's password stands in a file that a command prints.
    """
    for path in (".", "trusted", "revoked"):
        yield PlannedFile(path=path, role=FileRole.DIRECTORY, mode=DIRECTORY_MODE)
    yield PlannedFile(path="private.key", role=FileRole.PRIVATE_KEY, mode=KEY_MODE, of=name)
    if printed:
        yield PlannedFile(path=PASSWORD_FILE, role=FileRole.KEY_PASSWORD, mode=KEY_MODE, of=name)
    yield PlannedFile(
        path="public.crt", role=FileRole.PUBLIC_CERTIFICATE, mode=PUBLIC_MODE, of=name
    )
    for file, of in trusted:
        yield PlannedFile(path=f"trusted/{file}", role=FileRole.TRUSTED, mode=PUBLIC_MODE, of=of)


def owner_of(facts: ServerFacts) -> tuple[int, int]:
    """Return who is to own the new files: as the certificates folder, or else NEO4J_HOME, has it.

    A folder of root's inside another user's home only keeps that user from writing; the key must
    still be readable by the user Neo4j runs as.
    """
    stat = facts.certificates_stat or facts.home_stat
    if stat.uid == 0 and facts.home_stat.uid != 0:
        return facts.home_stat.uid, stat.gid
    return stat.uid, stat.gid
