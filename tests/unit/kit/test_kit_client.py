"""The client kit: Java reads the trust store, and the page names the address that works."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.errors import MaterialError
from wizard.kit.bolt import BoltLevel, bolt_level, weakest
from wizard.kit.client_kit import KitFile, KitOrder, backup_lines, client_kit
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.pki.authority import authority_certificate_pem, make_authority
from wizard.pki.inspect import load_chain
from wizard.pki.java.trust_store import STORE_PASSWORD, java_trust_store
from wizard.pki.keys import KeyBytes
from wizard.pki.material import LeafRequest, make_material

NOW = datetime.now(UTC)
AUTHORITY = make_authority("payments", NOW)
V4, V5, V26 = Version(4, 4), Version(5, 26), Version(2026, 8)
BACKUP = make_material(
    [
        LeafRequest(
            server="backup",
            subject=Subject(common_name="backup"),
            dns_names=("backup.cluster.example",),
            ip_addresses=(),
        )
    ],
    trust=TrustModel.PRIVATE_CA,
    algorithm=KeyAlgorithm.EC_P256,
    now=NOW,
    lifetime_days=365,
    authority=AUTHORITY,
)["backup"]
ORDER = KitOrder(
    cluster="payments",
    version=V5,
    trusted=(authority_certificate_pem(AUTHORITY),),
    bolt=BoltLevel.REQUIRED,
    bolt_address="server1.cluster.example:7687",
    backup_address="server1.cluster.example:6362",
    backup=BACKUP,
)


def by_name(order: KitOrder) -> dict[str, KitFile]:
    files = client_kit(order)
    assert len({file.name for file in files}) == len(files)
    return {file.name: file for file in files}


def page(order: KitOrder) -> str:
    content = by_name(order)["README.md"].content
    assert isinstance(content, bytes)
    return content.decode()


def test_only_the_key_is_secret_and_shows_nothing() -> None:
    files = by_name(ORDER)
    secret = {name for name, file in files.items() if isinstance(file.content, KeyBytes)}
    assert secret == {"backup/private.key"}
    assert {name for name, file in files.items() if file.mode == 0o600} == secret
    assert "PRIVATE KEY" not in repr(files)


@pytest.mark.parametrize("number", [1, 3])
def test_keytool_reads_the_trust_store(number: int, tmp_path: Path) -> None:
    program = shutil.which("keytool")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("keytool is missing, and did not read the trust store")
        pytest.skip("keytool is not installed")
    trusted = [
        authority_certificate_pem(make_authority(f"cluster {one}", NOW)) for one in range(number)
    ]
    (tmp_path / "truststore.p12").write_bytes(java_trust_store(trusted, "neo4j-cluster"))
    done = subprocess.run(
        [program, "-J-Duser.language=en", "-list", "-v", "-keystore", tmp_path / "truststore.p12",
         "-storepass:env", "PASSWORD"],
        env={**os.environ, "PASSWORD": STORE_PASSWORD},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Entry type: trustedCertEntry") == number
    for pem in trusted:
        digest = load_chain(pem)[0].serial_number
        assert f"{digest:x}" in done.stdout


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(MaterialError, match="trust store"):
        java_trust_store([b"no certificate"], "any")


DRIVERS = ("# Python", "// Java\n", "// JavaScript", "// .NET", "// Go", "cypher-shell -a ")


@pytest.mark.parametrize("level", BoltLevel)
def test_every_driver_has_the_address_that_works(level: BoltLevel) -> None:
    text = page(replace(ORDER, bolt=level))
    assert all(words in text for words in DRIVERS)
    assert "$" not in text
    assert level.value in text
    encrypted = level is not BoltLevel.DISABLED
    assert ("cypher-shell -a neo4j+s://" in text) is encrypted
    assert ("cypher-shell -a neo4j://" in text) is not encrypted
    assert ("TrustCustomCAs" in text) is encrypted
    assert "+ssc://" not in text


def test_the_python_in_it_is_python() -> None:
    for level in BoltLevel:
        text = page(replace(ORDER, bolt=level))
        compile(text.split("```python\n")[1].split("```")[0], "page", "exec")


@pytest.mark.parametrize(
    ("version", "key"),
    [
        (V4, "dbms.connector.bolt.tls_level"),
        (V5, "server.bolt.tls_level"),
        (V26, "server.bolt.tls_level"),
    ],
)
def test_what_bolt_offers_is_read_under_the_name_of_the_version(version: Version, key: str) -> None:
    def said(text: str) -> BoltLevel:
        return bolt_level(Conf.parse(text.encode()), version)

    assert said("") is BoltLevel.DISABLED
    assert said(f"#{key}=REQUIRED\n") is BoltLevel.DISABLED
    assert said(f"{key}=required\n") is BoltLevel.REQUIRED
    assert said(f"{key}=OPTIONAL\n") is BoltLevel.OPTIONAL
    assert said(f"{key}=yes\n") is BoltLevel.DISABLED


def test_a_driver_can_count_on_the_weakest_server_only() -> None:
    required, optional, disabled = BoltLevel.REQUIRED, BoltLevel.OPTIONAL, BoltLevel.DISABLED
    assert weakest([required, required]) is required
    assert weakest([required, optional]) is optional
    assert weakest([required, disabled, optional]) is disabled
    assert weakest([]) is disabled


def test_backups_are_told_the_command_and_the_file_of_their_version() -> None:
    assert "neo4j-admin database backup --from=server1" in page(ORDER)
    assert "backup/neo4j-admin.conf" in by_name(ORDER)
    old = replace(ORDER, version=V4)
    assert "neo4j-admin backup --from=server1" in page(old)
    assert "backup/neo4j.conf" in by_name(old)


def test_without_a_certificate_for_backups_none_is_promised() -> None:
    for order in (replace(ORDER, backup=None), replace(ORDER, version=Version(3, 5))):
        assert not any(name.startswith("backup/") for name in by_name(order))
        assert "holds no certificate for one" in page(order)


def test_the_backup_policy_is_whole_and_its_own() -> None:
    lines = dict(line.split("=", 1) for line in backup_lines(V26, "/srv/backup"))
    assert all(key.startswith("dbms.ssl.policy.backup.") for key in lines)
    assert lines["dbms.ssl.policy.backup.enabled"] == "true"
    assert lines["dbms.ssl.policy.backup.base_directory"] == "/srv/backup"
    assert lines["dbms.ssl.policy.backup.verify_hostname"] == "true"
