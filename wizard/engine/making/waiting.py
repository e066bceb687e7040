"""The keys and requests that wait for certificates, in a private folder of the cluster's own.

The wizard may be closed for weeks in between: everything that is needed then stands here, the keys
sealed. Whatever else is put into the folder counts as brought.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from wizard.engine.making.key_password import given_key_password
from wizard.engine.places import make_private_folder, replace_private, state_directory
from wizard.engine.records.keeping import keeping
from wizard.lessons import asset
from wizard.model.secrets import Secrets
from wizard.model.settings import KeyPassword
from wizard.pki.brought.disk import files_below
from wizard.pki.keys import PrivateKey, private_key_pem
from wizard.pki.material import make_keys
from wizard.pki.passwords import generate_password
from wizard.pki.pbes2 import STRONG_ROUNDS
from wizard.pki.signing_request import make_signing_request
from wizard.pki.subject import fill_subject
from wizard.planning.plan import Plan, ServerPlan
from wizard.secret import Secret

REQUESTS = "requests"
KEYS = "keys"
LETTER = "what-to-send.txt"
PASSWORD = "password.txt"  # noqa: S105 - the name of a file

_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """The folder of one cluster; it need not exist yet."""

    folder: Path

    def key_file(self, server: str) -> Path:
        """Return the file of a server's sealed key."""
        return self.folder / KEYS / f"{server}.key"

    def request_file(self, server: str) -> Path:
        """Return the file of a server's request."""
        return self.folder / f"{server}.csr"

    def has_request(self, server: str) -> bool:
        """Say whether a server's key and request were made; the request is written last."""
        return self.request_file(server).is_file() and self.key_file(server).is_file()

    def password(self) -> Secret | None:
        """Return the generated password of the keys, or None where it was taken away."""
        try:
            return Secret((self.folder / KEYS / PASSWORD).read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError):
            return None

    def brought_files(self, servers: Sequence[str]) -> Iterator[Path]:
        """Yield what somebody put here: every file that is not one of the wizard's own.

        Raises:
            UsageError: there are too many files.
        """
        if not self.folder.is_dir():
            return
        own = {self.folder / LETTER, self.folder / KEYS / PASSWORD}
        own |= {file for one in servers for file in (self.key_file(one), self.request_file(one))}
        yield from (path for path in files_below(self.folder) if path not in own)


def waiting_room(environ: Mapping[str, str], cluster: str) -> WaitingRoom:
    """Return the place of a cluster's requests; nothing is made."""
    plain = _UNSAFE.sub("-", cluster.lower()).strip("-")[:40] or "cluster"
    mark = hashlib.sha256(cluster.encode()).hexdigest()[:8]
    return WaitingRoom(state_directory(environ) / REQUESTS / f"{plain}-{mark}")


def make_requests(
    plan: Plan,
    secrets: Secrets,
    environ: Mapping[str, str],
    made: Callable[[str], None] = lambda _server: None,
) -> tuple[str, ...]:
    """Make a key and a request for every server that has none; return those servers.

    Args:
        plan: names the servers and what their certificates are to say.
        secrets: may hold the password that seals the keys.
        environ: leads to the state folder.
        made: called with a server's name when its key is ready.

    Raises:
        SecretsError: the password that was to be given for the keys is missing or refused.
        MaterialError: a name or subject can't stand in a request.
        JournalError: it can't be written.
    """
    room = waiting_room(environ, plan.settings.cluster)
    lacking = [one for one in plan.servers if not room.has_request(one.server)]
    with keeping(f"The requests can't be kept in {room.folder}"):
        make_private_folder(room.folder / KEYS)
        seals = {one.server: _seal(plan, one, secrets, room) for one in lacking}
        keys = make_keys([*seals], plan.settings.algorithm, made)
        for one in lacking:
            _keep_one(plan, one, room, keys[one.server], seals[one.server])
        replace_private(room.folder / LETTER, _letter(plan, room).encode())
    return tuple(one.server for one in lacking)


def waiting_words(room: WaitingRoom, made: Sequence[str]) -> list[str]:
    """Return what to do next, once requests were made."""
    requests = f"A private key and a certificate request were made for {', '.join(made)}"
    words = [
        f"{requests}, in {room.folder}. Nothing was changed on the servers.",
        f"Send the files ending in .csr to your certificate authority, together with {LETTER}.",
    ]
    if room.password() is not None:
        words.append(
            f"A generated password seals the keys; it is in {room.folder}/{KEYS}/{PASSWORD}."
        )
    later = "put what comes back into the same folder, in any form and a few at a time"
    words.append(
        f"Waiting for certificates: {later}. `neo4j-tls plan` tells which are still missing, and "
        "`neo4j-tls apply` goes on when all are there. The wizard may be closed until then."
    )
    return words


def _keep_one(
    plan: Plan, one: ServerPlan, room: WaitingRoom, key: PrivateKey, seal: Secret
) -> None:
    subject = fill_subject(plan.settings.subject, one.server, one.address)
    request = make_signing_request(key, subject, one.dns_names, one.ip_addresses)
    sealed = private_key_pem(key, seal, kdf_rounds=STRONG_ROUNDS)
    replace_private(room.key_file(one.server), sealed)
    replace_private(room.request_file(one.server), request)


def _seal(plan: Plan, one: ServerPlan, secrets: Secrets, room: WaitingRoom) -> Secret:
    """Return what seals a key while it waits: as answered, else one that is kept beside it."""
    if plan.settings.key_password is not KeyPassword.ASK:
        kept = room.password()
        if kept is None:
            kept = generate_password()
            content = kept.reveal().encode("ascii") + b"\n"
            replace_private(room.folder / KEYS / PASSWORD, content)
        return kept
    return given_key_password(secrets, one.server)


def _letter(plan: Plan, room: WaitingRoom) -> str:
    title = f"Certificates for the Neo4j cluster {plan.settings.cluster}"
    return Template(asset("templates/what-to-send.txt")).substitute(
        cluster=plan.settings.cluster,
        rule="=" * len(title),
        requests="\n".join(line for one in plan.servers for line in _requested(one, room)),
    )


def _requested(one: ServerPlan, room: WaitingRoom) -> Iterator[str]:
    dialled = dict.fromkeys(port.host for port in one.ports)
    names = [("DNS", name) for name in one.dns_names] + [("IP", ip) for ip in one.ip_addresses]
    yield f"  {room.request_file(one.server).name}"
    yield f"      for the server {one.server}, common name {one.common_name or '(none)'}"
    for kind, name in names:
        yield f"      {'needed' if name in dialled else 'further':8} {kind}:{name}"
