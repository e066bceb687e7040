"""What Java throws, as a value: the lines that follow `Caused by:` in Neo4j's log."""

from __future__ import annotations


class JavaError(Exception):
    """Java or Neo4j would have thrown here.

    Attributes:
        causes: `CLASS: MESSAGE`, the outermost first, as a Java stack trace prints them.
    """

    def __init__(self, *causes: str) -> None:
        super().__init__(causes[0])
        self.causes = causes

    @property
    def message(self) -> str:
        """The outermost message without its class."""
        return self.causes[0].partition(": ")[2]


def read_failure(error: OSError, path: str) -> JavaError:
    """Return what `java.nio.file.Files` throws for a file that can't be read."""
    if isinstance(error, FileNotFoundError):
        return JavaError(f"java.nio.file.NoSuchFileException: {path}")
    if isinstance(error, PermissionError):
        return JavaError(f"java.nio.file.AccessDeniedException: {path}")
    if isinstance(error, IsADirectoryError):
        return JavaError("java.io.IOException: Is a directory")
    if isinstance(error, NotADirectoryError):
        return JavaError(f"java.nio.file.NotDirectoryException: {path}")
    return JavaError(f"java.nio.file.FileSystemException: {path}: {error.strerror}")
