"""A secret that the answers call for is missed before any server hears of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wizard.errors import SecretsError
from wizard.interview.needed_secrets import missing_secrets, with_missing
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, Become, KeyPassword, ServerSettings, Settings
from wizard.secret import Secret

PLAIN = Settings(
    cluster="payments",
    servers=(
        ServerSettings(name="server1", ssh="a@b"),
        ServerSettings(name="server2", ssh="a@c"),
    ),
)
EVERYTHING = replace(
    PLAIN,
    access=AccessSettings(ask_password=True, become=Become.SUDO_PASSWORD),
    key_password=KeyPassword.ASK,
    login_user="neo4j",
)
ALL = ("ssh_password", "sudo_password", "key_password", "neo4j_password")
GIVEN = Secrets(common={name: Secret("x") for name in ALL})


def test_answers_without_passwords_need_no_secret() -> None:
    assert missing_secrets(PLAIN, Secrets(), makes_keys=True) == ()


def test_every_password_that_was_answered_is_needed() -> None:
    assert missing_secrets(EVERYTHING, Secrets(), makes_keys=True) == ALL
    assert missing_secrets(EVERYTHING, Secrets(), makes_keys=False) == (*ALL[:2], ALL[3])
    assert missing_secrets(EVERYTHING, GIVEN, makes_keys=True) == ()


def test_a_password_for_one_server_only_leaves_the_other_without() -> None:
    own = {"server1": {"ssh_password": Secret("x")}}
    settings = replace(PLAIN, access=AccessSettings(ask_password=True))
    assert missing_secrets(settings, Secrets(by_server=own), makes_keys=False) == ALL[:1]


def test_without_a_person_the_missing_secret_is_named() -> None:
    with pytest.raises(SecretsError) as refused:
        with_missing(EVERYTHING, Secrets(), makes_keys=True, ask=None)
    assert refused.value.key == "ssh_password"


def test_a_person_is_asked_for_what_is_missing_alone() -> None:
    asked: list[str] = []

    def ask(question: str) -> Secret:
        asked.append(question)
        return Secret("typed")

    secrets = with_missing(EVERYTHING, Secrets(), makes_keys=True, ask=ask)
    assert len(asked) == len(ALL)
    assert secrets.of("sudo_password") == Secret("typed")
    assert with_missing(EVERYTHING, GIVEN, makes_keys=True, ask=ask) == GIVEN
    assert len(asked) == len(ALL)
