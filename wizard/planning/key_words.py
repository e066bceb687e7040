"""What a person should know of the keys before the yes: who makes, seals and reads what."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.settings import CaKey, JavaTrustStore, KeyPassword, TrustModel
from wizard.pki.rounds import STRONG_ROUNDS, USUAL_ROUNDS
from wizard.planning.key_commands import FLAG
from wizard.planning.plan import FileRole, Plan, ServerPlan

KEYS_TITLE = "Keys and who can read them"

_OTHERS_READ = 0o004
_CLOSED = (
    "From then on only its owner, its group and root can read neo4j.conf, because it holds the "
    "password of the private key; others on this server lose that right."
)


def key_words(plan: Plan) -> tuple[str, ...]:
    """Return a sentence each on the CA, the passwords and what is left on this computer."""
    return (*_authority(plan), *_passwords(plan), *_printed(plan), *_kit(plan))


def reader_words(server: ServerPlan) -> tuple[str, ...]:
    """Return who loses the right to read neo4j.conf; nothing where nobody does."""
    return (_CLOSED,) if server.conf_mode & ~server.conf_mode_after & _OTHERS_READ else ()


def _authority(plan: Plan) -> Iterator[str]:
    settings = plan.settings
    if settings.trust is not TrustModel.PRIVATE_CA:
        return
    if settings.ca_key is CaKey.KEEP:
        yield (
            "A certificate authority is made for this cluster; its key stays on this computer, "
            f"sealed with its password ({STRONG_ROUNDS:,} rounds of PBKDF2, AES-256)."
        )
    else:
        yield (
            "A certificate authority is made for this cluster, and its key is destroyed: a renewal "
            "or a further server then means certificates for all servers again."
        )
    if settings.intermediate:
        names = "the names of these servers only" if settings.name_constraints else "any name"
        yield f"A second authority below it issues the certificates; it may sign for {names}."


def _passwords(plan: Plan) -> Iterator[str]:
    if not any(one.needs_password for one in plan.servers):
        yield "The servers' private keys have no password: the mode of the file guards them."
    elif plan.settings.key_password is KeyPassword.GENERATE:
        yield (
            "Each private key gets a random password of its own, 32 letters and digits "
            f"({USUAL_ROUNDS:,} rounds of PBKDF2, AES-256; more would add nothing to that length)."
        )
    else:
        yield (
            "The private keys are sealed with the password that was typed "
            f"({STRONG_ROUNDS:,} rounds of PBKDF2, AES-256, to slow down guessing)."
        )


def _printed(plan: Plan) -> Iterator[str]:
    files = [f for one in plan.servers for f in one.files if f.role is FileRole.KEY_PASSWORD]
    if files:
        yield (
            f"No neo4j.conf holds a password: it stands in {files[0].path} beside the private key, "
            f"mode {files[0].mode:04o}, owned by who runs Neo4j, and a command in neo4j.conf "
            f"prints it. From then on Neo4j starts with {FLAG} only, and every neo4j-admin that "
            "reads neo4j.conf needs it as well."
        )


def _kit(plan: Plan) -> Iterator[str]:
    settings = plan.settings
    own = settings.trust is TrustModel.SELF_SIGNED
    holds = ["the servers' certificates as PEM" if own else "the authority as PEM"]
    if settings.kit.java_trust_store is not JavaTrustStore.NONE:
        holds.append("a trust store for Java")
    if settings.trust is TrustModel.PRIVATE_CA and settings.kit.backup:
        holds.append("a key and a certificate for backups")
    yield f"A client kit is left on this computer: {', '.join(holds)}, and a page that explains it."
