"""Passwords: typed without being shown, twice where a slip would lock a server out."""

from __future__ import annotations

from wizard.interview.fields import SecretField
from wizard.prompts.asker import Asker
from wizard.prompts.questions import BACK, HELP, Went, ended, paragraph
from wizard.secret import Secret


def ask_secret(
    asker: Asker, field: SecretField, present: Secret | None, inputs: tuple[str, ...]
) -> Secret | Went | None:
    """Ask for a secret; None when it is optional and was left empty.

    Args:
        asker: who is asked.
        field: the question.
        present: the one typed before, kept by an empty line.
        inputs: words that make a password easy to guess, such as the cluster's name.
    """
    note = _note(field, present)
    while True:
        typed = _hidden(asker, f"{field.label} [{note}]: ", field.key)
        if typed in BACK:
            return Went.BACK
        if typed == HELP:
            paragraph(asker, field.why)
            paragraph(asker, f"What you type is not shown. {BACK[1]} goes back one question.")
        elif typed == "" and (present or field.optional):
            return present
        elif _accepted(asker, field, typed, inputs):
            return Secret(typed)


def _note(field: SecretField, present: Secret | None) -> str:
    if present:
        return "Enter keeps the one you typed before"
    return "not shown; Enter for none" if field.optional else "not shown while you type"


def _hidden(asker: Asker, prompt: str, key: str) -> str:
    try:
        return asker.hidden(prompt)
    except EOFError as error:
        raise ended(key) from error


def _accepted(asker: Asker, field: SecretField, typed: str, inputs: tuple[str, ...]) -> bool:
    refusal = _refusal(field, typed)
    if refusal:
        paragraph(asker, refusal)
        return False
    if field.rate:
        _say_strength(asker, typed, inputs)
    if field.twice and _hidden(asker, f"{field.label}, again: ", field.key) != typed:
        asker.say("The two did not match; type it again.")
        return False
    return True


def _refusal(field: SecretField, typed: str) -> str | None:
    if not typed:
        return "Type the password; it can't be empty."
    if not field.rate:
        return None
    from wizard.pki.passwords import check_password  # noqa: PLC0415 - brings in cryptography

    return check_password(typed)


def _say_strength(asker: Asker, typed: str, inputs: tuple[str, ...]) -> None:
    from wizard.pki.passwords import strength  # noqa: PLC0415 - brings in zxcvbn

    paragraph(asker, f"Strength: {strength(typed, inputs).word}.")
