"""The boards tell everything in words and signs, whole for few servers and short for many."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wizard.engine.events import Link, LinkState, Probe, ProbeKind, Verdict
from wizard.engine.papers.board_svg import draw_boards
from wizard.engine.watching.boards import LinkBoard, ProofBoard, Tone

THREE = ("server1", "server2", "server3")


def link(server: str, peer: str, state: LinkState = LinkState.SEEN) -> Link:
    return Link(server=server, peer=peer, address=f"{peer}:7000", state=state)


def full(servers: tuple[str, ...]) -> LinkBoard:
    board = LinkBoard(servers)
    for one in servers:
        for other in servers:
            board.feed(link(one, other))
    return board


def probe(
    kind: ProbeKind = ProbeKind.NONE,
    verdict: Verdict = Verdict.REFUSED,
    *,
    ok: bool | None = True,
    server: str = "server1",
    origin: str = "server2",
    port: int = 7000,
) -> Probe:
    return Probe(
        origin=origin, server=server, port=port, kind=kind,
        expected=Verdict.REFUSED, verdict=verdict, ok=ok,
    )  # fmt: skip


def test_links_are_counted_once_a_pair_and_never_to_oneself() -> None:
    board = full(THREE)
    assert board.summary == "6 of 6 links"
    assert board.complete


def test_a_lost_link_is_not_green() -> None:
    board = full(THREE)
    board.feed(link("server2", "server3", LinkState.LOST))
    assert board.summary == "5 of 6 links"
    assert "✗ lost" in board.lines()[2]
    assert board.cell("server2", "server3").tone is Tone.BAD


def test_a_server_without_such_links_is_not_waited_for() -> None:
    board = LinkBoard((*THREE, "replica1"))
    for one in THREE:
        for other in THREE:
            if one != other:
                board.feed(link(one, other))
    assert board.summary == "6 of 12 links"
    board.feed(link("server1", "server2", LinkState.NOT_LOGGED))
    assert board.summary == "5 of 6 links"
    assert board.cell("replica1", "server1").text == "-"
    board.feed(link("server1", "server2"))
    assert board.complete


def test_when_a_link_was_logged_is_told() -> None:
    board, at = full(THREE), datetime(2026, 11, 22, 5, 26, 33, tzinfo=UTC)
    for seconds, peer in enumerate(("server2", "server3")):
        moment = at + timedelta(seconds=seconds)
        board.feed(replace(link("server1", peer), at=moment))
    assert board.since("server1", "server3") == at + timedelta(seconds=1)
    assert board.since("server2", "server1") is None
    assert "logged from 05:26:33 to 05:26:34 UTC" in board.lines()


def test_a_server_of_another_cluster_has_no_cell() -> None:
    board = LinkBoard(THREE)
    board.feed(link("server1", "stranger"))
    assert board.seen == 0


@pytest.mark.parametrize("count", [2, 3, 7])
def test_a_small_board_is_drawn_whole_within_80_columns(count: int) -> None:
    names = tuple(f"server{number}" for number in range(1, count + 1))
    lines = full(names).lines(78)
    assert len(lines) == count + 2
    assert max(map(len, lines)) <= 78
    assert all(name in lines[0] for name in names)


def test_a_large_board_tells_counts_and_what_is_not_green() -> None:
    names = tuple(f"server{number}" for number in range(1, 10))
    board = full(names)
    assert board.lines() == ["72 of 72 links"]
    board.feed(link("server9", "server1", LinkState.LOST))
    assert board.lines() == ["71 of 72 links", "server9 to server1: ✗ lost"]


def test_the_worst_probe_of_a_cell_decides() -> None:
    board = ProofBoard()
    board.feed(probe(ProbeKind.OURS, Verdict.ACCEPTED, origin="server2"))
    board.feed(probe(ProbeKind.OURS, Verdict.REFUSED, ok=False, origin="server3"))
    assert board.cell("server1", 7000, ProbeKind.OURS).text == "✗ refused"
    assert board.counts == (1, 1, 0)


def test_probing_again_replaces_what_was_seen_from_there() -> None:
    board = ProofBoard()
    board.feed(probe(ProbeKind.OURS, Verdict.REFUSED, ok=False))
    board.feed(probe(ProbeKind.OURS, Verdict.ACCEPTED))
    assert board.summary == "1 of 1 probes as they must be"


def test_a_foreign_leaf_is_told_though_it_accepts_us() -> None:
    board = ProofBoard()
    board.feed(probe(ProbeKind.OURS, Verdict.ACCEPTED, ok=False))
    assert "wrong leaf" in board.cell("server1", 7000, ProbeKind.OURS).text


def test_what_proves_nothing_is_neither_good_nor_bad() -> None:
    board = ProofBoard()
    board.feed(probe(verdict=Verdict.FILTERED, ok=None))
    assert board.cell("server1", 7000, ProbeKind.NONE).tone is Tone.OPEN
    assert board.summary == "0 of 0 probes as they must be, 1 without an answer"


@pytest.mark.parametrize("width", [78, 100])
def test_three_servers_and_four_ports_fit(width: int) -> None:
    board = ProofBoard()
    for server in THREE:
        for port in (15000, 16000, 17000, 17688):
            for kind in ProbeKind:
                board.feed(probe(kind, server=server, port=port))
    lines = board.lines(width)
    assert len(lines) == 14
    assert max(map(len, lines)) <= width
    assert lines[1].count("✓") == len(ProbeKind)


def test_where_the_room_is_narrow_the_cells_are_whole_words_and_explained() -> None:
    board = ProofBoard()
    for kind in ProbeKind:
        ours = kind is ProbeKind.OURS
        board.feed(probe(kind, Verdict.ACCEPTED if ours else Verdict.REFUSED))
    board.feed(probe(ProbeKind.EXPIRED, Verdict.PLAINTEXT, ok=False))
    _heads, row, legend = board.lines(80)
    assert row.split()[1:5] == ["✓", "in", "✓", "out"]
    assert "✗ plain" in row
    assert legend.endswith("(in: accepted, out: refused)")


def test_many_servers_show_only_what_is_not_green() -> None:
    board = ProofBoard()
    for number in range(1, 10):
        for kind in ProbeKind:
            board.feed(probe(kind, server=f"server{number}"))
    board.feed(probe(verdict=Verdict.ACCEPTED, ok=False, server="server4"))
    assert board.lines() == [board.summary, "server4:7000 none: ✗ accepted"]


def test_the_picture_is_sound_xml_whatever_the_title_holds() -> None:
    board = ProofBoard()
    board.feed(probe())
    picture = draw_boards("a & <script>'\"", full(THREE), board)
    texts = [element.text for element in ET.fromstring(picture).iter() if element.text]  # noqa: S314 - our own text
    assert "a & <script>'\"" in texts
    assert "Links by the logs: 6 of 6 links" in texts
