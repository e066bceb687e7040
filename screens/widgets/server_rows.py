"""The list of servers: a line to type or paste them into, and the table they land in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text as Cell
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Input

from screens.server_editor import ServerEditor
from screens.widgets.field_row import FieldRow
from wizard.interview.fields import Default, Raw, ServerRows

Row = dict[str, str]


class PasteInput(Input):
    """An input that does not throw away the other lines of a paste."""

    @dataclass
    class Lines(Message):
        """Several lines were pasted."""

        lines: tuple[str, ...]

    def _on_paste(self, event: events.Paste) -> None:
        lines = tuple(line.strip() for line in event.text.splitlines() if line.strip())
        if len(lines) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.Lines(lines))


class ServerTable(DataTable[Cell]):
    """The rows; no plain letter takes a server away, because one may think one is typing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit_row", "Edit"),
        Binding("ctrl+d,delete", "remove_row", "Remove"),
    ]

    @dataclass
    class Wanted(Message):
        """A row shall be edited, removed, or Enter was pressed on it."""

        what: str

    def action_edit_row(self) -> None:
        """Ask for the row to be edited."""
        self.post_message(self.Wanted("edit"))

    def action_remove_row(self) -> None:
        """Ask for the row to be removed."""
        self.post_message(self.Wanted("remove"))

    def action_select_cursor(self) -> None:
        """Enter goes on, as everywhere."""
        self.post_message(self.Wanted("on"))


NOT_A_SERVER = (
    "Write its login, such as admin@10.0.0.1; at most a name before it and an address after."
)
_APART = re.compile(r"[\s,;]+")


def fits(line: str) -> bool:
    """Say whether a line has no more words than one server takes."""
    words = [part for part in _APART.split(line.strip()) if part]
    return 1 <= len(words) <= (3 if "@" in line else 2)


def read_line(line: str, taken: Sequence[str]) -> Row:
    """Read `[NAME] LOGIN [ADDRESS]` as people paste it, parted by blanks, commas or semicolons."""
    parts = [part for part in _APART.split(line.strip()) if part]
    login = next((at for at, part in enumerate(parts) if "@" in part), 0)
    name = parts[0] if login == 1 else _free_name(taken)
    rest = parts[login + 1 :]
    return {"name": name, "ssh": parts[login], **({"address": rest[0]} if rest else {})}


def _free_name(taken: Sequence[str]) -> str:
    number = 1
    while f"server{number}" in taken:
        number += 1
    return f"server{number}"


class ServerRowsRow(FieldRow):
    """The servers of the cluster."""

    field: ServerRows

    def __init__(self, field: ServerRows, given: Default) -> None:
        super().__init__(field, given)
        rows = given.value if isinstance(given.value, list) else []
        self.rows: list[Row] = [dict(row) for row in rows if isinstance(row, Mapping)]

    def compose(self) -> ComposeResult:
        """Lay out the table, the line to add one, and the note."""
        table = ServerTable(id=f"{self.id}-table", cursor_type="row", zebra_stripes=False)
        for column in self.field.columns:
            table.add_column(Cell(column.label), key=column.key)
        yield table
        yield from super().compose()

    def control(self) -> Iterator[Widget]:
        """Yield the line that adds a server."""
        yield PasteInput(
            id=f"{self.id}-value",
            classes="value",
            compact=True,
            max_length=1024,
            placeholder="admin@10.0.0.1:22 (Enter adds; empty goes on)",
        )

    def on_mount(self) -> None:
        """Fill the table."""
        super().on_mount()
        self._draw()

    @property
    def raw(self) -> Raw:
        """The rows as the answers file holds them."""
        return [dict(row) for row in self.rows]

    def problem(self) -> str | None:
        """Return the first thing that is wrong with a row, or with their number."""
        if len(self.rows) < self.field.minimum:
            needed = self.field.minimum
            servers = "one server" if needed == 1 else f"{needed} servers"
            return f"Add at least {servers}: type its login, such as admin@10.0.0.1, then Enter."
        for row in self.rows:
            refused = self._refusal(row)
            if refused:
                return f"{row.get('name') or row.get('ssh')}: {refused}"
        return self.field.check_rows(self.rows)

    def hint(self) -> str:
        """Return why it is asked, and the keys of the table."""
        keys = "↑ to the table: e edits a server, Ctrl+D removes it. Several lines can be pasted."
        return f"{self.field.why} {keys}"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A typed line is added; an empty one goes on."""
        event.stop()
        line = event.value.strip()
        if not line:
            self.post_message(self.GoOn(self))
        elif self._add((line,)):
            event.input.value = ""

    def on_paste_input_lines(self, event: PasteInput.Lines) -> None:
        """Several pasted lines become several servers."""
        event.stop()
        self._add(event.lines)

    def on_input_changed(self, event: Input.Changed) -> None:
        """An error goes away as soon as something is typed."""
        event.stop()
        self.show_problem(None)

    def _add(self, lines: Sequence[str]) -> bool:
        fresh: list[Row] = []
        for line in lines:
            row = read_line(line, [one["name"] for one in (*self.rows, *fresh) if "name" in one])
            refused = self._refusal(row) if fits(line) else NOT_A_SERVER
            if refused:
                self.show_problem(f"“{line}” was not added. {refused}")
                return False
            fresh.append(row)
        self.rows += fresh
        self._draw()
        self.show_problem(None)
        self.post_message(self.Altered(self))
        return True

    def _refusal(self, row: Row) -> str | None:
        refusals = (self.field.check_row(key, text) for key, text in row.items())
        return next((one for one in refusals if one), None)

    def on_server_table_wanted(self, event: ServerTable.Wanted) -> None:
        """Edit or remove the row under the cursor, or go on."""
        event.stop()
        at = self.query_one(ServerTable).cursor_row
        if event.what == "on":
            self.post_message(self.GoOn(self))
        elif not 0 <= at < len(self.rows):
            self.app.bell()
        elif event.what == "remove":
            gone = self.rows.pop(at)
            self._draw()
            self.post_message(self.Altered(self))
            self._note.update(f"! {gone.get('name')} is no longer on the list. {self.hint()}")
            if not self.rows:
                self.enter()
        else:
            self._edit(at)

    def _edit(self, at: int) -> None:
        def keep(row: Row | None) -> None:
            if row is not None:
                self.rows[at] = row
                self._draw()
                self.show_problem(self.problem())
                self.post_message(self.Altered(self))

        self.app.push_screen(ServerEditor(self.rows[at], self.field), keep)

    def _draw(self) -> None:
        table = self.query_one(ServerTable)
        at = table.cursor_row
        table.clear()
        for row in self.rows:
            table.add_row(*(Cell(row.get(one.key) or one.default) for one in self.field.columns))
        table.display = bool(self.rows)
        if self.rows:
            table.move_cursor(row=min(at, len(self.rows) - 1))

    def key_up(self) -> None:
        """Climb from the line into the table."""
        table = self.query_one(ServerTable)
        if table.display and not table.has_focus:
            table.focus()
