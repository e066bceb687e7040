"""A password typed where nobody reads along: no copy, no cut, a meter instead of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from screens.widgets.field_row import FieldRow
from wizard.interview.fields import Default, Raw, SecretField
from wizard.secret import Secret

METER = 5


class SecretInput(Input):
    """Bullets only; what is typed never reaches the clipboard."""

    pasted_more: ClassVar[str] = "The pasted text had several lines; none was taken."

    def __init__(self, *, identity: str, placeholder: str = "") -> None:
        super().__init__(
            password=True,
            id=identity,
            classes="value",
            compact=True,
            placeholder=placeholder,
            max_length=1024,
        )

    def action_copy(self) -> None:
        """A secret is not copied."""
        self.app.bell()

    def action_cut(self) -> None:
        """A secret is not cut."""
        self.app.bell()

    def _on_paste(self, event: events.Paste) -> None:
        if "\n" in event.text.strip("\r\n") or "\r" in event.text.strip("\r\n"):
            event.stop()
            event.prevent_default()
            self.notify(self.pasted_more, severity="warning", markup=False)


class SecretRow(FieldRow):
    """A password, typed twice where a slip would hurt, with its strength."""

    field: SecretField

    def __init__(
        self,
        field: SecretField,
        kept: Secret | None,
        rate: Callable[[str], tuple[int, str]] | None,
        refuse: Callable[[str], str | None] | None,
    ) -> None:
        super().__init__(field, Default(value="", source=""))
        self._kept = kept
        self._rate = rate if field.rate else None
        self._refuse = refuse if refuse and field.rate else lambda _typed: None

    def compose(self) -> ComposeResult:
        """Lay out one or two inputs, the meter and the note."""
        yield from super().compose()
        if self.field.twice:
            with Horizontal(classes="line"):
                yield Label("Once more", classes="label", markup=False)
                yield SecretInput(identity=f"{self.id}-again")
        if self._rate is not None:
            yield Static("", classes="meter", markup=False)

    def control(self) -> Iterator[Widget]:
        """Yield the first input."""
        kept = "kept as it was; type to replace it" if self._kept else ""
        yield SecretInput(identity=f"{self.id}-value", placeholder=kept)

    def _typed(self, which: str) -> str:
        found = self.query(f"#{self.id}-{which}").results(Input)
        return next((one.value for one in found), "")

    @property
    def raw(self) -> Raw:
        """Never a raw answer: secrets travel apart."""
        return ""

    @property
    def secret(self) -> Secret | None:
        """The password as typed, or the one that was kept."""
        typed = self._typed("value")
        return Secret(typed) if typed else self._kept

    def problem(self) -> str | None:
        """Return what is wrong with it, without ever naming it."""
        typed = self._typed("value")
        if not typed and self._kept:
            return None
        if not typed and not self.field.optional:
            return "Type the password; nothing is shown of it but its length."
        refused = self.field.check(typed) or (self._refuse(typed) if typed else None)
        if refused:
            return refused
        if self.field.twice and typed != self._typed("again"):
            return "The two entries differ: type the same password in both fields."
        return None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Rate what is typed in the first field."""
        event.stop()
        self.show_problem(None)
        if self._rate is not None and event.input.id == f"{self.id}-value":
            self._draw_meter(self._rate, event.input.value)
        self.post_message(self.Altered(self))

    def _draw_meter(self, rate: Callable[[str], tuple[int, str]], typed: str) -> None:
        meter = self.query_one(".meter", Static)
        if not typed:
            meter.update("")
            return
        score, word = rate(typed)
        bar = "▰" * (score + 1) + "▱" * (METER - score - 1)
        colour = "$text-success" if score >= METER - 2 else "$text-warning"
        meter.update(Content.assemble((bar, colour), f" {word}"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the second entry, then on."""
        event.stop()
        again = self.query(f"#{self.id}-again")
        if again and event.input.id == f"{self.id}-value" and self._typed("value"):
            again.first().focus()
            return
        self.post_message(self.GoOn(self))
