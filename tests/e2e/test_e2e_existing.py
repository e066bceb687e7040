"""Keys and certificates that somebody has: from a folder of mixed files to a proved cluster."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import tomli_w
from black_box import Ended, Served, served, wizard
from bringing import (
    Authority,
    brought_answers,
    bundle,
    clear,
    der,
    half,
    pem,
    served_material,
    store,
    with_secrets,
)
from canaries import Canaries
from cryptography import x509

from wizard.model.settings import SHARED_CA_ACCEPTED

PASSPHRASE = "Horse-battery-staple-7"


def fill(box: Path, cluster: Served, authority: Authority) -> dict[str, x509.Certificate]:
    """One server's as PKCS#12, one's in pieces, one's as PEM in the wrong order; the CA as DER."""
    box.mkdir(exist_ok=True)
    leaves = {one["name"]: authority.leaf(one["address"]) for one in cluster.servers}
    (box / "one.pfx").write_bytes(store(*leaves["server1"], PASSPHRASE))
    (box / "two.p7b").write_bytes(bundle(authority.certificate, leaves["server2"][0]))
    (box / "two").write_bytes(clear(leaves["server2"][1]))
    three = leaves["server3"]
    (box / "three.txt").write_bytes(pem(authority.certificate, three[0]) + clear(three[1]))
    (box / "root.crt").write_bytes(der(authority.certificate))
    (box / "README").write_text("These came from the security team.\n")
    return {name: certificate for name, (certificate, _key) in leaves.items()}


def codes(ended: Ended, severity: str = "error") -> set[tuple[str, str | None]]:
    return {
        (event["problem"], event.get("server"))
        for event in ended.of("problem")
        if event["severity"] == severity
    }


def test_a_mixed_folder_is_planned_applied_proved_and_undone(
    tmp_path: Path, own_home: Path
) -> None:
    box = tmp_path / "box"
    with served() as cluster:
        leaves = fill(box, cluster, Authority("payments cluster CA"))
        files = {path: path.read_bytes() for path in box.iterdir()}
        answers = brought_answers(cluster, "brought.toml", model="existing", material=str(box))
        secrets = with_secrets(cluster, tmp_path, material_passphrase=PASSPHRASE)
        options = ("--answers", answers, "--secrets", secrets, "--json")
        before = cluster.trees()

        plan = wizard("plan", *options)
        assert plan.exit_code == 0, plan.stdout
        assert plan.stdout == wizard("plan", *options).stdout
        staged = [event for event in plan.of("change_planned") if event["kind"] == "stage"]
        told = {one["server"]: one["details"]["certificate"] for one in staged}
        assert {name: one["file"] for name, one in told.items()} == {
            "server1": f"{box}/one.pfx",
            "server2": f"{box}/two.p7b",
            "server3": f"{box}/three.txt",
        }
        assert all("payments cluster CA" in str(one["details"]["trusted"]) for one in staged)

        applied = wizard("apply", *options, "--yes")
        assert applied.exit_code == 0, applied.stdout
        for server in cluster.servers:
            there = served_material(Path(server["home"]))
            assert x509.load_pem_x509_certificate(there["public.crt"]) == leaves[server["name"]]
            assert b"ENCRYPTED PRIVATE KEY" in there["private.key"]
            assert there["trusted/ca.crt"] == pem(
                x509.load_der_x509_certificate(files[box / "root.crt"])
            )
        again = wizard("apply", *options, "--yes")
        assert (again.exit_code, again.of("change_planned")) == (0, [])
        verified = wizard("verify", *options)
        assert verified.exit_code == 0
        ours = [event["verdict"] for event in verified.of("probe") if event["kind"] == "ours"]
        assert {*ours} == {"accepted"}
        undone = wizard("undo", "--secrets", secrets, "--yes")
        assert undone.exit_code == 0, undone.stderr
        assert cluster.trees() == before
        assert {path: path.read_bytes() for path in box.iterdir()} == files

        canaries = Canaries({"passphrase": PASSPHRASE})
        assert canaries.in_files(own_home) == set()
        assert not canaries.within(plan.stdout + applied.stdout + applied.stderr)
        for path in own_home.rglob("*"):
            if path.is_file():
                assert not re.search(rb"BEGIN (EC |RSA )?PRIVATE KEY", path.read_bytes()), path


def test_a_passphrase_that_was_not_given_is_told_before_anything_changes(tmp_path: Path) -> None:
    box = tmp_path / "box"
    with served() as cluster:
        fill(box, cluster, Authority("payments cluster CA"))
        answers = brought_answers(cluster, "brought.toml", model="existing", material=str(box))
        before = cluster.trees()
        applied = wizard("apply", "--answers", answers, "--yes", "--json")
        assert applied.exit_code == 1
        assert codes(applied) == {("key-password-missing", "server1")}
        assert f"{box}/one.pfx" in {event.get("file") for event in applied.of("problem")}
        assert cluster.trees() == before


def test_a_shared_ca_goes_nowhere_without_the_typed_sentence(
    tmp_path: Path, own_home: Path
) -> None:
    box = tmp_path / "box"
    with served() as cluster:
        root = Authority("Example Corporate Root")
        issuing = Authority("Example Issuing CA 3", root)
        fill(box, cluster, issuing)
        (box / "above.pem").write_bytes(pem(root.certificate))
        named = {"model": "existing", "material": str(box)}
        secrets = with_secrets(cluster, tmp_path, material_passphrase=PASSPHRASE)
        before = cluster.trees()

        without = brought_answers(cluster, "without.toml", **named)
        refused = wizard("apply", "--answers", without, "--secrets", secrets, "--yes", "--json")
        assert refused.exit_code == 1
        assert codes(refused) == {("shared-ca", None)}
        assert cluster.trees() == before

        wrong = brought_answers(cluster, "wrong.toml", **named, shared_ca="yes")
        ended = wizard("plan", "--answers", wrong, "--secrets", secrets, "--json")
        assert ended.exit_code == 2
        assert "trust.shared_ca" in ended.stdout

        accepted = brought_answers(cluster, "ok.toml", **named, shared_ca=SHARED_CA_ACCEPTED)
        applied = wizard("apply", "--answers", accepted, "--secrets", secrets, "--yes", "--json")
        assert applied.exit_code == 0, applied.stdout
        assert ("shared-ca", None) in codes(applied, "warning")
        (report,) = own_home.rglob("report.md")
        assert "The answers accept that" in report.read_text()
        sent = served_material(Path(cluster.servers[0]["home"]))
        chain = x509.load_pem_x509_certificates(sent["public.crt"])
        assert half(chain[1]) == half(issuing.certificate)


def test_a_server_can_have_a_folder_of_its_own(tmp_path: Path) -> None:
    authority = Authority("payments cluster CA")
    with served("--servers", "2") as cluster:
        for server in cluster.servers:
            (folder := tmp_path / server["name"]).mkdir()
            leaf, key = authority.leaf(server["address"])
            (folder / "all.pem").write_bytes(pem(leaf, authority.certificate) + clear(key))
        answers = brought_answers(cluster, "own.toml", model="existing")
        document = tomllib.loads(answers.read_text())
        for server in document["servers"]:
            server["material"] = str(tmp_path / server["name"])
        answers.write_text(tomli_w.dumps(document))
        plan = wizard("plan", "--answers", answers, "--json")
        assert plan.exit_code == 0, plan.stdout
        staged = [event for event in plan.of("change_planned") if event["kind"] == "stage"]
        told = {one["server"]: one["details"]["certificate"]["file"] for one in staged}
        assert told == {name: f"{tmp_path}/{name}/all.pem" for name in ("server1", "server2")}
        document["servers"][1]["material"] = str(tmp_path / "nowhere")
        answers.write_text(tomli_w.dumps(document))
        refused = wizard("plan", "--answers", answers, "--json")
        assert refused.exit_code == 2
        keys = [event.get("key") for event in refused.of("problem")]
        assert keys == ["servers.server2.material"]


@pytest.mark.parametrize("fault", ["nothing", "nowhere"])
def test_material_that_is_not_there_is_a_refused_answer(tmp_path: Path, fault: str) -> None:
    named = {"material": str(tmp_path / "nowhere")} if fault == "nowhere" else {}
    with served("--servers", "1") as cluster:
        answers = brought_answers(cluster, "brought.toml", model="existing", **named)
        ended = wizard("plan", "--answers", answers, "--json")
        assert ended.exit_code == 2
        assert [event.get("key") for event in ended.of("problem")] == ["trust.material"]
