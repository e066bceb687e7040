"""How `bin/neo4j start` reaches the practice host: a line each way over a socket in the directory.

Run as a module it is that command's side; it imports little, because people wait for it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

SOCKET = "control.sock"
_LONGEST = 200
_ANSWER_S = 30.0

Answer = Callable[[str, str, socket.socket], None]
"""Answers one request: verb, server's name with its flag, and the connection to answer on."""


def listen(directory: Path, answer: Answer) -> socket.socket:
    """Answer requests in threads of their own until the returned socket is closed.

    The directory becomes the working directory: the path of such a socket may have about 100
    characters (unix(7)), and a relative one always fits.
    """
    os.chdir(directory)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(SOCKET)
    listener.listen(16)
    threading.Thread(target=_accept, args=(listener, answer), daemon=True).start()
    return listener


def _accept(listener: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError):  # the listener was closed
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, answer), daemon=True).start()


def _serve(connection: socket.socket, answer: Answer) -> None:
    with connection, contextlib.suppress(OSError):
        verb, _, server = (
            connection.recv(_LONGEST).decode("ascii", "replace").strip().partition(" ")
        )
        answer(verb, server, connection)


def main(arguments: list[str]) -> int:
    """Ask the host to start a server; `console` stays until the server has ended."""
    verb, cluster, server = arguments[0], arguments[2], arguments[4]
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            os.chdir(cluster)
            connection.connect(SOCKET)
        except OSError:
            sys.stderr.write("PRACTICE: this practice cluster is not running any more.\n")
            return 1
        connection.settimeout(_ANSWER_S)
        connection.sendall(" ".join((verb, server, *arguments[5:])).encode("ascii") + b"\n")
        try:
            answer = connection.recv(_LONGEST).decode("ascii")
        except TimeoutError:
            answer = "PRACTICE: this practice cluster does not answer."
        connection.settimeout(None)
        if not answer.startswith("started"):
            sys.stderr.write((answer.strip() or "Neo4j could not be started.") + "\n")
            return 1
        if verb == "console":
            connection.recv(1)
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
