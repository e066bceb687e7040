"""The boards as one small SVG picture for a report or a ticket; every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from wizard.engine.watching.boards import COLUMNS, Cell, LinkBoard, ProofBoard, Tone

ROW = 24
CHARACTER = 7.6
_COLOURS = {Tone.GOOD: "#1a7f37", Tone.BAD: "#cf222e", Tone.OPEN: "#6e7781"}
_INK, _PAPER, _LINE = "#1f2328", "#ffffff", "#d0d7de"


def draw_boards(title: str, links: LinkBoard, proof: ProofBoard) -> str:
    """Return the link board above the proof board as an SVG document."""
    tables = (
        (f"Links by the logs: {links.summary}", ("from \\ to", *links.servers), _link_rows(links)),
        (f"Probes: {proof.summary}", _proof_head(), _proof_rows(proof)),
    )
    parts: list[str] = [_text(16, 28, title, _INK, bold=True)]
    top, width = 48.0, 16 + len(title) * CHARACTER
    for caption, head, rows in tables:
        drawn, height, wide = _table(top, caption, head, rows)
        parts.extend(drawn)
        top += height
        width = max(width, wide)
    size = f'width="{width + 16:.0f}" height="{top:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
        f'font-family="monospace" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>{"".join(parts)}</svg>\n'
    )


def _link_rows(links: LinkBoard) -> list[tuple[str, Sequence[Cell]]]:
    return [(name, [links.cell(name, peer) for peer in links.servers]) for name in links.servers]


def _proof_head() -> tuple[str, ...]:
    return ("server:port", *(head for _kind, head in COLUMNS))


def _proof_rows(proof: ProofBoard) -> list[tuple[str, Sequence[Cell]]]:
    return [
        (f"{server}:{port}", [proof.cell(server, port, kind) for kind, _head in COLUMNS])
        for server, port in proof.rows
    ]


def _table(
    top: float, caption: str, head: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell]]]
) -> tuple[list[str], float, float]:
    texts = [list(head), *([name, *(cell.text for cell in cells)] for name, cells in rows)]
    sizes = [max(map(len, column)) * CHARACTER + 18 for column in zip(*texts, strict=True)]
    lefts = [16 + sum(sizes[:index]) for index in range(len(sizes))]
    parts = [_text(16, top + 14, caption, _INK, bold=True)]
    baseline = top + 14 + ROW
    parts += [_text(x, baseline, text, _INK) for x, text in zip(lefts, head, strict=True)]
    for name, cells in rows:
        baseline += ROW
        parts.append(_rule(baseline - ROW + 7, 16, lefts[-1] + sizes[-1]))
        parts.append(_text(lefts[0], baseline, name, _INK))
        for x, cell in zip(lefts[1:], cells, strict=True):
            parts.append(_text(x, baseline, cell.text, _COLOURS[cell.tone]))
    return parts, baseline - top + 2 * ROW, lefts[-1] + sizes[-1]


def _text(x: float, y: float, text: str, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}"{weight}>{escape(text)}</text>'


def _rule(y: float, left: float, right: float) -> str:
    return f'<path d="M{left:.0f} {y:.0f}H{right:.0f}" stroke="{_LINE}"/>'
