"""The SSL policy of 3.5 laid by hand: the files of a server, and the lines of its neo4j.conf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from real_server import HOME, Server

BASE = f"{HOME}/certificates/cluster"
"""Absolute: 3.5 wants it so for every folder that is named."""

LINES: Mapping[str, str] = {
    "causal_clustering.ssl_policy": "cluster",
    "dbms.ssl.policy.cluster.base_directory": BASE,
    "dbms.ssl.policy.cluster.private_key": f"{BASE}/private.key",
    "dbms.ssl.policy.cluster.public_certificate": f"{BASE}/public.crt",
    "dbms.ssl.policy.cluster.trusted_dir": f"{BASE}/trusted",
    "dbms.ssl.policy.cluster.revoked_dir": f"{BASE}/revoked",
    "dbms.ssl.policy.cluster.client_auth": "REQUIRE",
    "dbms.ssl.policy.cluster.verify_hostname": "true",
    "dbms.ssl.policy.cluster.tls_versions": "TLSv1.2",
}
"""What turns encryption on in 3.5; `enabled` is a word of 4.0 and stops a 3.5."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """What stands in the base directory of one server; trusted and revoked by file name."""

    key: bytes
    certificate: bytes
    trusted: Mapping[str, bytes]
    revoked: Mapping[str, bytes] = field(default_factory=dict)


def lay(server: Server, files: Files, lines: Mapping[str, str] = LINES) -> None:
    """Write a server's files and add the lines to its neo4j.conf; it is not started by that."""
    base = server.home / "certificates" / "cluster"
    contents = {"private.key": files.key, "public.crt": files.certificate}
    for folder, entries in (("trusted", files.trusted), ("revoked", files.revoked)):
        (base / folder).mkdir(parents=True)
        contents |= {f"{folder}/{name}": content for name, content in entries.items()}
    for name, content in contents.items():
        (base / name).write_bytes(content)
    (base / "private.key").chmod(0o400)
    with server.conf.open("a") as conf:
        conf.writelines(f"{key}={value}\n" for key, value in lines.items())
