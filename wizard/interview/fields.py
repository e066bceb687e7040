"""What a question is: fields and steps as plain data, drawn by whoever asks them.

A field knows its key in the answers file, why it is asked, its default and its check; it knows
nothing of screens or prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Raw: TypeAlias = str | bool | int | list[str] | list[dict[str, str]]
"""What an answer is before it is parsed: what TOML can hold, and what a person typed."""

Given: TypeAlias = Mapping[str, Raw]
"""The answers so far, by key. Keys without a dot that are no part of the answers file, such as
`walk` and `login`, live only during the interview; `wizard.interview.complete` settles them."""

Check: TypeAlias = Callable[[str], str | None]
"""None when the text will do, else one full sentence saying what to type instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A value nobody has to type, and where it came from, such as `from the practice cluster`."""

    value: Raw
    source: str = "the usual choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question.

    Attributes:
        key: the answer's place in the answers file, such as `subject.country`.
        label: two or three words, shown beside the value.
        why: one sentence: why it is asked and what is done with it.
        default: the value offered; a function of the answers so far.
        check: refuses a value with a sentence.
        applies: whether it is asked at all, given the answers so far.
    """

    key: str
    label: str
    why: str
    default: Callable[[Given], Default]
    check: Check = lambda _text: None
    applies: Callable[[Given], bool] = lambda _given: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """One line of text; `placeholder` shows the shape of an answer.

    Attributes:
        suggestions: answers that fit what was typed so far, to pick from.
        tidy: turns what was typed or picked into the answer; called before `check`.
    """

    placeholder: str = ""
    suggestions: Callable[[str], tuple[str, ...]] = lambda _text: ()
    tidy: Callable[[str], str] = str.strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A whole number; `unit` is shown behind it."""

    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One possible answer of a Choice: its value, its name, and what choosing it means."""

    value: str
    label: str
    meaning: str
    applies: Callable[[Given], bool] = lambda _given: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few options, or, with `search`, of many that are found by typing."""

    options: tuple[Option, ...]
    search: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretField(Field):
    """A password typed twice; it goes to the secrets under `secret`, never to the answers.

    Attributes:
        secret: a name of `wizard.model.secrets.NAMES`.
        twice: whether it is typed again to rule out a slip.
        rate: whether it is a password chosen here: its strength is shown, and the front end
            checks it with `wizard.pki.passwords.check_password`.
        optional: whether it may be left empty.
    """

    secret: str
    twice: bool = True
    rate: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One value of a server's row: its key, its heading, why it is asked and what is offered."""

    key: str
    label: str
    why: str
    placeholder: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRows(Field):
    """The list of servers: each row has a name, an SSH target and an advertised address.

    The answer is a list of tables with the keys of `[[servers]]`; `check_row` looks at one value
    and gets the row's key (`name`, `ssh`, `address`, `home`, ...). `check_rows` looks at all rows
    together, for two servers of the same name. Keys of a row that have no column are kept.
    """

    columns: tuple[Column, ...] = ()
    check_row: Callable[[str, str], str | None] = lambda _key, _text: None
    check_rows: Callable[[list[dict[str, str]]], str | None] = lambda _rows: None
    minimum: int = 1


class StepKind(StrEnum):
    """How a step is drawn: a form, or one of the few that do something of their own."""

    WELCOME = "welcome"
    FORM = "form"
    HOST_KEYS = "host-keys"
    SURVEY = "survey"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the interview.

    Attributes:
        key: names the step, its lesson (`assets/lessons/KEY.md`) and its screen.
        title: two or three words.
        explain: one short paragraph: why we ask, what we do with it, what Neo4j calls it.
        fields: in the order they are asked.
        applies: whether the step is shown at all.
    """

    key: str
    title: str
    explain: str
    fields: tuple[Field, ...] = ()
    kind: StepKind = StepKind.FORM
    applies: Callable[[Given], bool] = lambda _given: True
