"""The client kit: trust for drivers and Java, what backups need, and a page that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from wizard.kit.bolt import BoltLevel
from wizard.lessons import asset
from wizard.model.settings import ClientAuth
from wizard.model.text import shown
from wizard.model.version import Version
from wizard.neo4j.policy import policy_settings
from wizard.neo4j.versions import rules_for
from wizard.pki.java.trust_store import STORE_PASSWORD, java_trust_store
from wizard.pki.keys import KeyBytes
from wizard.pki.material import ServerMaterial

PUBLIC_MODE, SECRET_MODE = 0o644, 0o600
BACKUP_FOLDER = "backup"
AUTHORITY = "ca.pem"
TRUST_STORE = "truststore.p12"
_TLS_VERSIONS = ("TLSv1.2", "TLSv1.3")
_ADMIN_CONF_SINCE = 5  # conf/neo4j-admin.conf; before, backups read neo4j.conf


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFile:
    """One file of the kit.

    Attributes:
        name: its path inside the kit's folder, with forward slashes.
        content: what it holds; `KeyBytes` where that is a secret.
        mode: 0600 for a private key, else 0644.
    """

    name: str
    content: bytes | KeyBytes
    mode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KitOrder:
    """What a kit is made for.

    Attributes:
        trusted: the CA's certificate, or each server's own where there is no CA: PEM.
        bolt: what every server's Bolt connector offers.
        bolt_address: of one server, as `name:7687`.
        backup_address: of one server, as `name:6362`.
        backup: a key in clear and a certificate for the machine that takes backups, or None.
        backup_directory: where that machine keeps them, absolute, with forward slashes.
    """

    cluster: str
    version: Version
    trusted: tuple[bytes, ...]
    bolt: BoltLevel
    bolt_address: str
    backup_address: str
    backup: ServerMaterial | None = None
    backup_directory: str = "/var/lib/neo4j/certificates/backup"


def client_kit(order: KitOrder) -> tuple[KitFile, ...]:
    """Make every file of the kit; nothing is written.

    Raises:
        MaterialError: what is to be trusted can't be read.
        BlockedError: when nothing is known about the version.
    """
    files = [
        _public("README.md", _page(order)),
        _public(AUTHORITY, b"".join(order.trusted)),
        _public(TRUST_STORE, java_trust_store(order.trusted, "neo4j-cluster")),
    ]
    if order.backup is not None and _can_back_up(order.version):
        files += _backup_files(order, order.backup)
    return tuple(files)


def backup_lines(version: Version, directory: str) -> tuple[str, ...]:
    """Return the policy that a machine needs to take backups from an encrypted cluster.

    `neo4j-admin` uses its own `backup` policy whichever port it asks, so that turning on the
    cluster's policy shuts out backups by the transaction port until this stands.

    Args:
        version: of the servers and of the machine's own Neo4j.
        directory: the policy's base directory there.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    settings = policy_settings(
        version,
        base_directory=directory,
        client_auth=ClientAuth.REQUIRE,
        verify_hostname=True,
        tls_versions=_TLS_VERSIONS,
        with_password=False,
    )
    return tuple(
        f"{key.replace('.policy.cluster.', '.policy.backup.')}={value}" for key, value in settings
    )


def _can_back_up(version: Version) -> bool:
    """3.5 names its policies freely and looks for the backup's by another setting."""
    return not rules_for(version).named_policies


def _backup_files(order: KitOrder, backup: ServerMaterial) -> list[KitFile]:
    conf = "\n".join(backup_lines(order.version, order.backup_directory))
    inside = [
        KitFile(name="private.key", content=backup.private_key_pem, mode=SECRET_MODE),
        _public("public.crt", backup.certificate_pem),
        *(_public(f"trusted/{name}", content) for name, content in backup.trusted),
        _public(_conf_name(order.version), f"{conf}\n".encode("latin-1", "backslashreplace")),
    ]
    return [
        KitFile(name=f"{BACKUP_FOLDER}/{one.name}", content=one.content, mode=one.mode)
        for one in inside
    ]


def _conf_name(version: Version) -> str:
    return "neo4j-admin.conf" if version.major >= _ADMIN_CONF_SINCE else "neo4j.conf"


def _page(order: KitOrder) -> bytes:
    bolt = "plain" if order.bolt is BoltLevel.DISABLED else order.bolt.value.lower()
    drivers = "plain" if order.bolt is BoltLevel.DISABLED else "encrypted"
    backup = "with" if order.backup is not None and _can_back_up(order.version) else "without"
    words = {
        "cluster": shown(order.cluster, 100),
        "address": shown(order.bolt_address, 300),
        "store": TRUST_STORE,
        "store_password": STORE_PASSWORD,
        "authority": AUTHORITY,
        "backup_command": _backup_command(order),
        "backup_conf": _conf_name(order.version),
        "backup_directory": shown(order.backup_directory, 300),
    }
    parts = ("intro", f"bolt-{bolt}", f"drivers-{drivers}", f"backup-{backup}")
    texts = (Template(asset(f"kit/{part}.md")).substitute(words) for part in parts)
    return "\n".join(texts).encode()


def _backup_command(order: KitOrder) -> str:
    address = shown(order.backup_address, 300)
    if order.version.major < _ADMIN_CONF_SINCE:
        return f"neo4j-admin backup --from={address} --backup-dir=FOLDER"
    return f"neo4j-admin database backup --from={address} --to-path=FOLDER neo4j"


def _public(name: str, content: bytes) -> KitFile:
    return KitFile(name=name, content=content, mode=PUBLIC_MODE)
