"""The list of servers as single questions, one value of one server at a time."""

from __future__ import annotations

from wizard.interview.complete import offered
from wizard.interview.defaults import fixed
from wizard.interview.fields import (
    Choice,
    Column,
    Default,
    Field,
    Given,
    Option,
    Raw,
    ServerRows,
    Text,
)
from wizard.interview.given import rows_of

KEEP = "rows.keep"
YES = "yes"
NO = "no"
USUAL_SERVERS = 3
MOST_ROWS = 100


def questions(field: ServerRows, given: Given, practice: Given | None) -> list[Field]:
    """Return the questions that are open for the list of servers with these answers."""
    known = rows_of(offered(field, given, practice).value)
    asked: list[Field] = [_keep(known)] if known else []
    if known and given.get(KEEP, YES) == YES:
        return asked
    for number in range(MOST_ROWS):
        asked += [_cell(field, column, number, given) for column in field.columns]
        asked.append(_more(number))
        if given.get(f"rows.{number}.more") != YES:
            break
    return asked


def folded(field: ServerRows, given: Given, practice: Given | None) -> list[dict[str, str]]:
    """Return the list of servers that the single answers make."""
    known = rows_of(offered(field, given, practice).value)
    if known and given.get(KEEP, YES) == YES:
        return known
    rows = []
    for number in range(MOST_ROWS):
        cells = {column.key: given.get(f"rows.{number}.{column.key}") for column in field.columns}
        rows.append({key: str(value) for key, value in cells.items() if value is not None})
        if given.get(f"rows.{number}.more") != YES:
            break
    return [row for row in rows if row]


def lines(rows: list[dict[str, str]]) -> list[str]:
    """Return the servers as lines to read."""
    return [
        f"  {row.get('name', '')}  {row.get('ssh', '')}  address {row.get('address', 'detect')}"
        for row in rows
    ]


def _keep(known: list[dict[str, str]]) -> Choice:
    named = ", ".join(row.get("name", "") for row in known)
    return Choice(
        key=KEEP,
        label="Servers",
        why="These servers are already known; keep them, or name all of them again.",
        default=fixed(YES, "they are known already"),
        options=(
            Option(value=YES, label=f"Keep {named}", meaning="Nothing has to be typed."),
            Option(value=NO, label="Name the servers again", meaning="One question after another."),
        ),
    )


def _cell(field: ServerRows, column: Column, number: int, given: Given) -> Text:
    if column.key == "name":
        default = Default(value=f"server{number + 1}", source="the next number")
    else:
        default = Default(value=column.default, source="")

    def check(typed: str) -> str | None:
        refusal = field.check_row(column.key, typed)
        before = [str(given.get(f"rows.{other}.{column.key}")) for other in range(number)]
        if refusal is None and column.key == "name" and typed in before:
            return f"Another server is already called {typed}; give each server its own name."
        return refusal

    return Text(
        key=f"rows.{number}.{column.key}",
        label=f"Server {number + 1}, {column.label}",
        why=column.why,
        default=lambda _given: default,
        check=check,
        placeholder=column.placeholder,
    )


def _more(number: int) -> Choice:
    enough: Raw = NO if number + 1 >= USUAL_SERVERS else YES
    return Choice(
        key=f"rows.{number}.more",
        label="Another server",
        why="Every server of the cluster must be named; most clusters have three.",
        default=fixed(enough, "most clusters have three"),
        options=(
            Option(value=YES, label="Yes", meaning="There is another server."),
            Option(value=NO, label="No, that is all", meaning="The list is complete."),
        ),
    )
