"""No byte of a private key is ever on a disk in clear, but in files that only their owner reads."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from black_box import Served, private, served, wizard
from bringing import Authority, brought_answers, clear, pem, with_secrets
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from key_bytes import holders

from wizard.engine.making.made import CA_KEY

PASSWORD = re.compile(rb"^dbms\.ssl\.policy\.cluster\.private_key_password=(\S+)$", re.MULTILINE)
PRIVATE = 0o077
FORMS = {"pkcs8": PrivateFormat.PKCS8, "traditional": PrivateFormat.TraditionalOpenSSL}


def key_of(home: Path) -> tuple[Path, Any]:
    """The key that stands on a server, and what its password opens."""
    (path,) = (home / "certificates").glob("cluster-*/private.key")
    found = PASSWORD.search((home / "conf" / "neo4j.conf").read_bytes())
    return path, load_pem_private_key(path.read_bytes(), found[1] if found else None)


def authority_key(file: Path, cluster: Served) -> Any:
    """The key of a CA that is kept, by the password that was given for it."""
    return load_pem_private_key(file.read_bytes(), cluster.secrets["ca_password"].encode())


def brought(cluster: Served, box: Path, authority: Authority) -> Path:
    """Lay a server's files into a folder, its key for its owner alone."""
    box.mkdir(mode=0o700)
    leaf, key = authority.leaf(cluster.servers[0]["address"])
    private(box / "server.key", clear(key).decode())
    (box / "server.crt").write_bytes(pem(leaf, authority.certificate))
    return brought_answers(cluster, "brought.toml", model="existing", material=str(box))


def requested(cluster: Served, own_home: Path, authority: Authority) -> Path:
    """Let the requests be made and answered."""
    answers = brought_answers(cluster, "request.toml", model="request")
    assert wizard("apply", "--answers", answers, "--yes").exit_code == 0
    (request,) = own_home.rglob("*.csr")
    (request.parent / "back.pem").write_bytes(
        pem(authority.answer(request.read_bytes()), authority.certificate)
    )
    return answers


@pytest.mark.parametrize("model", ["private-ca", "self-signed", "request", "existing"])
def test_no_trust_model_leaves_a_key_in_clear(tmp_path: Path, own_home: Path, model: str) -> None:
    (place := tmp_path / "place").mkdir()
    box, authority = tmp_path / "box", Authority("payments cluster CA")
    with served("--servers", "1", TMPDIR=str(place)) as cluster:
        if model == "existing":
            answers = brought(cluster, box, authority)
        elif model == "request":
            answers = requested(cluster, own_home, authority)
        else:
            answers = brought_answers(cluster, "made.toml", model=model)
        assert wizard("plan", "--answers", answers, "--json").exit_code == 0
        applied = wizard("apply", "--answers", answers, "--yes", "--json")
        assert applied.exit_code == 0, applied.stdout
        path, key = key_of(Path(cluster.servers[0]["home"]))
        password = PASSWORD.search((path.parents[2] / "conf" / "neo4j.conf").read_bytes())
        secrets = with_secrets(cluster, tmp_path, key_password=password[1].decode())  # type: ignore[index]
        inspected = wizard("inspect", path.parent, "--secrets", secrets, "--json")
        assert inspected.exit_code == 0, inspected.stdout
        own = {box / "server.key"} if model == "existing" else set()
        keys = [key, *(authority_key(file, cluster) for file in own_home.rglob(CA_KEY))]
        assert len(keys) == (2 if model == "private-ca" else 1)
        assert holders((own_home, place, cluster.folder, tmp_path), keys) == own
        assert all(one.stat().st_mode & PRIVATE == 0 for one in (path, *own))


def test_the_scanner_finds_a_key_in_every_form(tmp_path: Path) -> None:
    keys = (
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    )
    for number, key in enumerate(keys):
        (folder := tmp_path / str(number)).mkdir()
        for name, form in FORMS.items():
            raw = key.private_bytes(Encoding.PEM, form, NoEncryption())
            (folder / f"{name}.pem").write_bytes(raw)
            (folder / f"{name}.json").write_text(repr({"key": raw.decode()}))
            der = key.private_bytes(Encoding.DER, form, NoEncryption())
            (folder / f"{name}.der").write_bytes(der)
            (folder / f"{name}.base64").write_bytes(base64.b64encode(b"x" + der))
            (folder / f"{name}.hex").write_bytes(der.hex().encode())
        (folder / "public").write_bytes(pem(Authority("another").certificate))
        assert len(holders([folder], [key])) == 10
        assert holders([folder], [keys[1 - number]]) == set()
