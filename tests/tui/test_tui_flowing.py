"""Text wraps with a hanging indent and never loses a word."""

from __future__ import annotations

import pytest
from textual.content import Content

from screens.widgets.flowing import flowed

PATH = "/var/lib/neo4j/certificates/cluster-20261122-034439-ec7e"


def wrapped(text: str, width: int, least: int = 0) -> list[str]:
    return [line.plain for line in flowed(Content(text), width, least)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("short", 20, ["short"]),
        ("", 20, [""]),
        ("· one two three", 14, ["· one two", "  three"]),
        ("  1. one two three", 17, ["  1. one two", "     three"]),
        ("one two three", 8, ["one two", "three"]),
        ("a\n  bb cc dd ee", 12, ["a", "  bb cc dd", "  ee"]),
        ("x" * 12, 10, ["x" * 10, "  xx"]),
    ],
)
def test_what_belongs_to_a_line_stands_under_its_words(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


def test_a_long_path_is_cut_after_a_slash_and_is_whole() -> None:
    lines = wrapped(f"  {PATH}", 40)
    assert lines[0].endswith("/")
    assert all(line.startswith("    ") for line in lines[1:])
    assert "".join(line.strip() for line in lines) == PATH


@pytest.mark.parametrize("width", range(1, 60, 7))
def test_every_width_holds_every_letter(width: int) -> None:
    text = f"· The files are in {PATH}, with 中文 names"
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_log_line_hangs_though_it_has_no_sign() -> None:
    assert wrapped("server1 connected to server2", 20, 2) == ["server1 connected to", "  server2"]
