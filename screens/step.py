"""One screen for most steps: a form drawn from the step's fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from textual.widget import Widget

from screens.frame import WizardScreen
from screens.place import Left, Place
from screens.widgets.choices import ChoiceRow
from screens.widgets.field_row import FieldRow
from screens.widgets.secret_row import SecretRow
from screens.widgets.server_rows import ServerRowsRow
from screens.widgets.text_row import TextRow
from wizard.interview.complete import offered
from wizard.interview.fields import (
    Choice,
    Default,
    Field,
    Given,
    Number,
    Option,
    Raw,
    SecretField,
    ServerRows,
    Step,
    Text,
)
from wizard.secret import Secret

Rate = Callable[[str], tuple[int, str]]


Offer = Callable[[Field, Given], Default]
"""What a field starts with, given the answers so far, and where that came from."""


class StepScreen(WizardScreen):
    """The fields of a step; Enter goes from one to the next, and from the last to the next page."""

    def __init__(
        self,
        place: Place,
        step: Step,
        given: Given,
        *,
        offer: Offer = offered,
        secrets: Mapping[str, Secret] | None = None,
        rate: Rate | None = None,
        refuse: Callable[[str], str | None] | None = None,
    ) -> None:
        super().__init__(place)
        self.step = step
        self.given = given
        self._secrets = secrets or {}
        self._offer = offer
        self._rate = rate
        self._refuse = refuse
        self.rows = [self._row(field) for field in step.fields]

    def page(self) -> Iterator[Widget]:
        """Yield one row a field."""
        yield from self.rows

    def on_mount(self) -> None:
        """Hide what does not apply, and start at the first field."""
        self._apply()
        self.focus_first()

    def focus_first(self) -> None:
        """Focus the first field, or Next when there is none."""
        shown = self.shown_rows()
        if shown:
            shown[0].enter()
        else:
            self.query_one("#next").focus()

    def shown_rows(self) -> list[FieldRow]:
        """Return the rows that apply at present."""
        return [row for row in self.rows if row.display]

    def answers(self) -> dict[str, Raw]:
        """Return the answers of the fields that apply."""
        return {
            row.field.key: row.raw for row in self.shown_rows() if not isinstance(row, SecretRow)
        }

    def secrets(self) -> dict[str, Secret]:
        """Return the secrets of the fields that apply."""
        rows = [row for row in self.shown_rows() if isinstance(row, SecretRow)]
        return {row.field.secret: row.secret for row in rows if row.secret is not None}

    def on_field_row_go_on(self, event: FieldRow.GoOn) -> None:
        """Check this field, then focus the next one, or accept the page."""
        event.stop()
        shown = self.shown_rows()
        if event.row not in shown:  # a second Enter, while the screen is going already
            return
        problem = event.row.problem()
        if problem is not None:
            event.row.show_problem(problem)
            return
        after = shown[shown.index(event.row) + 1 :]
        if after:
            after[0].enter()
        else:
            self.action_next()

    def on_field_row_altered(self, event: FieldRow.Altered) -> None:
        """An answer may make other questions appear or go."""
        event.stop()
        self._apply()

    def action_next(self) -> None:
        """Accept the page, or focus the first field that is wrong."""
        for row in self.shown_rows():
            problem = row.problem()
            if problem is not None:
                row.enter()
                self.call_after_refresh(row.show_problem, problem)
                return
        self.leave(Left(forward=True, answers=self.answers(), secrets=self.secrets()))

    def action_back(self) -> None:
        """Go back with what was typed, finished or not."""
        if self.place.can_go_back:
            self.leave(Left(forward=False, answers=self.answers(), secrets=self.secrets()))

    def _apply(self) -> None:
        given = {**self.given}
        for row in self.rows:
            row.display = row.field.applies(given)
            if row.display and not isinstance(row, SecretRow):
                if isinstance(row, ChoiceRow):
                    row.choices.offer(_options(row.field, given))
                given[row.field.key] = row.raw

    def _row(self, field: Field) -> FieldRow:
        if isinstance(field, SecretField):
            return SecretRow(field, self._secrets.get(field.secret), self._rate, self._refuse)
        given = self._offer(field, self.given)
        if isinstance(field, Choice):
            options = _options(field, self.given)
            return ChoiceRow(field, given, options)
        if isinstance(field, ServerRows):
            return ServerRowsRow(field, given)
        if isinstance(field, (Text, Number)):
            return TextRow(field, given)
        raise TypeError(f"no row draws a {type(field).__name__}")


def _options(field: Choice, given: Given) -> tuple[Option, ...]:
    return tuple(option for option in field.options if option.applies(given)) or field.options
