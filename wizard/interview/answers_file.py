"""The answers file: strict when it is read, deterministic when it is written, never a secret."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from wizard.errors import AnswerError
from wizard.interview import checks, layout
from wizard.interview.defaults import VERSION_DEFAULT
from wizard.interview.fields import Raw
from wizard.interview.given import Answers, server_rows, tls_versions
from wizard.interview.servers import duplicate_names
from wizard.model.text import shown

MAX_BYTES = 1 << 20
_TYPE_NAMES = {str: "a text in quotes", bool: "true or false", int: "a whole number"}


def load(source: str | Path) -> Answers:
    """Read answers, from a path or from the text itself.

    Raises:
        AnswerError: the file can't be read, is no TOML, or an answer is unknown, missing, of the
            wrong type or refused; it names the key.
    """
    document = _document(_read(source) if isinstance(source, Path) else source)
    _check_format(document)
    _check_tables(document)
    given: dict[str, Raw] = {}
    for key in layout.ENTRIES:
        value = _at(document, key)
        if value is not None:
            given[key] = _checked(key, value)
    _require("cluster.name", given, "Write the cluster's name under [cluster].")
    given["servers"] = [*_servers(document.get("servers"))]
    return Answers(given)


def to_toml(answers: Mapping[str, Raw]) -> str:
    """Return the text of the answers file: every answer that is given, in a fixed order."""
    import tomli_w  # noqa: PLC0415 - only a walk's end writes

    document: dict[str, object] = {"format": layout.FORMAT}
    rows = [
        {key: row[key] for key in layout.ROW_KEYS if key in row} for row in server_rows(answers)
    ]
    for key in layout.ENTRIES:
        if key in answers:
            _place(document, key, _written(key, answers[key]))
        if key == "cluster.name" and rows:
            document["servers"] = rows
    return tomli_w.dumps(document)


def _written(key: str, value: Raw) -> Raw:
    if key == "policy.tls_versions":
        return tls_versions(value) or VERSION_DEFAULT
    return value


def _place(document: dict[str, object], key: str, value: Raw) -> None:
    table, _, name = key.rpartition(".")
    if not table:
        document[name] = value
        return
    inside = document.setdefault(table, {})
    if isinstance(inside, dict):
        inside[name] = value


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise AnswerError(
            "answers",
            f"The answers file {str(path)!r} can't be read: {error.strerror}.",
            hint="Name the file that was saved at the end of a walk with --answers FILE.",
        ) from error
    if len(raw) > MAX_BYTES:
        raise AnswerError("answers", "The answers file is larger than 1 MiB; this is another file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswerError(
            "answers", "The answers file is not UTF-8 text.", hint="Save it as UTF-8."
        ) from error


def _document(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"line {line.group(1)}" if line else "its end"
        raise AnswerError(
            "answers",
            f"The answers file is no valid TOML at {where}.",
            hint='Each answer is a line such as name = "payments" under a heading like [cluster].',
        ) from error


def _check_format(document: Mapping[str, object]) -> None:
    number = document.get("format")
    if number is None:
        _refuse("format", "The answers file does not say its format.", "Begin it with: format = 1")
    if number != layout.FORMAT or isinstance(number, bool):
        _refuse(
            "format",
            f"The answers file has format {number!r}, and this wizard reads format 1.",
            "Use the wizard that wrote it, or begin it with: format = 1",
        )


def _check_tables(document: Mapping[str, object]) -> None:
    """Refuse every table and key that does not exist: a slip must not count as a default."""
    single = [key for key in layout.ENTRIES if "." not in key]
    for name, value in document.items():
        _known(name, name, ["format", "servers", *single, *layout.TABLES])
        if name not in layout.TABLES:
            continue
        if not isinstance(value, dict):
            _refuse(name, f"{name} has to be a table.", f"Write it as a heading: [{name}]")
        keys = [key.partition(".")[2] for key in layout.ENTRIES if key.startswith(f"{name}.")]
        for key in value:
            _known(f"{name}.{key}", key, keys)


def _known(path: str, name: str, names: Iterable[str]) -> None:
    choices = list(names)
    if name in choices:
        return
    close = difflib.get_close_matches(name, choices, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"Known here are: {', '.join(choices)}."
    _refuse(path, f"The answers file has an unknown key {shown(path)}.", hint)


def _at(document: Mapping[str, object], key: str) -> object:
    table, _, name = key.rpartition(".")
    inside = document.get(table) if table else document
    return inside.get(name) if isinstance(inside, Mapping) else None


def _checked(key: str, value: object) -> Raw:
    if key == "policy.tls_versions":
        return _checked_versions(key, value)
    if key == "apply.suspended":
        return _checked_words(key, value)
    entry = layout.ENTRIES[key]
    # A bool is an int in Python, and would pass for a number of days.
    if type(value) is not entry.type:
        _refuse(key, f"The answer {key} has to be {_TYPE_NAMES[entry.type]}.")
    sentence = entry.check(str(value))
    if sentence:
        _refuse(key, f"The answer {key} is refused: {_short(value)}.", sentence)
    return value


def _checked_versions(key: str, value: object) -> Raw:
    listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not isinstance(value, str) and not listed:
        _refuse(key, f"The answer {key} has to be a text or a list of texts.")
    sentence = layout.tls_versions(value)  # type: ignore[arg-type]  # compared above
    if sentence:
        _refuse(key, f"The answer {key} is refused: {_short(value)}.", sentence)
    return value  # type: ignore[return-value]


def _checked_words(key: str, value: object) -> Raw:
    words = value if isinstance(value, list) else []
    if not words or not all(isinstance(word, str) for word in words):
        _refuse(key, f"The answer {key} has to be a list of texts.", 'Such as ["puppet"].')
    return words


def _servers(tables: object) -> list[dict[str, str]]:
    if tables is None or tables == []:
        _refuse(
            "servers", "The answers file names no server.", "Add a table [[servers]] for each one."
        )
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        _refuse("servers", "servers has to be a list of tables.", "Write each one as [[servers]].")
    rows = [_row(number, table) for number, table in enumerate(tables, start=1)]
    sentence = duplicate_names(rows)
    if sentence:
        _refuse("servers", "Two servers have the same name.", sentence)
    return rows


def _row(number: int, table: Mapping[str, object]) -> dict[str, str]:
    name = table.get("name")
    place = f"servers.{name if _is_label(name) else number}"
    for key in table:
        _known(f"{place}.{key}", key, layout.ROW_KEYS)
    for key in ("name", "ssh"):
        _require(
            f"{place}.{key}", {f"{place}.{item}": "" for item in table}, "Each server needs it."
        )
    return {key: _row_value(f"{place}.{key}", key, value) for key, value in table.items()}


def _is_label(name: object) -> bool:
    return isinstance(name, str) and checks.label(name) is None


def _row_value(path: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        _refuse(path, f"The answer {path} has to be {_TYPE_NAMES[str]}.")
    sentence = checks.server_row(key, value)
    if sentence:
        _refuse(path, f"The answer {path} is refused: {_short(value)}.", sentence)
    return value


def _require(key: str, given: Mapping[str, object], hint: str) -> None:
    if key not in given:
        _refuse(key, f"The answer {key} is missing.", hint, code="answer-missing")


def _short(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."  # noqa: PLR2004 - one line of a terminal


def _refuse(key: str, message: str, hint: str = "", code: str = "") -> NoReturn:
    raise AnswerError(shown(key), message, hint=hint, code=code)
