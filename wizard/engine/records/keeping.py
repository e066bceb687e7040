"""What can't be written on the workstation is said in words, before a server is touched."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from wizard.errors import JournalError

THE_RUN = "The records of this run can't be kept on the workstation"


@contextlib.contextmanager
def keeping(what: str) -> Iterator[None]:
    """Write things down inside the block.

    Args:
        what: the beginning of the sentence, as in `The requests can't be kept in FOLDER`.

    Raises:
        JournalError: the file system refused.
    """
    try:
        yield
    except OSError as error:
        raise JournalError(
            f"{what}: {error.strerror}.",
            hint="Make room in the state folder; nothing was changed on any server.",
            code="records-not-kept",
        ) from error
