"""The program's own log file: what happened, without any secret, and paramiko kept quiet."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from wizard.secret import Secret

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Redaction(logging.Filter):
    """Takes known secret values out of every record before it is written."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message by its redacted text; no record is dropped."""
        text = record.getMessage()
        if record.exc_info:
            # A traceback can quote a secret; its type is enough to find the place again.
            text = f"{text} ({record.exc_info[0].__name__ if record.exc_info[0] else 'error'})"
            record.exc_info, record.exc_text = None, None
        for secret in self._secrets:
            text = text.replace(secret.reveal(), "***")
        record.msg, record.args = text, ()
        return True


class _ClosingHandler(logging.StreamHandler[TextIO]):
    """Closes its file with itself."""

    def close(self) -> None:
        """Flush and close the file."""
        super().close()
        self.stream.close()


def start_logging(path: Path, secrets: Iterable[Secret] = ()) -> logging.Handler:
    """Write the wizard's log records to a private file; return the handler to close.

    Raises:
        OSError: the file can't be opened.
    """
    quieten_libraries()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    stream = os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8")
    handler = _ClosingHandler(stream)
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(Redaction(secrets))
    logger = logging.getLogger("wizard")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    return handler


def quieten_libraries() -> None:
    """Keep libraries from printing tracebacks to the terminal; their errors reach us as exceptions.

    A traceback ends with the error's own message, which may quote a secret.
    """
    for name in ("paramiko", "asyncio", "concurrent.futures"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
