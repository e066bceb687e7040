"""Two servers with what the wizard makes shake hands, in OpenSSL and in Java, both ways."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from pki_everything import DOMAIN, Way, lay_out, make_all, swapped, ways

from wizard.model.settings import KeyAlgorithm

EVERY_WAY = [*ways()]
PLAIN = [way for way in EVERY_WAY if way.password is None]
PEER_JUDGE = Path(__file__).parents[2] / "judge" / "jdk" / "PeerJudge.java"
HOST = f"server1.{DOMAIN}"
WRONG_HOST = "server1.example.org"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """The folders of both servers, by the way they were made."""
    return {str(way): lay_out(make_all(way), tmp_path_factory.mktemp("made")) for way in EVERY_WAY}


def context(folder: Path, way: Way, purpose: ssl.Purpose) -> ssl.SSLContext:
    found = ssl.create_default_context(purpose)
    secret = way.password.reveal() if way.password else None
    found.load_cert_chain(folder / "public.crt", folder / "private.key", secret)
    for trusted in (folder / "trusted").iterdir():
        found.load_verify_locations(trusted)
    found.verify_mode = ssl.CERT_REQUIRED
    found.verify_flags |= ssl.VERIFY_X509_STRICT
    return found


def shake(caller: ssl.SSLContext, acceptor: ssl.SSLContext, host: str) -> None:
    """Let two sides shake hands in memory, and let one byte go each way."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        caller.wrap_bio(back, there, server_hostname=host),
        acceptor.wrap_bio(there, back, server_side=True),
    )
    done: set[int] = set()
    while len(done) < len(sides):
        for number, side in enumerate(sides):
            try:
                side.do_handshake()
                done.add(number)
            except ssl.SSLWantReadError:
                continue
    for sender, receiver in (sides, sides[::-1]):
        sender.write(b"x")
        assert receiver.read(1) == b"x"


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=str)
def test_openssl_shakes_hands_with_and_without_names(
    way: Way, version: ssl.TLSVersion, made: dict[str, dict[str, Path]]
) -> None:
    one, two = made[str(way)].values()
    caller = context(two, way, ssl.Purpose.SERVER_AUTH)
    acceptor = context(one, way, ssl.Purpose.CLIENT_AUTH)
    caller.minimum_version = caller.maximum_version = version
    shake(caller, acceptor, HOST)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake(caller, acceptor, WRONG_HOST)
    caller.check_hostname = False
    shake(caller, acceptor, WRONG_HOST)


def test_openssl_lets_no_stranger_in(made: dict[str, dict[str, Path]]) -> None:
    ours, foreign = PLAIN[0], PLAIN[1]
    acceptor = context(made[str(ours)]["server1"], ours, ssl.Purpose.CLIENT_AUTH)
    stranger = context(made[str(foreign)]["server2"], foreign, ssl.Purpose.SERVER_AUTH)
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLError, match="verify failed"):
        shake(stranger, acceptor, HOST)


@pytest.fixture(scope="module")
def said(
    made: dict[str, dict[str, Path]], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], list[str]]:
    """What Java says of server1 with server2 as its peer, by way and host; one JVM for all."""
    program = shutil.which("java")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("java is missing, and shook no hands")
        pytest.skip("java is not installed: no hands are shaken with it")
    asked = [(str(way), host) for way in PLAIN for host in (HOST, WRONG_HOST, "")]
    folders = {
        str(way): swapped(tmp_path_factory.mktemp("swapped"), *made[str(way)].values())
        for way in PLAIN
    }
    lines = "".join(f"{folders[way][0]}\t{host}\t{folders[way][1]}\n" for way, host in asked)
    done = subprocess.run(
        [program, "-XX:TieredStopAtLevel=1", PEER_JUDGE],
        input=lines.encode(),
        capture_output=True,
        timeout=120,
        check=True,
    )
    answers = (line.split("\t") for line in done.stdout.decode().splitlines())
    return dict(zip(asked, answers, strict=True))


@pytest.mark.parametrize("way", PLAIN, ids=str)
def test_java_shakes_hands_with_and_without_names(
    way: Way, said: dict[tuple[str, str], list[str]]
) -> None:
    assert said[str(way), HOST] == ["OK", "OK", "OK"]
    assert said[str(way), ""] == ["OK", "OK", "OK"]
    starts, as_server, as_client = said[str(way), WRONG_HOST]
    assert (starts, as_client) == ("OK", "OK")
    assert WRONG_HOST in as_server


def test_every_kind_of_key_shook_hands() -> None:
    assert {way.algorithm for way in PLAIN} == set(KeyAlgorithm)
