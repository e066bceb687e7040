"""Passwords of private keys in neo4j.conf; their values are never shown."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.telling import named, tell
from wizard.neo4j.lint.reading import Reading

_SUFFIX = "private_key_password"


def key_passwords(reading: Reading) -> Iterator[Finding]:
    """Find passwords that stand in the clear, that Neo4j reads in another way, or can't use."""
    for name, given in reading.policies.items():
        known = reading.rules.named_policies or name in reading.rules.scopes
        if not known or _SUFFIX not in given:
            continue
        key, value = f"{PREFIX}{name}.{_SUFFIX}", given[_SUFFIX]
        if not reading.rules.key_passwords:
            yield _not_supported(reading, key)
        elif not value.strip():
            yield _empty(reading, key)
        elif not (is_command(value) and reading.rules.expands_commands):
            yield from _trimmed(reading, key, value)
            yield _in_the_clear(reading, key)


def _not_supported(reading: Reading, key: str) -> Finding:
    return tell(
        reading,
        Severity.ERROR,
        "key-password-not-supported",
        f"Neo4j {reading.version} opens no private key with a password, and refuses to start "
        f"because {named(key)} is set.",
        "Remove the line, and use a key in PKCS#8 without a password that only Neo4j's user can "
        "read.",
        key=key,
        evidence="Loading private keys with passwords is not yet supported",
    )


def _empty(reading: Reading, key: str) -> Finding:
    fatal = reading.rules.password_on_plain_key_is_fatal
    return tell(
        reading,
        Severity.WARNING if fatal else Severity.NOTE,
        "key-password-empty",
        f"{named(key)} is empty, which counts as a password"
        + (": with a key that has none Neo4j refuses to start." if fatal else "."),
        "Remove the line if the key has no password.",
        key=key,
        evidence="Passphrase was provided but found un-encrypted private key." if fatal else "",
    )


def _trimmed(reading: Reading, key: str, value: str) -> Iterator[Finding]:
    if value != value.strip():
        yield tell(
            reading,
            Severity.WARNING,
            "key-password-trimmed",
            f"The password in {named(key)} ends in blanks, which Neo4j drops before it opens the "
            "key.",
            "Remove the blanks at the end of the line; where they belong to the password, give the "
            "key another one.",
            key=key,
        )


def _in_the_clear(reading: Reading, key: str) -> Finding:
    hint = "Keep neo4j.conf readable for Neo4j's user and group alone (mode 0640)."
    if reading.rules.expands_commands:
        most = f"{reading.rules.command_conf_mode:04o}"
        hint = (
            "Keep neo4j.conf at mode 0640 or tighter; or let a command print the password, "
            "$(...): Neo4j then starts only with --expand-commands, neo4j.conf may be of mode "
            f"{most} at most and must belong to the user or the group it runs as, and every "
            "neo4j-admin in a cron job needs --expand-commands too."
        )
    return tell(
        reading,
        Severity.NOTE,
        "key-password-in-the-clear",
        f"The password of the private key stands in the clear in {named(key)}: who reads "
        "neo4j.conf and the key can pose as this server.",
        hint,
        key=key,
    )
