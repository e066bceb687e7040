"""Neo4j's own classes load the backup policy of the client kit, and the cluster lets it in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from judge_artifacts import VERSIONS, Installed
from judge_bench import Bench
from judge_process import Judge

from wizard.kit.backup import BACKUP_FOLDER
from wizard.kit.bolt import BoltLevel
from wizard.kit.client_kit import KitOrder, client_kit
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.neo4j.versions import rules_for
from wizard.pki.authority import authority_certificate_pem, make_authority
from wizard.pki.keys import KeyBytes
from wizard.pki.material import LeafRequest, make_material

pytestmark = pytest.mark.timeout(600)

NOW = datetime.now(UTC)


def request(name: str) -> LeafRequest:
    return LeafRequest(
        server=name,
        subject=Subject(common_name=name),
        dns_names=(f"{name}.cluster.test",),
        ip_addresses=(),
    )


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_the_backup_policy_loads_and_gets_in(
    version: Version, installed: dict[Version, Installed], tmp_path: Path
) -> None:
    authority = make_authority("judged", NOW)
    made = make_material(
        [request("server1"), request("backup")],
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.EC_P256,
        now=NOW,
        lifetime_days=30,
        authority=authority,
    )
    bench = Bench(tmp_path / "bench", version, 1)
    bench.one.trust(authority.certificate)
    bench.one.put("private.key", made["server1"].private_key_pem.reveal())
    bench.one.put("public.crt", made["server1"].certificate_pem)
    bench.one.write_conf()
    home = tmp_path / "kit"
    order = KitOrder(
        cluster="judged",
        version=version,
        trust=TrustModel.PRIVATE_CA,
        now=NOW,
        trusted=(authority_certificate_pem(authority),),
        bolt=BoltLevel.DISABLED,
        bolt_address="server1.cluster.test:7687",
        backup_address="server1.cluster.test:6000",
        backup=made["backup"],
        backup_directory=str(home / BACKUP_FOLDER),
        tls_versions=rules_for(version).tls_versions,
    )
    for file in client_kit(order):
        path = home / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = file.content
        path.write_bytes(content.reveal() if isinstance(content, KeyBytes) else content)
    (conf,) = (home / BACKUP_FOLDER).glob("*.conf")
    with Judge(installed[version]) as judge:
        server = judge.load("server1", bench.one.conf, bench.one.home)
        backup = judge.load("backup", conf, home, strict=True, scope="BACKUP")
        assert "policy" in server, server
        assert "policy" in backup, backup
        assert judge.handshake("backup", "server1", "server1.cluster.test")["accepted"]
        # The policy stands for backups alone: as that of the cluster nothing is there to load.
        assert "policy" not in judge.load("none", conf, home, strict=True)
