"""One question on one line: its text, its default in brackets, and what was typed made a value."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum

from wizard.errors import AnswerError
from wizard.interview.fields import Choice, Default, Field, Given, Number, Option, Raw, Text
from wizard.prompts.asker import Asker

WIDTH = 78
HELP = "?"
BACK = ("back", "<")
EMPTY = "-"


class Went(StrEnum):
    """Where a question leads when it was not answered."""

    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the questions of a step."""

    number: int
    total: int
    title: str
    explain: str
    practice: bool

    def line(self) -> str:
        """Return the heading as one line."""
        mark = "PRACTICE - " if self.practice else ""
        return f"{mark}Step {self.number} of {self.total}: {self.title}"


def paragraph(asker: Asker, text: str, indent: str = "") -> None:
    """Say a text in lines that fit every terminal."""
    wrapped = textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    for line in wrapped:
        asker.say(line)


def ask_line(asker: Asker, prompt: str, key: str) -> str:
    """Ask for one line.

    Raises:
        AnswerError: the input has ended; it names the key that is still open.
    """
    try:
        return asker.line(prompt)
    except EOFError as error:
        raise ended(key) from error


def ended(key: str) -> AnswerError:
    """Return the error for an input that ends before every question is answered."""
    return AnswerError(
        key,
        f"The input ended before the question {key} was answered.",
        hint="Answer it, or give all answers in a file: neo4j-tls apply --answers FILE",
        code="answer-missing",
    )


def ask_field(asker: Asker, field: Field, default: Default, given: Given) -> Raw | Went:
    """Ask one field until it has an answer that its check accepts, or the person goes back."""
    options = _options(field, given)
    _say_options(asker, options)
    prompt = _prompt(field, default, options)
    while True:
        typed = ask_line(asker, prompt, field.key).strip()
        if typed.lower() in BACK:
            return Went.BACK
        if typed == HELP:
            _help(asker, field, options)
            continue
        value = _value(field, typed, default, options)
        refusal = _refusal(field, value, options)
        if refusal is None:
            return int(value) if isinstance(field, Number) else value
        paragraph(asker, refusal)
        _suggest(asker, field, typed)


def _options(field: Field, given: Given) -> tuple[Option, ...]:
    if not isinstance(field, Choice):
        return ()
    return tuple(option for option in field.options if option.applies(given))


def _say_options(asker: Asker, options: tuple[Option, ...]) -> None:
    for number, option in enumerate(options, start=1):
        asker.say(f"  {number}  {option.label}")


def _prompt(field: Field, default: Default, options: tuple[Option, ...]) -> str:
    shown = str(default.value)
    values = [option.value for option in options]
    if shown in values:
        shown = str(values.index(shown) + 1)
    unit = f" in {field.unit}" if isinstance(field, Number) and field.unit else ""
    inside = ", ".join(part for part in (shown, default.source) if part)
    return f"{field.label}{unit} [{inside}]: " if inside else f"{field.label}{unit}: "


def _value(field: Field, typed: str, default: Default, options: tuple[Option, ...]) -> str:
    if typed == "":
        return str(default.value)
    if typed == EMPTY:
        return ""
    if isinstance(field, Text):
        return field.tidy(typed)
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= len(options):
        return options[int(typed) - 1].value
    by_word = {word.lower(): option for option in options for word in (option.value, option.label)}
    chosen = by_word.get(typed.lower())
    return chosen.value if chosen else typed


def _refusal(field: Field, value: str, options: tuple[Option, ...]) -> str | None:
    if options and value not in {option.value for option in options}:
        return f"Type a number from 1 to {len(options)}, or {HELP} to see what each one means."
    return field.check(value)


def _help(asker: Asker, field: Field, options: tuple[Option, ...]) -> None:
    paragraph(asker, field.why)
    for number, option in enumerate(options, start=1):
        asker.say(f"  {number}  {option.label}")
        paragraph(asker, option.meaning, "     ")
    if isinstance(field, Text) and field.placeholder:
        asker.say(f"For example: {field.placeholder}")
    paragraph(
        asker,
        f"Enter takes what stands in brackets, {EMPTY} leaves a field empty, and {BACK[0]} or "
        f"{BACK[1]} goes back one question.",
    )


def _suggest(asker: Asker, field: Field, typed: str) -> None:
    if isinstance(field, Text) and typed:
        for suggestion in field.suggestions(typed):
            asker.say(f"  {suggestion}")
