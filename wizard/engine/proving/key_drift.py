"""Asks whether the password in a changed neo4j.conf still opens the private key beside it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Drifted
from wizard.errors import BlockedError, ConfError, RemoteError
from wizard.model.facts import ServerFacts
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_of
from wizard.pki.loader.next_start import key_trouble
from wizard.remote.connection import Connection
from wizard.remote.steps import read_tail

_LARGEST = 65536
_COMMAND = "$("

OF_PASSWORDS = frozenset({"key-password-missing", "key-password-wrong", "password-on-plain-key"})


def key_drift(connection: Connection, facts: ServerFacts) -> Iterator[Drifted]:
    """Yield what keeps Neo4j from opening its key at its next start, if its password does.

    The password is in nobody's records, so the key itself is asked: it is read for that, kept
    nowhere and let go. What the login may not read, or a command prints, is not compared.
    """
    if facts.version is None:
        return
    try:
        policy = policy_of(Conf.parse(facts.conf), facts.version, facts.home)
        if policy.password is not None and policy.password.reveal().startswith(_COMMAND):
            return
        key = read_tail(connection, policy.private_key, _LARGEST)
    except (BlockedError, ConfError, RemoteError):
        return
    trouble = key_trouble(key, policy.password, facts.version.major) if key else None
    if trouble in OF_PASSWORDS:
        evidence = f"dbms.ssl.policy.{policy.name}.private_key_password and {policy.private_key}"
        yield Drifted(file="neo4j.conf", evidence=evidence, code=trouble)
