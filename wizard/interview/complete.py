"""From an interview's answers to those of the answers file, with every default written out."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.interview import INTERVIEW
from wizard.interview.access import IDENTITY, PASSWORD, login_of
from wizard.interview.defaults import (
    DEFAULTS,
    NO,
    ROW_DEFAULTS,
    VERSION_DEFAULT,
    YES,
    as_chosen,
    usual_algorithm,
)
from wizard.interview.fields import Default, Field, Given, Raw
from wizard.interview.given import Answers, server_rows, tls_versions, uses_agent
from wizard.interview.layout import ASK, ENTRIES, ROW_KEYS
from wizard.interview.trust import brings

_YES_OR_NO = ("trust.intermediate", "trust.name_constraints", "kit.backup")
INTERVIEW_ONLY = ("walk", "login", "backup", "ca_password", "expands_commands")
"""Keys that steer the questions and have no place in the answers file."""


def complete(given: Given) -> Answers:
    """Return the whole answers file of an interview or of a shorter answers file.

    Answers to questions that no longer apply are dropped, the way to log in is written as the
    file knows it, and everything else gets its default. Completing twice changes nothing.
    """
    settled = _settled_login(_applying(given))
    filled: dict[str, Raw] = {}
    for key in ENTRIES:
        usual = usual_algorithm(settled) if key == "keys.algorithm" else DEFAULTS.get(key, "")
        value = settled.get(key, usual)
        if ENTRIES[key].type is bool and value in (YES, NO):
            value = value == YES
        if value != "" or key in DEFAULTS:
            filled[key] = value
    filled["access.agent"] = uses_agent(settled)
    filled["keys.lifetime_days"] = int(str(filled["keys.lifetime_days"]))
    filled["policy.tls_versions"] = tls_versions(filled["policy.tls_versions"]) or VERSION_DEFAULT
    filled["servers"] = [_filled_row(row) for row in server_rows(settled)]
    return Answers(filled)


def for_interview(answers: Given) -> Answers:
    """Return the answers of a file as an interview offers them: as its choices hold them."""
    shown = {"login": login_of(answers), **answers}
    shown |= {key: as_chosen(shown[key]) for key in _YES_OR_NO if key in shown}
    versions = tls_versions(shown.get("policy.tls_versions", VERSION_DEFAULT))
    if versions:
        shown["policy.tls_versions"] = ",".join(versions)
    return Answers(shown)


def unasked(answers: Given) -> Answers:
    """Return the answers of a file that no question asks for, such as `access.known_hosts`."""
    asked = {field.key for step in INTERVIEW for field in step.fields}
    return Answers({key: value for key, value in answers.items() if key not in asked | {"login"}})


def offered(field: Field, given: Given, practice: Given | None = None) -> Default:
    """Return what a field offers: what was answered before, the practice cluster's, its default."""
    usual = field.default(given)
    if given.get(field.key, usual.value) != usual.value:
        return Default(value=given[field.key], source="your answer")
    if field.key in given:
        return usual
    if practice is not None and field.key in practice:
        return Default(value=practice[field.key], source="from the practice cluster")
    return usual


def fields_of(given: Given) -> tuple[Field, ...]:
    """Return the fields that are asked with these answers, in their order."""
    return tuple(
        field
        for step in INTERVIEW
        if step.applies(given)
        for field in step.fields
        if field.applies(given)
    )


def _applying(given: Given) -> dict[str, Raw]:
    asked = {field.key for step in INTERVIEW for field in step.fields}
    apply = {field.key for field in fields_of(given)}
    if brings(given):  # a request asks for no place, and takes one that was named
        apply.add("trust.material")
    return {key: value for key, value in given.items() if key not in asked or key in apply}


def _settled_login(given: Mapping[str, Raw]) -> dict[str, Raw]:
    login = given.get("login")
    if login is None:
        return dict(given)
    others = {
        key: value
        for key, value in given.items()
        if key not in {"access.agent", "access.password", "access.identity_file"}
    }
    if login == IDENTITY:
        return {**others, "access.identity_file": given.get("access.identity_file", "")}
    return {**others, "access.password": ASK} if login == PASSWORD else others


def _filled_row(row: Mapping[str, str]) -> dict[str, str]:
    filled = {**ROW_DEFAULTS, **{key: value for key, value in row.items() if value}}
    return {key: filled[key] for key in ROW_KEYS if key in filled}
