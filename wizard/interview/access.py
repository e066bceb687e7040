"""How to log in to the servers, and how to gain the rights to change Neo4j's files."""

from __future__ import annotations

from wizard.interview import checks
from wizard.interview.defaults import fixed, nothing, usual
from wizard.interview.fields import Choice, Default, Given, Option, SecretField, Step, Text
from wizard.interview.welcome import is_practice
from wizard.model.settings import Become

IDENTITY = "identity"
AGENT = "agent"
PASSWORD = "password"  # noqa: S105 - the name of a way to log in, not a password


def login_of(given: Given) -> str:
    """Return the way to log in that the answers name; without one, the SSH agent."""
    if "login" in given:
        return str(given["login"])
    if given.get("access.identity_file"):
        return IDENTITY
    return PASSWORD if given.get("access.password") else AGENT


def _login_default(given: Given) -> Default:
    named = any(given.get(f"access.{key}") for key in ("identity_file", "agent", "password"))
    return Default(value=login_of(given), source="your answers" if named else "the usual choice")


LOGIN = Choice(
    key="login",
    label="Log in with",
    why="The wizard logs in the way you do, and stores no password and no key of yours.",
    default=_login_default,
    options=(
        Option(
            value=AGENT,
            label="The SSH agent",
            meaning="The keys that ssh-add -l lists are tried; nothing has to be typed.",
        ),
        Option(
            value=IDENTITY,
            label="A key file",
            meaning="One private key on this computer, with or without a passphrase.",
        ),
        Option(
            value=PASSWORD,
            label="A password",
            meaning="The password is asked for now, kept in memory and never written down.",
        ),
    ),
)

IDENTITY_FILE = Text(
    key="access.identity_file",
    label="Key file",
    why="The private key whose public half the servers already know.",
    default=fixed("~/.ssh/id_ed25519", "where ssh-keygen puts it"),
    check=checks.local_file,
    applies=lambda given: login_of(given) == IDENTITY,
    placeholder="~/.ssh/id_ed25519",
)

IDENTITY_PASSPHRASE = SecretField(
    key="secret.identity_passphrase",
    secret="identity_passphrase",  # noqa: S106 - the name of a secret
    label="Passphrase",
    why="It opens the key file; leave it empty when the file has none.",
    default=nothing("no passphrase"),
    applies=lambda given: login_of(given) == IDENTITY,
    twice=False,
    rate=False,
    optional=True,
)

SSH_PASSWORD = SecretField(
    key="secret.ssh_password",
    secret="ssh_password",  # noqa: S106 - the name of a secret
    label="SSH password",
    why="It logs in to every server; a secrets file can hold a password for each one.",
    default=nothing(""),
    applies=lambda given: login_of(given) == PASSWORD,
    twice=False,
    rate=False,
)

JUMP = Text(
    key="access.jump",
    label="Jump server",
    why="When the servers can only be reached through another SSH server, name that one.",
    default=nothing("reached directly"),
    check=checks.jump,
    placeholder="admin@bastion.example.com",
)

BECOME = Choice(
    key="access.become",
    label="Rights",
    why="Changing neo4j.conf and restarting Neo4j needs the rights of the user who runs it.",
    default=usual("access.become"),
    options=(
        Option(
            value=Become.NONE.value,
            label="The login has them",
            meaning="The login is the user who runs Neo4j, or root.",
        ),
        Option(
            value=Become.SUDO.value,
            label="sudo without a password",
            meaning="Every command runs through sudo, which must not ask for anything.",
        ),
        Option(
            value=Become.SUDO_PASSWORD.value,
            label="sudo with a password",
            meaning="The password is asked for now and handed to sudo, never to a command line.",
        ),
        Option(
            value=Become.COMMAND.value,
            label="Another command",
            meaning="One that asks for nothing, such as doas -n, dzdo, or sudo -n -u neo4j.",
        ),
    ),
)

BECOME_COMMAND = Text(
    key="access.become_command",
    label="The command",
    why="It stands before every command on the servers; the user it leads to must own Neo4j's "
    "files, and be able to stop and start Neo4j.",
    default=nothing(""),
    check=checks.become_command,
    applies=lambda given: given.get("access.become") == Become.COMMAND.value,
    placeholder="doas -n -u neo4j",
)

SUDO_PASSWORD = SecretField(
    key="secret.sudo_password",
    secret="sudo_password",  # noqa: S106 - the name of a secret
    label="sudo password",
    why="sudo asks for it on every server.",
    default=nothing(""),
    applies=lambda given: given.get("access.become") == Become.SUDO_PASSWORD.value,
    twice=False,
    rate=False,
)

NEO4J_USER = Text(
    key="neo4j_login.user",
    label="Neo4j user",
    why="Optional: with it Neo4j itself is asked, before the change and after it, whether every "
    "server and every database is healthy.",
    default=nothing("Neo4j is not asked"),
    check=checks.neo4j_user,
    applies=lambda given: not is_practice(given),
    placeholder="neo4j; it needs the role admin",
)

NEO4J_PASSWORD = SecretField(
    key="secret.neo4j_password",
    secret="neo4j_password",  # noqa: S106 - the name of a secret
    label="Neo4j password",
    why="It logs in to Neo4j on every server, through that server's own SSH connection.",
    default=nothing(""),
    applies=lambda given: not is_practice(given) and bool(given.get("neo4j_login.user")),
    twice=False,
    rate=False,
)

ACCESS = Step(
    key="access",
    title="Access",
    explain=(
        "The wizard works over SSH, as you would by hand. It installs nothing on the servers, and "
        "passwords stay in memory until it ends. Until your yes it only reads: neo4j.conf, the "
        "version, and how the servers reach each other."
    ),
    fields=(
        LOGIN,
        IDENTITY_FILE,
        IDENTITY_PASSPHRASE,
        SSH_PASSWORD,
        JUMP,
        BECOME,
        BECOME_COMMAND,
        SUDO_PASSWORD,
        NEO4J_USER,
        NEO4J_PASSWORD,
    ),
)
