"""The two boards: who is linked to whom by the logs, and what every port did with every probe.

Both are fed the stream of events and draw themselves as plain text: a word or a sign in every
cell, so that nothing is told by colour alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wizard.engine.events import Event, Link, LinkState, Probe, ProbeKind, Verdict

WHOLE = 7
"""Up to that many servers a board is drawn whole; beyond, as counts and what is not green."""


class Tone(StrEnum):
    """What a cell means, for front ends that add colour to the words."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a board."""

    text: str
    tone: Tone


_LINK_CELLS = {
    LinkState.SEEN: Cell(text="✓ seen", tone=Tone.GOOD),
    LinkState.NOT_LOGGED: Cell(text="· not yet", tone=Tone.OPEN),
    LinkState.LOST: Cell(text="✗ lost", tone=Tone.BAD),
}
_NOTHING = Cell(text="-", tone=Tone.OPEN)


class LinkBoard:
    """N x N: whether each server's log says that it connected to each other one."""

    def __init__(self, servers: Sequence[str]) -> None:
        self.servers = tuple(servers)
        self._states: dict[tuple[str, str], LinkState] = {}
        self._since: dict[tuple[str, str], datetime] = {}
        self._is_told_whole = False

    def feed(self, event: Event) -> None:
        """Take in an event; what is no link is let pass."""
        if isinstance(event, Link) and {event.server, event.peer} <= set(self.servers):
            self._states[event.server, event.peer] = event.state
            self._is_told_whole |= event.state is LinkState.NOT_LOGGED
            if event.at is not None:
                self._since[event.server, event.peer] = event.at

    def state(self, server: str, peer: str) -> LinkState:
        """Return what the log of a server says of its link to a peer."""
        return self._states.get((server, peer), LinkState.NOT_LOGGED)

    def since(self, server: str, peer: str) -> datetime | None:
        """Return when a link was logged as it is now (UTC), or None where no log tells."""
        is_logged = self.state(server, peer) is not LinkState.NOT_LOGGED
        return self._since.get((server, peer)) if is_logged else None

    def cell(self, server: str, peer: str) -> Cell:
        """Return the cell in a server's row and a peer's column."""
        if server == peer or not self._may_be(server, peer):
            return _NOTHING
        return _LINK_CELLS[self.state(server, peer)]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every ordered pair of servers that are linked to each other in a cluster that is whole.

        Once links are told that no log knows of, these and the known ones are all there are: read
        replicas and single servers have none.
        """
        every = ((one, other) for one in self.servers for other in self.servers if one != other)
        return tuple(pair for pair in every if self._may_be(*pair))

    def _may_be(self, server: str, peer: str) -> bool:
        return not self._is_told_whole or (server, peer) in self._states

    @property
    def seen(self) -> int:
        """How many links were seen."""
        return sum(self.state(*pair) is LinkState.SEEN for pair in self.pairs)

    @property
    def complete(self) -> bool:
        """Whether every link was seen."""
        return self.seen == len(self.pairs)

    @property
    def summary(self) -> str:
        """Such as `6 of 6 links`."""
        return f"{self.seen} of {len(self.pairs)} links"

    def lines(self, width: int = 78) -> list[str]:
        """Draw the board: whole for few servers, counts and open cells for many."""
        if len(self.servers) <= WHOLE:
            rows = [
                (name, *(self.cell(name, peer).text for peer in self.servers))
                for name in self.servers
            ]
            table = _table(("from \\ to", *self.servers), rows, width)
            if table:
                return [*table, *self._span(), self.summary]
        told = [line for server in self.servers for line in self._not_seen(server)]
        return [self.summary, *(piece for line in told for piece in _wrapped(line, width))]

    def _span(self) -> list[str]:
        """Tell when the first and the last of the links that stand were logged, in a line."""
        seen = [self.since(*pair) for pair in self.pairs if self.state(*pair) is LinkState.SEEN]
        times = sorted(at for at in seen if at is not None)
        if not times:
            return []
        return [f"logged from {times[0]:%H:%M:%S} to {times[-1]:%H:%M:%S} UTC"]

    def _not_seen(self, server: str) -> Iterator[str]:
        """Tell every link of a server that is not there, a line a state."""
        peers: dict[LinkState, list[str]] = {}
        pairs = set(self.pairs)
        for other in self.servers:
            if (server, other) in pairs:
                peers.setdefault(self.state(server, other), []).append(other)
        for state, others in peers.items():
            if state is not LinkState.SEEN:
                every = len(others) == len(self.servers) - 1
                named = "every other server" if every else ", ".join(others)
                yield f"{server} to {named}: {_LINK_CELLS[state].text}"


COLUMNS = (
    (ProbeKind.OURS, "ours"),
    (ProbeKind.NONE, "none"),
    (ProbeKind.FOREIGN_CA, "foreign CA"),
    (ProbeKind.SELF_MADE, "self-made"),
    (ProbeKind.EXPIRED, "expired"),
    (ProbeKind.PLAINTEXT, "plaintext"),
    (ProbeKind.OLD_TLS, "old TLS"),
)
_HEADS: tuple[dict[str, str], ...] = (
    {},
    {"foreign CA": "foreign"},
    {"foreign CA": "foreign", "self-made": "self", "plaintext": "plain"},
)
"""Shorter words for the heads, tried in this order where the room is narrow."""
_WORDS = {"accepted": "in", "refused": "out", "plaintext": "plain"}
_LEGEND = "in: accepted, out: refused"


class ProofBoard:
    """Servers x ports x probes: what each port did with each identity."""

    def __init__(self) -> None:
        self._probes: dict[tuple[str, int, ProbeKind], dict[str, Probe]] = {}

    def feed(self, event: Event) -> None:
        """Take in an event; the last probe of the same cell from the same place counts."""
        if isinstance(event, Probe):
            cell = self._probes.setdefault((event.server, event.port, event.kind), {})
            cell[event.origin] = event

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """Every port of every server that was probed, in order."""
        return tuple(sorted({(server, port) for server, port, _kind in self._probes}))

    def probes(self, server: str, port: int, kind: ProbeKind) -> tuple[Probe, ...]:
        """Return the probes behind one cell."""
        return tuple(self._probes.get((server, port, kind), {}).values())

    def cell(self, server: str, port: int, kind: ProbeKind) -> Cell:
        """Return one cell: its worst probe decides."""
        probes = self.probes(server, port, kind)
        if not probes:
            return _NOTHING
        worst = min(probes, key=lambda probe: (probe.ok is not False, probe.ok is not None))
        if worst.ok is None:
            return Cell(text=_open_word(worst.verdict), tone=Tone.OPEN)
        sign = "✓" if worst.ok else "✗"
        word = _word(worst)
        return Cell(text=f"{sign} {word}", tone=Tone.GOOD if worst.ok else Tone.BAD)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many probes are as they must be, are not, and prove nothing."""
        every = [probe for cell in self._probes.values() for probe in cell.values()]
        good = sum(probe.ok is True for probe in every)
        bad = sum(probe.ok is False for probe in every)
        return good, bad, len(every) - good - bad

    @property
    def summary(self) -> str:
        """Such as `84 of 84 probes as they must be`."""
        good, bad, open_ = self.counts
        every = [probe for cell in self._probes.values() for probe in cell.values()]
        plain = sum(p.ok is None and p.verdict is Verdict.PLAINTEXT for p in every)
        rest = f", {open_ - plain} without an answer" if open_ > plain else ""
        rest += f", {plain} met plaintext that the build can't encrypt" if plain else ""
        return f"{good} of {good + bad} probes as they must be{rest}"

    def lines(self, width: int = 78) -> list[str]:
        """Draw the board: whole up to seven servers, counts and what is not green beyond."""
        heads = [head for _kind, head in COLUMNS]
        cells = {row: [self.cell(*row, kind).text for kind, _head in COLUMNS] for row in self.rows}
        if len({server for server, _port in self.rows}) <= WHOLE:
            rows = [(f"{server}:{port}", *cells[server, port]) for server, port in self.rows]
            table = _table(("server:port", *heads), rows, width)
            if table:
                return [*table, self.summary]
            short = [(first, *map(_in_or_out, rest)) for first, *rest in rows]
            for words in _HEADS:
                shorter = (words.get(head, head) for head in heads)
                table = _table(("server:port", *shorter), short, width)
                if table:
                    return [*table, *_wrapped(f"{self.summary}  ({_LEGEND})", width)]
        return [self.summary, *self._not_green(width)]

    def _not_green(self, width: int) -> list[str]:
        return [
            piece
            for server, port in self.rows
            for kind, head in COLUMNS
            if (cell := self.cell(server, port, kind)).tone is not Tone.GOOD
            for piece in _wrapped(f"{server}:{port} {head}: {cell.text}", width)
        ]


def _word(probe: Probe) -> str:
    if probe.kind is ProbeKind.OURS and probe.verdict is Verdict.ACCEPTED and not probe.ok:
        return "wrong leaf"
    return str(probe.verdict)


def _open_word(verdict: Verdict) -> str:
    return {Verdict.NOT_TESTED: "· not tested"}.get(verdict, f"· {verdict}")


def _in_or_out(cell: str) -> str:
    """Shorten a cell to a word of its own: `✓ out` for `✓ refused`; rare words stay whole."""
    sign, _, word = cell.partition(" ")
    return f"{sign} {_WORDS.get(word, word)}".rstrip()


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Lay out a table, or return nothing when it does not fit."""
    columns = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    if sum(columns) + 2 * (len(columns) - 1) > width:
        return []
    return [
        "  ".join(text.ljust(size) for text, size in zip(row, columns, strict=True)).rstrip()
        for row in (head, *rows)
    ]


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, max(width, 20), subsequent_indent="  ", break_on_hyphens=False)
