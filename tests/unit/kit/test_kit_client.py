"""The client kit: Java reads the trust store, and the page names the address that works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.errors import MaterialError
from wizard.kit.backup import policy_lines
from wizard.kit.bolt import BoltLevel, bolt_level, weakest
from wizard.kit.client_kit import KitFile, KitOrder, client_kit
from wizard.model.settings import JavaTrustStore, KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.pki.authority import authority_certificate_pem, make_authority
from wizard.pki.inspect import load_chain
from wizard.pki.java.jks import jks_trust_store
from wizard.pki.java.trust_store import STORE_PASSWORD, java_trust_store
from wizard.pki.keys import KeyBytes
from wizard.pki.material import LeafRequest, make_material

NOW = datetime.now(UTC)
AUTHORITY = make_authority("payments", NOW)
V3, V4, V5, V26 = Version(3, 5, 35), Version(4, 4), Version(5, 26), Version(2026, 8)
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
    trust=TrustModel.PRIVATE_CA,
    now=NOW,
    trusted=(authority_certificate_pem(AUTHORITY),),
    bolt=BoltLevel.REQUIRED,
    bolt_address="server1.cluster.example:7687",
    backup_address="server1.cluster.example:6000",
    backup=BACKUP,
)

PARSE = """
import com.sun.source.util.JavacTask;
import java.nio.file.*;
import java.util.*;
import javax.tools.*;
public class Parse {
  public static void main(String[] files) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (String file : files) {
      DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
      String text = Files.readString(Path.of(file));
      JavaFileObject source = new SimpleJavaFileObject(
          java.net.URI.create("string:///Page.java"), JavaFileObject.Kind.SOURCE) {
        @Override public CharSequence getCharContent(boolean ignore) { return text; }
      };
      ((JavacTask) compiler.getTask(null, null, found, null, null, List.of(source))).parse();
      System.out.println(found.getDiagnostics().size());
    }
  }
}
"""


def by_name(order: KitOrder) -> dict[str, KitFile]:
    files = client_kit(order)
    assert len({file.name for file in files}) == len(files)
    return {file.name: file for file in files}


def page(order: KitOrder) -> str:
    content = by_name(order)["README.md"].content
    assert isinstance(content, bytes)
    return content.decode()


def tool(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is not installed")
    return program


def ran(*command: object, text: str = "", password: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "PASSWORD": password},
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_only_the_key_is_secret_and_shows_nothing() -> None:
    files = by_name(ORDER)
    secret = {name for name, file in files.items() if isinstance(file.content, KeyBytes)}
    assert secret == {"backup/private.key"}
    assert "PRIVATE KEY" not in repr(files)


def in_form(form: JavaTrustStore, trusted: list[bytes]) -> bytes:
    if form is JavaTrustStore.JKS:
        return jks_trust_store(trusted, "neo4j-cluster", STORE_PASSWORD, NOW)
    return java_trust_store(trusted, "neo4j-cluster")


@pytest.mark.parametrize("form", [JavaTrustStore.PKCS12, JavaTrustStore.JKS])
@pytest.mark.parametrize("number", [3])
def test_keytool_reads_the_trust_store(form: JavaTrustStore, number: int, tmp_path: Path) -> None:
    trusted = [
        authority_certificate_pem(make_authority(f"cluster {one}", NOW)) for one in range(number)
    ]
    store = tmp_path / "store"
    store.write_bytes(in_form(form, trusted))
    command = (tool("keytool"), "-J-Duser.language=en", "-list", "-v", "-keystore", store)
    done = ran(*command, "-storepass:env", "PASSWORD", password=STORE_PASSWORD)
    assert done.returncode == 0, done.stdout
    assert f"Keystore type: {form.value.upper()}" in done.stdout.replace("PKCS #", "PKCS")
    assert done.stdout.count("Entry type: trustedCertEntry") == number
    for pem in trusted:
        digest = load_chain(pem)[0].serial_number
        assert f"{digest:x}" in done.stdout
    assert ran(*command, "-storepass:env", "PASSWORD", password="wrong-one").returncode != 0


def test_the_store_is_in_the_form_that_was_asked_for() -> None:
    for form, name in (("PKCS12", "truststore.p12"), ("JKS", "truststore.jks"), ("NONE", None)):
        order = replace(ORDER, trust_store=JavaTrustStore[form])
        stores = [file for file in by_name(order) if file.startswith("truststore")]
        assert stores == ([name] if name else [])
        shell = "JAVA_OPTS" in page(order)
        assert shell is bool(name)


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


def snippets(language: str) -> list[str]:
    found = [page(replace(ORDER, bolt=level)) for level in BoltLevel]
    return [text.split(f"```{language}\n")[1].split("```")[0] for text in found]


def test_the_python_in_it_is_python() -> None:
    for snippet in snippets("python"):
        compile(snippet, "page", "exec")


def test_the_javascript_in_it_is_javascript(tmp_path: Path) -> None:
    for snippet in (*snippets("javascript"), "const x = ;"):
        (tmp_path / "page.js").write_text(snippet)
        done = ran(tool("node"), "--check", tmp_path / "page.js")
        assert (done.returncode == 0) is ("const driver" in snippet), done.stderr


def test_the_go_in_it_is_go() -> None:
    for snippet in (*snippets("go"), "driver, := 1"):
        done = ran(tool("gofmt"), "-e", text=snippet)
        assert (done.returncode == 0) is ("neo4j.New" in snippet), done.stderr


def test_the_java_in_it_is_java(tmp_path: Path) -> None:
    judge = tmp_path / "Parse.java"
    judge.write_text(PARSE)
    for number, snippet in enumerate((*snippets("java"), "Driver driver = ;")):
        inside = f"class Page {{ void page() throws Exception {{\n{snippet}\n}} }}\n"
        (tmp_path / f"{number}.txt").write_text(inside)
    files = [tmp_path / f"{number}.txt" for number in range(4)]
    done = ran(tool("java"), judge, *files)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0", "0", "0", "1"]


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
    assert "neo4j-admin database backup --from=server1.cluster.example:6000" in page(ORDER)
    assert "backup/neo4j-admin.conf" in by_name(ORDER)
    for version in (V3, V4):
        old = replace(ORDER, version=version)
        assert "neo4j-admin backup --from=server1" in page(old)
        assert "backup/neo4j.conf" in by_name(old)
        assert ("empty folder `revoked`" in page(old)) is (version is V3)


@pytest.mark.parametrize(
    ("trust", "words"),
    [
        (TrustModel.PRIVATE_CA, "as the answers asked"),
        (TrustModel.SELF_SIGNED, "one by one"),
        (TrustModel.REQUEST, "issued elsewhere"),
        (TrustModel.EXISTING, "issued elsewhere"),
    ],
)
def test_without_a_certificate_for_backups_it_is_said_why(trust: TrustModel, words: str) -> None:
    order = replace(ORDER, backup=None, trust=trust)
    assert not any(name.startswith("backup/") for name in by_name(order))
    assert words in page(order)
    assert "dbms.ssl.policy.backup.enabled=true" in page(order)


def test_the_page_says_whether_there_is_an_authority() -> None:
    assert "There is no certificate authority" not in page(ORDER)
    each = replace(ORDER, trust=TrustModel.SELF_SIGNED, backup=None)
    assert "There is no certificate authority" in page(each)


def lines_of(version: Version) -> dict[str, str]:
    found = policy_lines(
        version, "/srv/backup", tls_versions=("TLSv1.2", "TLSv1.3"), verify_hostname=True
    )
    return dict(line.split("=", 1) for line in found)


def test_the_backup_policy_is_whole_and_its_own() -> None:
    lines = lines_of(V26)
    assert all(key.startswith("dbms.ssl.policy.backup.") for key in lines)
    assert lines["dbms.ssl.policy.backup.enabled"] == "true"
    assert lines["dbms.ssl.policy.backup.base_directory"] == "/srv/backup"
    assert lines["dbms.ssl.policy.backup.verify_hostname"] == "true"
    assert lines["dbms.ssl.policy.backup.tls_versions"] == "TLSv1.2,TLSv1.3"


def test_3_5_names_the_policy_of_its_backups() -> None:
    lines = lines_of(V3)
    assert lines.pop("dbms.backup.ssl_policy") == "backup"
    assert lines["dbms.ssl.policy.backup.base_directory"] == "/srv/backup"
    assert not any("enabled" in key or "causal" in key for key in lines)


def test_a_hostile_name_breaks_no_line_of_the_page() -> None:
    text = page(replace(ORDER, cluster="pay\n## \x1b[31mments", bolt_address="a\nb:7687"))
    assert "\x1b" not in text
    assert not re.search(r"^## .*ments", text, re.MULTILINE)
