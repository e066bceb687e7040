"""The client kit: trust for drivers and Java, what backups need, and a page that explains it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from wizard.kit.backup import (
    BACKUP_FOLDER,
    backup_command,
    conf_name,
    policy_lines,
    wants_revoked_folder,
)
from wizard.kit.bolt import BoltLevel
from wizard.kit.page import page
from wizard.model.settings import JavaTrustStore, TrustModel
from wizard.model.version import Version
from wizard.pki.java.jks import jks_trust_store
from wizard.pki.java.trust_store import STORE_PASSWORD, java_trust_store
from wizard.pki.keys import KeyBytes
from wizard.pki.material import ServerMaterial

PAGE = "README.md"
AUTHORITY = "ca.pem"
TRUST_STORES = {
    JavaTrustStore.PKCS12: "truststore.p12",
    JavaTrustStore.JKS: "truststore.jks",
    JavaTrustStore.NONE: None,
}
REVOKED = ", with an empty folder `revoked` beside them"
_ALIAS = "neo4j-cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFile:
    """One file of the kit.

    Attributes:
        name: its path inside the kit's folder, with forward slashes.
        content: what it holds; `KeyBytes` where that is a secret.
    """

    name: str
    content: bytes | KeyBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KitOrder:
    """What a kit is made for.

    Attributes:
        trust: where the servers' certificates come from.
        trusted: the CA's certificate, or each server's own where there is no CA: PEM.
        now: aware time.
        bolt: what every server's Bolt connector offers.
        bolt_address: of one server, as `name:7687`.
        backup_address: of one server's port for transactions, as `name:6000`.
        trust_store: the form Java gets.
        backup: a key in clear and a certificate for the machine that takes backups, or None.
        backup_directory: where that machine keeps them, absolute, with forward slashes.
        tls_versions: what the servers speak on their cluster ports.
        verify_hostname: whether a backup checks the name of the server it dials.
    """

    cluster: str
    version: Version
    trust: TrustModel
    trusted: tuple[bytes, ...]
    now: datetime
    bolt: BoltLevel
    bolt_address: str
    backup_address: str
    trust_store: JavaTrustStore = JavaTrustStore.PKCS12
    backup: ServerMaterial | None = None
    backup_directory: str = "/var/lib/neo4j/certificates/backup"
    tls_versions: tuple[str, ...] = ("TLSv1.2",)
    verify_hostname: bool = True


def client_kit(order: KitOrder) -> tuple[KitFile, ...]:
    """Make every file of the kit; nothing is written.

    Raises:
        MaterialError: what is to be trusted can't be read.
        BlockedError: when nothing is known about the version.
    """
    lines = policy_lines(
        order.version,
        order.backup_directory,
        tls_versions=order.tls_versions,
        verify_hostname=order.verify_hostname,
    )
    return (
        KitFile(name=PAGE, content=page(_words(order, lines), _parts(order))),
        KitFile(name=AUTHORITY, content=b"".join(order.trusted)),
        *_store(order),
        *_backup_files(order, lines),
    )


def _store(order: KitOrder) -> Iterator[KitFile]:
    name = TRUST_STORES[order.trust_store]
    if name is None:
        return
    if order.trust_store is JavaTrustStore.JKS:
        content = jks_trust_store(order.trusted, _ALIAS, STORE_PASSWORD, order.now)
    else:
        content = java_trust_store(order.trusted, _ALIAS)
    yield KitFile(name=name, content=content)


def _backup_files(order: KitOrder, lines: tuple[str, ...]) -> Iterator[KitFile]:
    made = order.backup
    if made is None:
        return
    key = KitFile(name=f"{BACKUP_FOLDER}/private.key", content=made.private_key_pem)
    conf = "".join(f"{line}\n" for line in lines).encode("latin-1", "backslashreplace")
    yield key
    yield KitFile(name=f"{BACKUP_FOLDER}/public.crt", content=made.certificate_pem)
    for name, content in made.trusted:
        yield KitFile(name=f"{BACKUP_FOLDER}/trusted/{name}", content=content)
    yield KitFile(name=f"{BACKUP_FOLDER}/{conf_name(order.version)}", content=conf)


def _parts(order: KitOrder) -> tuple[str, ...]:
    encrypted = order.bolt is not BoltLevel.DISABLED
    store = order.trust_store.value
    if order.backup is not None:
        backup = "with"
    elif order.trust is TrustModel.PRIVATE_CA:
        backup = "declined"
    else:
        backup = "self-signed" if order.trust is TrustModel.SELF_SIGNED else "outside"
    return (
        "intro",
        "authority" if order.trust is not TrustModel.SELF_SIGNED else "each-its-own",
        f"store-{store}",
        f"bolt-{order.bolt.value.lower()}",
        "drivers-encrypted" if encrypted else "drivers-plain",
        f"shell-{'store' if store != 'none' else 'bare'}" if encrypted else "shell-plain",
        f"backup-{backup}",
    )


def _words(order: KitOrder, lines: tuple[str, ...]) -> dict[str, str]:
    return {
        "cluster": order.cluster,
        "address": order.bolt_address,
        "authority": AUTHORITY,
        "store": TRUST_STORES[order.trust_store] or "",
        "store_password": STORE_PASSWORD,
        "version": str(order.version),
        "revoked": REVOKED if wants_revoked_folder(order.version) else "",
        "backup_conf": conf_name(order.version),
        "backup_command": backup_command(order.version, order.backup_address),
        "backup_directory": order.backup_directory,
        "backup_lines": "\n".join(lines),
    }
