"""The questions themselves: each says why, offers something, and belongs somewhere."""

from __future__ import annotations

import re

import pytest

from wizard.interview import INTERVIEW
from wizard.interview.answers import complete, parse
from wizard.interview.complete import INTERVIEW_ONLY, offered
from wizard.interview.defaults import DEFAULTS, as_chosen
from wizard.interview.fields import Choice, Field, Raw, SecretField, ServerRows, Step
from wizard.interview.layout import ENTRIES
from wizard.model.secrets import NAMES
from wizard.model.settings import Settings

FIELDS = [field for step in INTERVIEW for field in step.fields]
CHOICES = [field for field in FIELDS if isinstance(field, Choice)]
MOST_PAGES = 12
PROGRESS_AND_OUTCOME = 2


def test_the_whole_walk_has_at_most_twelve_pages() -> None:
    assert len(INTERVIEW) + PROGRESS_AND_OUTCOME <= MOST_PAGES


def test_every_key_stands_once() -> None:
    for keys in ([step.key for step in INTERVIEW], [field.key for field in FIELDS]):
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("step", INTERVIEW, ids=lambda step: step.key)
def test_a_step_explains_itself_in_one_short_paragraph(step: Step) -> None:
    assert step.explain.endswith(".")
    assert len(step.explain.split()) <= 60
    assert "\n" not in step.explain


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_field_says_why_in_one_sentence(field: Field) -> None:
    assert field.why.endswith(".")
    assert len(re.findall(r"[.!?](?:\s|$)", field.why)) == 1
    assert field.label


@pytest.mark.parametrize("choice", CHOICES, ids=lambda field: field.key)
def test_a_choice_offers_one_of_its_options_and_explains_each(choice: Choice) -> None:
    values = [option.value for option in choice.options]
    assert choice.default({}).value in values
    assert len(values) == len(set(values))
    assert all(option.meaning.endswith(".") for option in choice.options)


def test_every_field_has_its_place() -> None:
    for field in FIELDS:
        if isinstance(field, SecretField):
            assert field.secret in NAMES
        elif isinstance(field, ServerRows):
            assert field.key == "servers"
        else:
            assert field.key in ENTRIES or field.key in INTERVIEW_ONLY


def test_an_offered_default_passes_its_own_check() -> None:
    without = {"cluster.name", "servers", "trust.material", "access.become_command"}
    for field in FIELDS:
        if not isinstance(field, SecretField) and field.key not in without:
            assert field.check(str(field.default({}).value)) is None, field.key


def test_the_defaults_of_the_questions_are_those_of_the_answers_file() -> None:
    offers = {field.key: field.default({}).value for field in FIELDS}
    for key in DEFAULTS:
        assert offers.get(key, as_chosen(DEFAULTS[key])) == as_chosen(DEFAULTS[key])


def test_no_default_of_the_answers_file_differs_from_the_settings() -> None:
    rows: Raw = [{"name": "a", "ssh": "b"}]
    parsed = parse(complete({"cluster.name": "x", "servers": rows}))
    wanted = Settings(cluster="x", servers=parsed.servers)
    assert parsed.access.agent
    assert (parsed.subject, parsed.policy, parsed.trust) == (
        wanted.subject,
        wanted.policy,
        wanted.trust,
    )
    assert parsed.lifetime_days == wanted.lifetime_days


def test_an_answer_is_offered_again_and_shadows_the_practice_cluster() -> None:
    field = next(field for field in FIELDS if field.key == "cluster.name")
    assert offered(field, {}, {"cluster.name": "practice"}).source == "from the practice cluster"
    assert offered(field, {"cluster.name": "mine"}, {"cluster.name": "practice"}).value == "mine"


def test_the_way_to_log_in_decides_what_else_is_asked() -> None:
    def asked(given: dict[str, Raw]) -> set[str]:
        return {field.key for field in FIELDS if field.applies(given)}

    assert "secret.ssh_password" not in asked({})
    assert "secret.ssh_password" in asked({"login": "password"})
    assert "access.identity_file" in asked({"login": "identity"})
    assert "secret.sudo_password" in asked({"access.become": "sudo-password"})
    assert "access.become_command" in asked({"access.become": "command"})
    assert "access.become_command" not in asked({"access.become": "sudo"})
    assert "trust.ca_key" not in asked({"trust.model": "self-signed"})
    assert "secret.ca_password" in asked({"ca_password": "ask"})
    assert "secret.ca_password" not in asked({"ca_password": "ask", "trust.ca_key": "destroy"})
