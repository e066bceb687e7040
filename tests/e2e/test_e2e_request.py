"""Certificates by request: keys and requests today, certificates weeks later, then the proof."""

from __future__ import annotations

import os
import re
from pathlib import Path

from black_box import Ended, served, wizard
from bringing import Authority, brought_answers, bundle, der, half, pem, served_material
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

NAMES = ("server1", "server2", "server3")


def room_of(home: Path) -> Path:
    (room,) = (home / "state" / "neo4j-tls" / "requests").iterdir()
    return room


def errors(ended: Ended) -> set[tuple[str, str | None]]:
    found = [event for event in ended.of("problem") if event["severity"] == "error"]
    return {(event["problem"], event.get("server")) for event in found}


def test_requests_wait_for_their_certificates_and_then_it_goes_on(own_home: Path) -> None:
    authority = Authority("payments cluster CA")
    with served() as cluster:
        answers = brought_answers(cluster, "request.toml", model="request")
        options = ("--answers", answers, "--json")
        before = cluster.trees()

        first = wizard("plan", *options)
        assert (first.exit_code, errors(first)) == (1, {("request-not-made", None)})
        assert not (own_home / "state").exists()

        made = wizard("apply", *options, "--yes")
        assert made.exit_code == 0, made.stdout
        assert errors(made) == set()
        room = room_of(own_home)
        said = " ".join(event["message"] for event in made.of("said"))
        assert str(room) in said
        assert "Waiting for certificates" in said
        assert "serverAuth" in (room / "what-to-send.txt").read_text()
        assert cluster.trees() == before

        issued = {name: authority.answer((room / f"{name}.csr").read_bytes()) for name in NAMES}
        keys = {name: (room / "keys" / f"{name}.key").read_bytes() for name in NAMES}
        (room / "from portal.cer").write_bytes(der(issued["server2"]))
        some = wizard("apply", *options, "--yes")
        assert some.exit_code == 1
        assert errors(some) == {
            ("certificate-awaited", "server1"),
            ("certificate-awaited", "server3"),
            ("issuer-not-given", "server2"),
        }
        assert cluster.trees() == before

        rest = bundle(issued["server3"], authority.certificate, issued["server1"])
        (room / "mail").mkdir()
        (room / "mail" / "all.p7b").write_bytes(rest)
        planned = wizard("plan", *options)
        assert planned.exit_code == 0, planned.stdout
        applied = wizard("apply", *options, "--yes")
        assert applied.exit_code == 0, applied.stdout
        for server in cluster.servers:
            there = served_material(Path(server["home"]))
            leaf = x509.load_pem_x509_certificate(there["public.crt"])
            assert leaf == issued[server["name"]]
            assert there["trusted/ca.crt"] == pem(authority.certificate)
        again = wizard("apply", *options, "--yes")
        assert (again.exit_code, again.of("change_planned")) == (0, [])
        assert wizard("verify", *options).exit_code == 0
        assert wizard("undo", "--yes").exit_code == 0
        assert cluster.trees() == before
        assert {name: (room / "keys" / f"{name}.key").read_bytes() for name in NAMES} == keys


def test_the_keys_wait_sealed_and_private_under_a_careless_umask(own_home: Path) -> None:
    with served("--servers", "2") as cluster:
        answers = brought_answers(cluster, "request.toml", model="request")
        before = os.umask(0)
        try:
            assert wizard("apply", "--answers", answers, "--yes").exit_code == 0
        finally:
            os.umask(before)
    room = room_of(own_home)
    password = (room / "keys" / "password.txt").read_bytes().strip()
    for path in (room, *room.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    for name in NAMES[:2]:
        sealed = (room / "keys" / f"{name}.key").read_bytes()
        key = load_pem_private_key(sealed, password)
        request = x509.load_pem_x509_csr((room / f"{name}.csr").read_bytes())
        assert half(key) == half(request)
        assert request.public_key().key_size == 3072
    for path in (own_home / "state").rglob("*"):
        if path.is_file():
            assert not re.search(rb"BEGIN (EC |RSA )?PRIVATE KEY", path.read_bytes()), path


def test_a_certificate_for_another_key_and_a_lost_request_are_told(own_home: Path) -> None:
    authority = Authority("payments cluster CA")
    with served("--servers", "2") as cluster:
        answers = brought_answers(cluster, "request.toml", model="request")
        options = ("--answers", answers, "--json")
        assert wizard("apply", *options, "--yes").exit_code == 0
        room = room_of(own_home)
        foreign, _key = authority.leaf(cluster.servers[0]["address"])
        second = authority.answer((room / "server2.csr").read_bytes())
        (room / "back.pem").write_bytes(pem(foreign, second, authority.certificate))
        ended = wizard("plan", *options)
        assert (ended.exit_code, errors(ended)) == (1, {("key-does-not-match", "server1")})

        old = (room / "server1.csr").read_bytes()
        (room / "server1.csr").unlink()
        anew = wizard("apply", *options, "--yes")
        assert anew.exit_code == 0, anew.stdout
        assert (room / "server1.csr").read_bytes() != old
        (room / "first.pem").write_bytes(pem(authority.answer((room / "server1.csr").read_bytes())))
        (room / "back.pem").write_bytes(pem(second, authority.certificate))
        assert wizard("apply", *options, "--yes").exit_code == 0
