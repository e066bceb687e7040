"""From the answers to the client kit: a second CA, its copy, and backups let in."""

from __future__ import annotations

import socket
import ssl
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from black_box import Served, private, served, wizard

CONNECT_S = 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[Served]:
    with served("--servers", "2") as running:
        yield running


def answers(cluster: Served, folder: Path, more: dict[str, dict[str, Any]]) -> Path:
    document = tomllib.loads(cluster.answers.read_text())
    for table, values in more.items():
        document.setdefault(table, {}).update(values)
    return private(folder / "answers.toml", tomli_w.dumps(document))


def let_in(server: dict[str, Any], backup: Path | None, trusted: Path) -> bool:
    """Whether a server's port for transactions takes a client: it answers, or it says goodbye."""
    context = ssl.create_default_context(cafile=str(trusted))
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # here the client hears of a refusal at once
    if backup is not None:
        context.load_cert_chain(backup / "public.crt", backup / "private.key")
    host = server["ssh"].partition("@")[2].rpartition(":")[0]
    try:
        with (
            socket.create_connection((host, server["ports"]["cluster"]), CONNECT_S) as plain,
            context.wrap_socket(plain) as secure,
        ):
            return secure.version() == "TLSv1.2"
    except (ssl.SSLError, ConnectionError):
        return False


def test_the_kit_opens_the_cluster_for_backups_and_the_copy_is_a_whole_ca(
    cluster: Served, tmp_path: Path
) -> None:
    before = cluster.trees()
    copy, own = tmp_path / "copy", {"XDG_STATE_HOME": str(tmp_path / "state")}
    trust = {"intermediate": True, "ca_copy": str(copy)}
    wanted = answers(cluster, tmp_path, {"trust": trust, "kit": {"java_trust_store": "jks"}})
    done = wizard("apply", "--answers", wanted, "--yes", "--json", **own)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "ca-copy-missing" not in done.stdout

    (run,) = (tmp_path / "state" / "neo4j-tls" / "runs").iterdir()
    kit = run / "client-kit"
    modes = {str(one.relative_to(kit)): one.stat().st_mode & 0o777 for one in kit.rglob("*")}
    assert kit.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600, 0o700}
    assert modes["backup/private.key"] == 0o600
    assert {"README.md", "ca.pem", "truststore.jks", "backup/neo4j-admin.conf"} <= set(modes)
    assert str(kit) in done.stdout
    assert str(kit) in (run / "report.md").read_text()

    assert {one.name for one in copy.iterdir()} == {
        "ca.crt",
        "ca.key",
        "issuing.crt",
        "issuing.key",
    }
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in copy.iterdir())
    assert all(one.read_bytes() == (run / "ca" / one.name).read_bytes() for one in copy.iterdir())

    for server in cluster.servers:
        assert let_in(server, kit / "backup", kit / "ca.pem")
        assert not let_in(server, None, kit / "ca.pem")

    assert wizard("verify", "--answers", wanted, "--json", **own).exit_code == 0
    again = wizard("apply", "--answers", wanted, "--yes", "--json", **own)
    assert (again.exit_code, again.of("change_planned")) == (0, [])
    assert (
        wizard("undo", "--yes", "--secrets", cluster.folder / "secrets.toml", **own).exit_code == 0
    )
    assert cluster.trees() == before
