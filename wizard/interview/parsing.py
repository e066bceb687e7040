"""From checked answers to the settings that every other room reads."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.errors import AnswerError
from wizard.interview import checks
from wizard.interview.defaults import (
    DEFAULTS,
    ROW_DEFAULTS,
    VERSION_DEFAULT,
    YES,
    as_chosen,
    usual_algorithm,
)
from wizard.interview.fields import Raw
from wizard.interview.given import server_rows, tls_versions, uses_agent
from wizard.model.settings import (
    DETECT,
    SHARED_CA_ACCEPTED,
    AccessSettings,
    Become,
    CaKey,
    ClientAuth,
    JavaTrustStore,
    KeyAlgorithm,
    KeyPassword,
    KeyPasswordIn,
    KitSettings,
    PolicySettings,
    ServerSettings,
    Settings,
    Subject,
    TrustModel,
    VerifyHostname,
)
from wizard.model.version import Version


def parse(answers: Mapping[str, Raw]) -> Settings:
    """Return the settings that checked answers stand for, with every default filled in.

    The answers must have passed `load` or the checks of the fields; a value that did not is a
    ValueError.
    """
    version = _text(answers, "neo4j")
    return Settings(
        cluster=_text(answers, "cluster.name"),
        servers=tuple(_server(row) for row in server_rows(answers)),
        neo4j=None if version == DETECT else Version.parse(version),
        secrets_file=_text(answers, "secrets") or None,
        access=_access(answers),
        trust=TrustModel(_text(answers, "trust.model")),
        ca_key=CaKey(_text(answers, "trust.ca_key")),
        subject=_subject(answers),
        algorithm=KeyAlgorithm(str(answers.get("keys.algorithm", usual_algorithm(answers)))),
        key_password=KeyPassword(_text(answers, "keys.password")),
        key_password_in=KeyPasswordIn(_text(answers, "keys.password_in")),
        lifetime_days=int(_text(answers, "keys.lifetime_days")),
        policy=_policy(answers),
        login_user=_text(answers, "neo4j_login.user") or None,
        material=_text(answers, "trust.material") or None,
        shared_ca_accepted=_text(answers, "trust.shared_ca") == SHARED_CA_ACCEPTED,
        suspended=_words(answers, "apply.suspended"),
        intermediate=_is(answers, "trust.intermediate"),
        name_constraints=_is(answers, "trust.name_constraints"),
        ca_copy=_text(answers, "trust.ca_copy") or None,
        kit=KitSettings(
            backup=_is(answers, "kit.backup"),
            java_trust_store=JavaTrustStore(_text(answers, "kit.java_trust_store")),
        ),
    )


def _text(answers: Mapping[str, Raw], key: str) -> str:
    value = answers.get(key, DEFAULTS.get(key, ""))
    return str(value)


def _is(answers: Mapping[str, Raw], key: str) -> bool:
    """Return a yes or no, as the file or as a choice of the interview holds it."""
    return as_chosen(answers.get(key, DEFAULTS[key])) == YES


def _words(answers: Mapping[str, Raw], key: str) -> tuple[str, ...]:
    listed = answers.get(key, [])
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def _server(row: Mapping[str, str]) -> ServerSettings:
    filled = {**ROW_DEFAULTS, **row}
    return ServerSettings(
        name=filled["name"],
        ssh=filled["ssh"],
        address=filled["address"],
        home=filled["home"],
        conf=filled["conf"],
        logs=filled["logs"],
        service=filled["service"],
        material=filled.get("material") or None,
    )


def _access(answers: Mapping[str, Raw]) -> AccessSettings:
    return AccessSettings(
        identity_file=_text(answers, "access.identity_file") or None,
        agent=uses_agent(answers),
        ask_password=bool(answers.get("access.password")),
        jump=_text(answers, "access.jump") or None,
        known_hosts=_text(answers, "access.known_hosts"),
        become=Become(_text(answers, "access.become")),
        become_command=_become_command(answers),
    )


def _become_command(answers: Mapping[str, Raw]) -> str:
    """Return the command where it is used.

    Raises:
        AnswerError: it is to be used, and not named.
    """
    if _text(answers, "access.become") != Become.COMMAND.value:
        return ""
    named = _text(answers, "access.become_command")
    if refusal := checks.become_command(named):
        raise AnswerError("access.become_command", refusal)
    return named


def _subject(answers: Mapping[str, Raw]) -> Subject:
    return Subject(
        country=_text(answers, "subject.country"),
        state=_text(answers, "subject.state"),
        locality=_text(answers, "subject.locality"),
        organization=_text(answers, "subject.organization"),
        organizational_unit=_text(answers, "subject.organizational_unit"),
        common_name=_text(answers, "subject.common_name"),
        email=_text(answers, "subject.email"),
    )


def _policy(answers: Mapping[str, Raw]) -> PolicySettings:
    versions = tls_versions(answers.get("policy.tls_versions", VERSION_DEFAULT))
    return PolicySettings(
        client_auth=ClientAuth(_text(answers, "policy.client_auth")),
        verify_hostname=VerifyHostname(_text(answers, "policy.verify_hostname")),
        tls_versions=tuple(versions) if versions else None,
    )
