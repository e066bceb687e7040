"""A cluster that is encrypted from its first start: an authority, a leaf each, and the settings."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from wizard.model.settings import ClientAuth, KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_settings
from wizard.neo4j.versions import rules_for
from wizard.pki.authority import authority_certificate_pem, authority_key_pem, make_authority
from wizard.pki.keys import private_key_pem
from wizard.pki.material import LeafRequest, ServerMaterial, make_material
from wizard.practice.layout import CLUSTER_NAME, PracticeServer
from wizard.secret import Secret

FOLDER = "cluster-practice"
_LIFETIME_DAYS = 730


def encrypt(
    directory: Path, servers: Sequence[PracticeServer], version: Version, ca_password: Secret
) -> None:
    """Give every server its files and settings; the authority is kept in `ca/` of the directory."""
    now = datetime.now(UTC)
    authority = make_authority(CLUSTER_NAME, now)
    (directory / "ca").mkdir(mode=0o700)
    _write(directory / "ca" / "ca.crt", authority_certificate_pem(authority), 0o644)
    _write(directory / "ca" / "ca.key", authority_key_pem(authority, ca_password), 0o600)
    sealed = rules_for(version).key_passwords
    passwords = {
        server.name: Secret(secrets.token_hex(16)) if sealed else None for server in servers
    }
    made = make_material(
        [
            LeafRequest(
                server=server.name,
                subject=Subject(common_name=server.address),
                dns_names=(server.address,),
                ip_addresses=(server.ip,),
                password=passwords[server.name],
            )
            for server in servers
        ],
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.EC_P256,
        now=now,
        lifetime_days=_LIFETIME_DAYS,
        authority=authority,
    )
    for server in servers:
        _install(server, made[server.name], version, passwords[server.name])


def further_authority() -> tuple[str, str]:
    """Return certificate and key (PEM) of an authority old enough to sign an expired leaf."""
    authority = make_authority("practice-fault", datetime(2020, 1, 1, tzinfo=UTC), 36500)
    certificate = authority_certificate_pem(authority).decode("ascii")
    return certificate, private_key_pem(authority.key, None).decode("ascii")


def _install(
    server: PracticeServer, material: ServerMaterial, version: Version, password: Secret | None
) -> None:
    base = Path(server.home) / "certificates" / FOLDER
    for folder in (base, base / "trusted", base / "revoked"):
        folder.mkdir(mode=0o755)
    _write(base / "private.key", material.private_key_pem.reveal(), 0o400)
    _write(base / "public.crt", material.certificate_pem, 0o644)
    for name, content in material.trusted:
        _write(base / "trusted" / name, content, 0o644)
    lines = policy_settings(
        version,
        base_directory=f"certificates/{FOLDER}",
        client_auth=ClientAuth.REQUIRE,
        verify_hostname=True,
        tls_versions=rules_for(version).tls_versions,
        with_password=password is not None,
    )
    conf = Path(server.conf) / "neo4j.conf"
    revealed = password.reveal() if password is not None else ""
    settings = [(key, revealed if value is None else value) for key, value in lines]
    conf.write_bytes(Conf.parse(conf.read_bytes()).with_settings(settings).to_bytes())


def _write(path: Path, content: bytes, mode: int) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "wb") as stream:
        stream.write(content)
