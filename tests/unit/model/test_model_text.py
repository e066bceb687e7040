"""What comes from outside may be read, and can do nothing to the terminal that shows it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.model.text import shown

HOSTILE = [
    b"\x1b[2J\x1b[H",  # clears the screen
    b"\x1b]0;title\x07",  # sets the window's title
    b"\x1b]52;c;aGVsbG8=\x07",  # writes to the clipboard
    b"\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",  # a link that shows another address
    b"\x1bP+q544e\x1b\\",  # asks the terminal to answer as if typed
    b"\x1b[?25l",  # hides the cursor
    "\u009b31mred".encode(),  # C1's one-character form of ESC [
    "safe\u202egnp.exe".encode(),  # right-to-left override
    "a\u200bb\u2060c\ufeffd".encode(),  # zero width
    b"100%\rdone",  # overwrites the line
    b"\x00\x08\x7f",  # NUL, backspace, delete
    b"\xff\xfe\x80",  # no UTF-8
    "\u2028\u2029".encode(),  # line separators
    "\U000e0041".encode(),  # tag characters
    ("a" + "\u0301" * 40).encode(),  # a tower of accents
    "\u3164".encode(),  # a letter that draws nothing
    b"[/red][@click=app.exit]x[/]",  # markup: no control character, so it stays as it is
]
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def harmless(text: str) -> bool:
    return not any(unicodedata.category(character) in UNSEEN for character in text)


def test_the_measure_itself_knows_a_harmful_text() -> None:
    assert not harmless("\x1b[2J")
    assert not harmless("\u202e")
    assert harmless("Grüße, 世界 ✓")


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_text_becomes_visible(payload: bytes) -> None:
    assert harmless(shown(payload))
    assert harmless(shown(payload.decode("latin-1")))


def test_an_escape_sequence_can_be_read() -> None:
    assert shown(b"\x1b[2Jhello") == "\\x1b[2Jhello"
    assert shown("a\u202eb") == "a<U+202E>b"
    assert shown(b"\xff!") == "\\xff!"


def test_letters_of_any_language_stay() -> None:
    sentence = "Grüße aus 東京, e\u0301, नमस्ते ✓ —"
    assert shown(sentence) == sentence
    assert shown(sentence.encode()) == sentence


def test_one_line_end_is_dropped_and_others_are_shown() -> None:
    assert shown(b"a line\r\n") == "a line"
    assert shown(b"two\nlines\n") == "two\\x0alines"


def test_accents_are_capped_at_four_a_letter() -> None:
    assert shown("a" + "\u0301" * 5) == "a" + "\u0301" * 4 + "<U+0301>"


def test_a_long_line_is_cut_and_says_how_much_is_missing() -> None:
    assert shown(b"x" * 10_000_000, limit=10) == "xxxxxxxxxx… +9999990 characters"
    assert shown("x" * 10, limit=10) == "x" * 10


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_any_text_becomes_harmless_and_one_line(raw: bytes | str) -> None:
    line = shown(raw)
    assert harmless(line)
    assert len(line.splitlines()) <= 1


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_what_is_safe_already_is_left_alone(raw: str) -> None:
    assert shown(shown(raw)) == shown(raw)


@given(st.binary(max_size=3000))
def test_the_length_is_bounded(raw: bytes) -> None:
    assert len(shown(raw, limit=100)) <= 100 + len("… +12000 characters")


def test_lone_surrogates_are_marked() -> None:
    assert shown("\ud800") == "<U+D800>"
