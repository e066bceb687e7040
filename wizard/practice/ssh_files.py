"""The files of a server over SFTP: the real file system, with the login's home as its beginning."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.sftp import SFTP_FAILURE, SFTP_OK


class FilesOfServer(SFTPServerInterface):
    """Every request as the operating system answers it; relative paths begin at `home`."""

    def __init__(self, server: paramiko.ServerInterface, home: str) -> None:
        super().__init__(server)
        self._home = Path(home)

    def canonicalize(self, path: str) -> str:
        """Return a path as it is from the root."""
        return os.path.normpath(self._home / path)

    def list_folder(self, path: str) -> list[SFTPAttributes] | int:
        """List a folder."""
        try:
            folder = Path(self.canonicalize(path))
            return [SFTPAttributes.from_stat(p.lstat(), p.name) for p in folder.iterdir()]
        except OSError as error:
            return _code(error)

    def stat(self, path: str) -> SFTPAttributes | int:
        """Describe what a path leads to."""
        try:
            return SFTPAttributes.from_stat(os.stat(self.canonicalize(path)))  # noqa: PTH116
        except OSError as error:
            return _code(error)

    def lstat(self, path: str) -> SFTPAttributes | int:
        """Describe a path itself."""
        try:
            return SFTPAttributes.from_stat(os.lstat(self.canonicalize(path)))
        except OSError as error:
            return _code(error)

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> SFTPHandle | int:
        """Open a file; a mode in the request holds from the first byte."""
        mode = 0o666 if attr.st_mode is None else attr.st_mode
        try:
            opened = os.open(self.canonicalize(path), flags, mode)
            stream = os.fdopen(opened, _stream_mode(flags))
        except OSError as error:
            return _code(error)
        handle = _Handle(flags)
        handle.readfile = handle.writefile = stream  # type: ignore[attr-defined]
        return handle

    def remove(self, path: str) -> int:
        """Remove a file."""
        return _done(lambda: os.remove(self.canonicalize(path)))  # noqa: PTH107

    def rename(self, oldpath: str, newpath: str) -> int:
        """Rename; SFTP version 3 does not replace an existing file."""
        if os.path.lexists(self.canonicalize(newpath)):
            return SFTP_FAILURE
        return self.posix_rename(oldpath, newpath)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        """Rename and replace, in one step."""
        return _done(
            lambda: os.replace(  # noqa: PTH105 - on strings, like its neighbours
                self.canonicalize(oldpath), self.canonicalize(newpath)
            )
        )

    def mkdir(self, path: str, attr: SFTPAttributes) -> int:
        """Make a folder."""
        mode = 0o777 if attr.st_mode is None else attr.st_mode
        return _done(lambda: os.mkdir(self.canonicalize(path), mode))  # noqa: PTH102

    def rmdir(self, path: str) -> int:
        """Remove an empty folder."""
        return _done(lambda: os.rmdir(self.canonicalize(path)))  # noqa: PTH106

    def chattr(self, path: str, attr: SFTPAttributes) -> int:
        """Set mode, times, owner or size."""
        return _done(lambda: SFTPServer.set_file_attr(self.canonicalize(path), attr))

    def symlink(self, target_path: str, path: str) -> int:
        """Make a symbolic link."""
        return _done(lambda: os.symlink(target_path, self.canonicalize(path)))  # noqa: PTH211

    def readlink(self, path: str) -> str | int:
        """Say where a symbolic link leads."""
        try:
            return os.readlink(self.canonicalize(path))  # noqa: PTH115
        except OSError as error:
            return _code(error)


class _Handle(SFTPHandle):
    """An open file; paramiko reads and writes it through readfile and writefile."""

    def stat(self) -> SFTPAttributes | int:
        try:
            return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))  # type: ignore[attr-defined]
        except OSError as error:
            return _code(error)

    def chattr(self, attr: SFTPAttributes) -> int:
        number: int = self.readfile.fileno()  # type: ignore[attr-defined]

        def apply() -> None:
            if attr.st_mode is not None:
                os.fchmod(number, attr.st_mode)
            if attr.st_atime is not None and attr.st_mtime is not None:
                os.utime(number, (attr.st_atime, attr.st_mtime))
            if attr.st_size is not None:
                os.ftruncate(number, attr.st_size)

        return _done(apply)


def _stream_mode(flags: int) -> str:
    if flags & os.O_APPEND:
        return "ab+" if flags & os.O_RDWR else "ab"
    if flags & os.O_RDWR:
        return "rb+"
    return "wb" if flags & os.O_WRONLY else "rb"


def _code(error: OSError) -> int:
    return int(SFTPServer.convert_errno(error.errno or 0))


def _done(work: Callable[[], object]) -> int:
    try:
        work()
    except OSError as error:
        return _code(error)
    return int(SFTP_OK)
