"""The servers' private keys: their kind, their password and how long the certificates live."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.interview import checks
from wizard.interview.defaults import YES, nothing, usual, usual_algorithm
from wizard.interview.fields import Choice, Default, Given, Number, Option, SecretField, Step
from wizard.interview.given import Answers
from wizard.interview.trust import makes_certificates, makes_keys
from wizard.model.facts import ServerFacts
from wizard.model.settings import KeyAlgorithm, KeyPassword, KeyPasswordIn

ALGORITHM = Choice(
    key="keys.algorithm",
    label="Kind of key",
    why="Every supported Neo4j loads all of these; they differ in size and speed.",
    default=lambda given: Default(value=usual_algorithm(given)),
    applies=makes_keys,
    options=(
        Option(
            value=KeyAlgorithm.EC_P256.value,
            label="EC P-256",
            meaning="Small, fast and strong; right for nearly everybody.",
        ),
        Option(
            value=KeyAlgorithm.EC_P384.value,
            label="EC P-384",
            meaning="Somewhat slower; for rules that ask for 192 bits of security.",
        ),
        Option(
            value=KeyAlgorithm.RSA_3072.value,
            label="RSA 3072",
            meaning="For tools or rules that know only RSA.",
        ),
        Option(
            value=KeyAlgorithm.RSA_4096.value,
            label="RSA 4096",
            meaning="Slower at every new connection; for rules that ask for this length.",
        ),
        Option(
            value=KeyAlgorithm.RSA_2048.value,
            label="RSA 2048",
            meaning="The shortest that is still allowed; for old tools only.",
        ),
    ),
)


def _opens_no_password(given: Given) -> bool:
    """Whether the Neo4j that is named, or was found, can't open a key that has a password."""
    return str(given.get("neo4j", "")).startswith("3.")


PASSWORD = Choice(
    key="keys.password",
    label="Key password",
    why=(
        "It protects copies of the key file, such as backups; neo4j.conf holds it in clear text, "
        "readable by the user who runs Neo4j and by root, and 3.5 opens no such key and gets one "
        "without."
    ),
    default=usual("keys.password"),
    applies=lambda given: not _opens_no_password(given),
    options=(
        Option(
            value=KeyPassword.GENERATE.value,
            label="Generate one for each server",
            meaning="32 random letters and digits, written into neo4j.conf; nobody has to know it.",
        ),
        Option(
            value=KeyPassword.ASK.value,
            label="Type one",
            meaning="You choose one password for the keys of all servers and type it twice.",
        ),
        Option(
            value=KeyPassword.NONE.value,
            label="No password",
            meaning="Only the permissions of the file protect the key, also in every backup.",
        ),
    ),
)

KEY_PASSWORD = SecretField(
    key="secret.key_password",
    secret="key_password",  # noqa: S106 - the name of a secret
    label="The password",
    why="Neo4j opens its private key with it at every start.",
    default=nothing(""),
    applies=lambda given: (
        given.get("keys.password") == KeyPassword.ASK.value and not _opens_no_password(given)
    ),
)


def _may_be_printed(given: Given) -> bool:
    """Whether all servers were seen to run commands of neo4j.conf, or one was answered already."""
    if given.get("keys.password") == KeyPassword.NONE.value or _opens_no_password(given):
        return False
    wanted = given.get("keys.password_in") == KeyPasswordIn.COMMAND.value
    return wanted or given.get("expands_commands") == YES


def with_commands(given: Answers, facts: Iterable[ServerFacts]) -> Answers:
    """Return the answers with whether every server is started so that it runs commands."""
    seen = [one.expands_commands for one in facts]
    rest = given.without("expands_commands")
    return rest.with_answer("expands_commands", YES) if seen and all(seen) else rest


PASSWORD_IN = Choice(
    key="keys.password_in",
    label="Place of the password",
    why=(
        "Your servers start Neo4j with --expand-commands, so neo4j.conf can name a command that "
        "prints the password instead of holding it."
    ),
    default=usual("keys.password_in"),
    applies=_may_be_printed,
    options=(
        Option(
            value=KeyPasswordIn.CONF.value,
            label="In neo4j.conf",
            meaning="In clear text; Neo4j finds it however it is started.",
        ),
        Option(
            value=KeyPasswordIn.COMMAND.value,
            label="In a file beside the key",
            meaning=(
                "A file of mode 0400 that $(/bin/cat ...) prints; copies of neo4j.conf tell "
                "nothing, and Neo4j starts with --expand-commands only."
            ),
        ),
    ),
)

LIFETIME = Number(
    key="keys.lifetime_days",
    label="Valid for",
    why=(
        "When a certificate expires its server can no longer join, and so the end tells you the "
        "date and gives you a calendar entry."
    ),
    default=usual("keys.lifetime_days", "two years"),
    applies=makes_certificates,
    check=checks.days,
    unit="days",
)

KEYS = Step(
    key="keys",
    title="Keys",
    explain=(
        "Each server gets a private key that stays in its own folder of certificates, readable by "
        "the user who runs Neo4j only. Neo4j calls it private_key, and its password "
        "private_key_password. The certificate beside it says until when it is valid."
    ),
    fields=(ALGORITHM, PASSWORD, KEY_PASSWORD, PASSWORD_IN, LIFETIME),
)
