"""A box to change one server of the list: its name, login, address and where Neo4j stands."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from wizard.interview.fields import Column, ServerRows
from wizard.model.settings import DETECT

PLACES = (
    Column(key="home", label="NEO4J_HOME", why="The folder of Neo4j; detect finds it."),
    Column(
        key="conf",
        label="neo4j.conf is in",
        why="detect finds it; packages keep it in /etc/neo4j.",
    ),
    Column(
        key="logs",
        label="debug.log is in",
        why="detect finds it; packages keep it in /var/log/neo4j.",
    ),
    Column(
        key="service",
        label="Service",
        why="systemd:NAME, bin for bin/neo4j, or detect.",
    ),
)
"""Where Neo4j stands; the table has no room for these, because the survey nearly always knows."""


Row = dict[str, str]


class ServerEditor(ModalScreen[Row | None]):
    """Every value of one server; Enter on the last one keeps them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("ctrl+n", "keep", "Keep"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, row: Row, field: ServerRows) -> None:
        super().__init__()
        self._row = row
        self._field = field
        places = (replace(place, default=DETECT) for place in PLACES)
        self._columns = (*field.columns, *places)

    def compose(self) -> ComposeResult:
        """Lay out one line a value."""
        with Vertical(id="server-box"):
            for column in self._columns:
                with Horizontal(classes="line"):
                    yield Label(column.label, classes="label", markup=False)
                    yield Input(
                        self._row.get(column.key, column.default),
                        id=f"server-{column.key}",
                        placeholder=f"e.g. {column.placeholder}" if column.placeholder else "",
                        compact=True,
                        max_length=4096,
                    )
            yield Static("", id="server-note", markup=False)
            with Horizontal(id="ask-answers"):
                yield Button("Keep", id="keep", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_descendant_focus(self) -> None:
        """Explain the value that has the focus."""
        focused = self.focused
        for column in self._columns:
            if focused is not None and focused.id == f"server-{column.key}":
                self.query_one("#server-note", Static).update(column.why)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go down one line; on the last one, keep."""
        event.stop()
        if event.input.id == f"server-{self._columns[-1].key}":
            self.action_keep()
        else:
            self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Keep or leave."""
        event.stop()
        if event.button.id == "keep":
            self.action_keep()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Return without a change."""
        self.dismiss(None)

    def action_keep(self) -> None:
        """Check every value; return them, or stop at the first that is refused."""
        row = dict(self._row)
        for column in self._columns:
            field = self.query_one(f"#server-{column.key}", Input)
            text = field.value.strip() or column.default
            refused = self._field.check_row(column.key, text)
            if refused:
                field.focus()
                self.call_after_refresh(self._show, f"✗ {refused}")
                return
            if text != column.default or column.key in row:
                row[column.key] = text
        self.dismiss(row)

    def _show(self, sentence: str) -> None:
        self.query_one("#server-note", Static).update(sentence)
