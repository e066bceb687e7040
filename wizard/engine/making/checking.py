"""Would Neo4j start with what was made, and would its peers accept it: asked before any server is.

The bytes that are about to be sent are loaded by Neo4j's own rules, and every server is shown to
every other by Java's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wizard.engine.making.made import Made
from wizard.errors import MaterialError
from wizard.neo4j.policy import ClusterPolicy, password_file, policy_of
from wizard.pki.java.trust import check_peer
from wizard.pki.loader.directory import LoadedPolicy, PolicyDirectory, load_policy
from wizard.pki.material import ServerMaterial
from wizard.planning.plan import Plan, ServerPlan
from wizard.secret import Secret


class _Unsent:
    """The files of a server that are not on it yet, at the paths they will have."""

    def __init__(self, base: str, material: ServerMaterial) -> None:
        self._files = {
            f"{base}/private.key": material.private_key_pem.reveal(),
            f"{base}/public.crt": material.certificate_pem,
        }
        self._files |= {f"{base}/trusted/{name}": pem for name, pem in material.trusted}
        self._folders = {base, f"{base}/trusted", f"{base}/revoked"}

    def exists(self, path: str) -> bool:
        return path in self._folders or path in self._files

    def names(self, path: str) -> tuple[str, ...]:
        if path not in self._folders:
            raise FileNotFoundError(path)
        inside = (name.removeprefix(f"{path}/") for name in self._files if name.startswith(path))
        return tuple(sorted(name for name in inside if "/" not in name))

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path]


def check_made(plan: Plan, made: Made, now: datetime) -> None:
    """Load every server's policy as Neo4j would, and let every server look at every other.

    Raises:
        MaterialError: Neo4j would not start, or two servers would refuse each other.
        ConfError: Neo4j would refuse a setting.
    """
    loaded = {one.server: _load(one, made, now) for one in plan.servers}
    for one in plan.servers:
        if not loaded[one.server].key_matches():
            raise MaterialError(
                f"The private key made for {one.server} does not belong to its certificate.",
                code="key-does-not-match",
            )
        for other in plan.servers:
            if other is not one:
                _check_pair(plan, one, other, loaded, now)


def _load(one: ServerPlan, made: Made, now: datetime) -> LoadedPolicy:
    policy = policy_of(made.confs[one.server], one.version, one.home)
    directory = PolicyDirectory(
        base_directory=policy.base_directory,
        private_key=policy.private_key,
        public_certificate=policy.public_certificate,
        trusted_dir=policy.trusted_dir,
        revoked_dir=policy.revoked_dir,
        password=_password(policy, made.passwords[one.server]),
        client_auth=policy.client_auth.value,
        trust_all=policy.trust_all,
        trust_expired=policy.trust_expired,
        ignore_dot_files=policy.ignore_dot_files,
    )
    source = _Unsent(one.base_directory, made.material[one.server])
    return load_policy(source, directory, one.version, now)


def _password(policy: ClusterPolicy, made: Secret | None) -> Secret | None:
    """Return the password as Neo4j will have it: of a command of ours, what it prints."""
    given = policy.password
    return made if given is not None and password_file(given.reveal()) else given


def _check_pair(
    plan: Plan,
    dialling: ServerPlan,
    dialled: ServerPlan,
    loaded: Mapping[str, LoadedPolicy],
    now: datetime,
) -> None:
    hosts = {port.host for port in dialled.ports} if plan.verify_hostname else {None}
    refusals = [
        check_peer(
            loaded[dialling.server].trust,
            loaded[dialled.server].chain,
            purpose="server",
            now=now,
            host=host,
        )
        for host in sorted(hosts, key=str)
    ]
    refusals.append(
        check_peer(
            loaded[dialled.server].trust, loaded[dialling.server].chain, purpose="client", now=now
        )
    )
    for refusal in filter(None, refusals):
        raise MaterialError(
            f"{dialling.server} and {dialled.server} would refuse each other: {refusal}.",
            hint="Check the advertised addresses and the answers about names.",
            code="handshake-refused",
        )
