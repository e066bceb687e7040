"""What host names and IP addresses lead to from a server: asked there, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wizard.model.facts import ReverseName
from wizard.remote.answers import Answer, run_script, understood, unhex
from wizard.remote.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAnswers:
    """What was answered; a name that nobody could be asked about is missing.

    Attributes:
        resolved: each name to its addresses; none when it is unknown there.
        reverse: each IP address that has a name there.
    """

    resolved: Mapping[str, tuple[str, ...]]
    reverse: Mapping[str, ReverseName]


def ask_names(connection: Connection, names: Sequence[str]) -> NameAnswers:
    """Return what names and addresses lead to from a server.

    Raises:
        RemoteError: see `Connection.run`.
    """
    answer = run_script(connection, "names", *names)
    with understood(connection.server):
        return read_names(answer, names)


def read_names(answer: Answer, names: Sequence[str]) -> NameAnswers:
    """Read the lines about names, which come in the order they were found in."""
    found = {
        fields[0]: tuple(sorted({part for part in fields[1].split(",") if part not in {"", "-"}}))
        for fields in answer.all("resolved")
    }
    called = {
        fields[0]: ReverseName(
            name=unhex(fields[1]).decode("utf-8", "surrogateescape"),
            confirmed=fields[2:] == ["yes"],
        )
        for fields in answer.all("called")
    }
    return NameAnswers(
        resolved={name: found[str(n)] for n, name in enumerate(names) if str(n) in found},
        reverse={name: called[str(n)] for n, name in enumerate(names) if str(n) in called},
    )
