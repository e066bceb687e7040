"""A step as a form: keys, defaults, checks, and answers that are never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events, work
from textual.app import App
from textual.widgets import Input

from screens import STYLESHEET
from screens.place import Left, Place
from screens.server_editor import ServerEditor
from screens.step import StepScreen
from screens.widgets.choices import ChoiceRow
from screens.widgets.field_row import widget_id
from screens.widgets.server_rows import PasteInput, ServerRowsRow, read_line
from wizard.interview import INTERVIEW
from wizard.interview.fields import Default, Raw, Step, Text
from wizard.pki.passwords import check_password

BY_KEY = {step.key: step for step in INTERVIEW}
CANARY = "Canary-7Q2f-xyzzy-Plugh"
HOSTILE = "[bold]x[/nope] \x1b]52;c;aGk=\x07 [@click=app.exit]y[/]"


class Form(App[Left]):
    """One step and nothing else."""

    CSS_PATH = STYLESHEET

    def __init__(self, step: Step, given: dict[str, Raw] | None = None) -> None:
        super().__init__()
        self.step, self.given = step, given or {}
        self.left: Left | None = None

    def on_mount(self) -> None:
        self.ask()

    @work
    async def ask(self) -> None:
        place = Place(title=self.step.title, explain=self.step.explain)
        screen = StepScreen(
            place,
            self.step,
            self.given,
            rate=lambda typed: (min(4, len(typed) // 5), "some word"),
            refuse=check_password,
        )
        self.left = await self.push_screen_wait(screen)


def row_of(app: App[Any], identity: str) -> Any:
    return app.screen.query_one(f"#{identity}")


async def typed(pilot: Any, text: str) -> None:
    for letter in text:
        await pilot.press("space" if letter == " " else letter)


async def test_enter_goes_from_field_to_field_and_then_on(until: Any) -> None:
    app = Form(BY_KEY["subject"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        for _ in BY_KEY["subject"].fields:
            assert app.left is None
            await pilot.press("enter")
        await until(pilot, lambda: app.left is not None)
    assert app.left is not None
    assert app.left.forward
    assert app.left.answers["subject.common_name"] == "{address}"


async def test_back_keeps_what_was_typed(until: Any) -> None:
    app = Form(BY_KEY["subject"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("enter")
        await typed(pilot, "Cornwall")
        await pilot.press("escape")
        await until(pilot, lambda: app.left is not None)
    assert app.left is not None
    assert not app.left.forward
    assert app.left.answers["subject.state"] == "Cornwall"


async def test_a_country_is_found_by_its_name(until: Any, shown: Callable[[Any], str]) -> None:
    app = Form(BY_KEY["subject"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await typed(pilot, "switz")
        await until(pilot, lambda: "CH - Switzerland" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: row_of(app, "subject-country-value").value == "CH")
        assert app.focused is not None
        assert app.focused.id == "subject-state-value"


async def test_a_refused_answer_gets_its_sentence_and_keeps_the_focus(
    until: Any, shown: Callable[[Any], str]
) -> None:
    app = Form(BY_KEY["keys"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        field = row_of(app, "keys-lifetime-days-value")
        field.focus()
        field.value = "tomorrow"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "Write a whole number of days" in shown(app))
        assert app.focused is field
        assert app.left is None
        await pilot.press("home", "shift+end", "4", "0", "0")
        assert "Write a whole number" not in shown(app)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.left is not None)
    assert app.left is not None
    assert app.left.answers["keys.lifetime_days"] == 400


async def test_a_choice_shows_what_the_marked_option_means(
    until: Any, shown: Callable[[Any], str]
) -> None:
    app = Form(BY_KEY["policy"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "mutual" in shown(app))
        await pilot.press("down", "down")
        await until(pilot, lambda: "Nobody who connects is checked" in shown(app))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.left is not None)
    assert app.left is not None
    assert app.left.answers["policy.client_auth"] == "NONE"


async def test_questions_appear_only_where_they_apply(until: Any) -> None:
    app = Form(BY_KEY["keys"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        secret = row_of(app, "secret-key-password")
        assert not secret.display
        app.screen.query_one("#keys-password", ChoiceRow).enter()
        await pilot.press("down")
        await until(pilot, lambda: bool(secret.display))


async def ask_for_password(pilot: Any, until: Any) -> Any:
    app = pilot.app
    await until(pilot, lambda: app.focused is not None)
    app.screen.query_one("#keys-password", ChoiceRow).enter()
    await pilot.press("down", "enter")
    await until(pilot, lambda: app.focused.id == "secret-key-password-value")
    return app.focused


async def test_a_secret_reaches_neither_clipboard_nor_picture_nor_answers(
    until: Any, shown: Callable[[Any], str]
) -> None:
    app = Form(BY_KEY["keys"])
    async with app.run_test(size=(80, 24)) as pilot:
        field = await ask_for_password(pilot, until)
        await typed(pilot, CANARY)
        field.action_select_all()
        await pilot.press("ctrl+c", "ctrl+x")
        assert field.value == CANARY
        assert app.clipboard == ""
        assert CANARY not in app.export_screenshot()
        assert CANARY not in shown(app)
        await pilot.press("enter")
        await typed(pilot, CANARY)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.left is not None)
    assert app.left is not None
    assert CANARY not in repr(app.left)
    assert app.left.secrets["key_password"].reveal() == CANARY


async def test_two_different_entries_are_refused(until: Any, shown: Callable[[Any], str]) -> None:
    app = Form(BY_KEY["keys"])
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_for_password(pilot, until)
        await typed(pilot, CANARY)
        await pilot.press("enter")
        await typed(pilot, "Canary")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "The two entries differ" in shown(app))
    assert app.left is None


async def test_a_paste_of_several_lines_is_no_password(until: Any) -> None:
    app = Form(BY_KEY["keys"])
    async with app.run_test(size=(80, 24)) as pilot:
        field = await ask_for_password(pilot, until)
        field.post_message(events.Paste(f"{CANARY}\nrm -rf /"))
        await pilot.pause()
        assert field.value == ""
        field.post_message(events.Paste(CANARY))
        await until(pilot, lambda: field.value == CANARY)


async def test_pasted_lines_become_servers(until: Any) -> None:
    app = Form(BY_KEY["servers"], {"cluster.name": "payments"})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        row = app.screen.query_one(ServerRowsRow)
        row.enter()
        await until(pilot, lambda: isinstance(app.focused, PasteInput))
        assert app.focused is not None
        app.focused.post_message(
            events.Paste("admin@10.0.0.1\nalpha root@10.0.0.2:2222 n2.example.com\n\n")
        )
        await until(pilot, lambda: len(row.rows) == 2)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.left is not None)
    assert app.left is not None
    assert app.left.answers["servers"] == [
        {"name": "server1", "ssh": "admin@10.0.0.1"},
        {"name": "alpha", "ssh": "root@10.0.0.2:2222", "address": "n2.example.com"},
    ]


async def test_a_server_can_be_edited_and_removed_by_keyboard(until: Any) -> None:
    rows = [{"name": "a", "ssh": "x@h1"}, {"name": "b", "ssh": "x@h2"}]
    app = Form(BY_KEY["servers"], {"cluster.name": "payments", "servers": rows})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        row = app.screen.query_one(ServerRowsRow)
        row.enter()
        await pilot.press("up")
        await pilot.press("d", "ctrl+d")
        await until(pilot, lambda: len(row.rows) == 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ServerEditor))
        await pilot.press("c", "ctrl+n")
        await until(pilot, lambda: not isinstance(app.screen, ServerEditor))
        assert row.rows == [{"name": "c", "ssh": "x@h2"}]


async def test_no_servers_is_refused_with_what_to_type(
    until: Any, shown: Callable[[Any], str]
) -> None:
    app = Form(BY_KEY["servers"], {"cluster.name": "payments"})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "such as admin@10.0.0.1" in shown(app))
    assert app.left is None


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("me@host", {"name": "server2", "ssh": "me@host"}),
        ("alias", {"name": "server2", "ssh": "alias"}),
        (
            "me@host, n.example.com",
            {"name": "server2", "ssh": "me@host", "address": "n.example.com"},
        ),
        ("n1 me@host", {"name": "n1", "ssh": "me@host"}),
    ],
)
def test_a_line_is_read_as_people_write_it(line: str, row: dict[str, str]) -> None:
    assert read_line(line, ["server1"]) == row


async def test_words_from_outside_are_shown_and_never_obeyed(
    until: Any, shown: Callable[[Any], str]
) -> None:
    field = Text(
        key="a.b",
        label="[red]Label[/red]",
        why="[bold]why[/nope] [@click=app.exit]y[/]",
        default=lambda _given: Default(value="[link=x]v[/]", source="[i]somewhere"),
        check=lambda text: f"[blink]{text}[/wrong] is refused." if text == "bad" else None,
    )
    app = Form(Step(key="s", title="[u]Title", explain="[reverse]explain[/x]", fields=(field,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "[bold]why[/nope] [@click=app.exit]y[/]" in shown(app))
        for words in ("[red]Label[/red]", "[u]Title", "[reverse]explain[/x]", "[link=x]v[/]"):
            assert words in shown(app)
        app.screen.query_one(Input).value = "bad"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "[blink]bad[/wrong] is refused." in shown(app))


@pytest.mark.parametrize("step", [step for step in INTERVIEW if step.fields], ids=lambda s: s.key)
async def test_a_step_begins_at_its_first_field_and_bears_every_size(
    step: Step, until: Any
) -> None:
    app = Form(step, {"walk": "own"})
    async with app.run_test(size=(50, 12)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        assert app.focused is not None
        assert app.focused.id == f"{widget_id(step.fields[0].key)}-value"
        for width, height in ((120, 40), (80, 24), (20, 5)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
        await pilot.press("tab", "down", "f1", "escape")
        assert app.is_running
