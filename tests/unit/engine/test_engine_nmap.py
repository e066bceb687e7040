"""What nmap says is read with care, bounded, and compared port by port."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_engine_diagnosis import policy, probe
from test_engine_login import facts_of

from wizard.engine.diagnosis import Observations, ServerObservation
from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.probing.nmap import NmapError, ask_nmap, find_nmap
from wizard.engine.probing.nmap_answer import NmapAnswerError, Offered, read_answer
from wizard.engine.proving.second_opinion import compared, dialled
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.problems import Severity
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.material import LeafRequest, make_material

GCM = "TLS_AES_256_GCM_SHA384"
SUITES = {"TLSv1.2": ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",), "TLSv1.3": (GCM,)}
ONE = ServerObservation(
    server="server1",
    policy=policy(),
    ports=(
        ClusterPort(channel=Channel.RAFT, host="a", port=7000, listen_host="a", listen_port=7000),
    ),
)
TESTS = (
    probe("server1", ProbeKind.NONE, Verdict.REFUSED),
    probe("server1", ProbeKind.OLD_TLS, Verdict.REFUSED),
)
XML = """<?xml version="1.0"?><!DOCTYPE nmaprun>
<nmaprun><host><ports><port protocol="tcp" portid="7000"><state state="open"/>
<script id="ssl-enum-ciphers" output="x"><table key="TLSv1.3"><table key="ciphers">
<table><elem key="strength">A</elem><elem key="name">TLS_AKE_WITH_AES_256_GCM_SHA384</elem></table>
</table><table key="compressors"><elem>NULL</elem></table></table>
<elem key="least strength">A</elem></script></port>
<port protocol="tcp" portid="6000"><state state="filtered"/></port></ports></host></nmaprun>
"""


def told(suites: dict[str, tuple[str, ...]], state: str = "open") -> tuple[str, str]:
    (problem,) = compared(ONE, {7000: Offered(state=state, suites=suites)}, TESTS)
    assert problem.severity is Severity.NOTE
    return problem.code, problem.message


def test_the_answer_of_nmap_is_read_port_by_port() -> None:
    read = read_answer(XML.encode())
    assert read[7000] == Offered(state="open", suites={"TLSv1.3": (GCM,)})
    assert read[6000] == Offered(state="filtered", suites={})


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "Starting Nmap",
        XML.partition("</script>")[0],
        XML.replace("nmaprun>", 'nmaprun [<!ENTITY a "b">]>', 1),
        XML.replace("nmaprun>", "nmaprun [<!ELEMENT a ANY>]>", 1),
        "<a>" * 100 + "</a>" * 100,
        XML.replace('"1.0"', '"1.0" encoding="nonsense"'),
        XML.replace('"1.0"', '"1.0" encoding="euc-jp"'),
    ],
    ids=[
        "nothing",
        "words",
        "cut off",
        "entity",
        "own document type",
        "deep",
        "unknown encoding",
        "long characters",
    ],
)
def test_what_is_no_answer_of_nmap_s_is_refused(xml: str) -> None:
    with pytest.raises(NmapAnswerError):
        read_answer(xml.encode())


def test_names_from_outside_can_not_steer_a_terminal() -> None:
    hostile = XML.replace("TLS_AKE_WITH_AES", "A&#x9b;31m&#x202e;B").replace('"open"', '"&#x85;o"')
    read = read_answer(hostile.encode())
    assert read[7000].suites["TLSv1.3"][0].isascii()
    assert read[7000].state.isascii()


def test_agreement_and_each_kind_of_difference_are_told_as_notes() -> None:
    assert told(SUITES)[0] == "nmap-agrees"
    old = {**SUITES, "TLSv1.1": ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",)}
    code, message = told(old)
    assert code == "nmap-differs"
    assert "it offers TLSv1.1, which is outdated; our own probe of TLSv1.1 was refused" in message
    assert "where the policy has TLSv1.2, TLSv1.3" in told({"TLSv1.3": (GCM,)})[1]
    assert "no TLS that it could use" in told({})[1]
    assert told(SUITES, "filtered")[0] == "nmap-unanswered"


@pytest.mark.parametrize("address", ["-oN/tmp/x", "10.0.0.0/8", "10.0.0.1-9", "server1", ""])
def test_only_an_address_is_ever_given_to_nmap(address: str) -> None:
    with pytest.raises(NmapError, match="address"):
        ask_nmap(Path("/bin/false"), address, [7000])


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exec sleep 60", "too long"),
        ("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", "too much"),
        ("echo no XML", "XML"),
        ("exit 1", "XML"),
    ],
)
def test_an_nmap_that_is_none_is_ended(tmp_path: Path, script: str, why: str) -> None:
    program = tmp_path / "nmap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    assert find_nmap({"PATH": str(tmp_path)}) == program
    with pytest.raises(NmapError, match=why):
        ask_nmap(program, "127.0.0.1", [7000], timeout_s=0.5 if "long" in why else 30)


def test_an_nmap_that_runs_as_root_need_not_let_itself_be_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_process: object) -> None:
        raise PermissionError

    monkeypatch.setattr(subprocess.Popen, "kill", refuse)
    program = tmp_path / "nmap"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{XML}\nEND\n")
    program.chmod(0o700)
    assert ask_nmap(program, "127.0.0.1", [7000])[7000].state == "open"


def test_a_server_is_looked_for_where_its_peers_find_it() -> None:
    host = "a.example"
    port = ClusterPort(
        channel=Channel.RAFT, host=host, port=7000, listen_host=host, listen_port=7000
    )
    seen = Observations(
        now=datetime.now(UTC),
        servers={name: replace(ONE, server=name, ports=(port,)) for name in ("server1", "server2")},
    )
    own = replace(facts_of("server1", 7687), resolved={host: ("127.0.1.1",)})
    assert dialled("server1", seen, {"server1": own}) == ("127.0.1.1", (7000,))
    peer = replace(facts_of("server2", 7687), resolved={host: ("10.0.0.1",)})
    assert dialled("server1", seen, {"server1": own, "server2": peer})[0] == "10.0.0.1"
    vain = replace(facts_of("server2", 7687), resolved={host: ()})
    assert dialled("server1", seen, {"server1": own, "server2": vain})[0] == "127.0.1.1"


def test_without_nmap_on_the_path_there_is_none(tmp_path: Path) -> None:
    assert find_nmap({"PATH": str(tmp_path)}) is None


@contextmanager
def serving(tmp_path: Path, oldest: ssl.TLSVersion) -> Iterator[int]:
    """Serve TLS on a port of this computer, from that version up to TLS 1.2."""
    made = make_material(
        [
            LeafRequest(
                server="server1",
                subject=Subject(common_name="a"),
                dns_names=("a",),
                ip_addresses=(),
            )
        ],
        trust=TrustModel.SELF_SIGNED,
        algorithm=KeyAlgorithm.RSA_2048,
        now=datetime.now(UTC),
        lifetime_days=9,
    )["server1"]
    (tmp_path / "both").write_bytes(made.private_key_pem.reveal() + made.certificate_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = oldest, ssl.TLSVersion.TLSv1_2

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            context.wrap_socket(connection, server_side=True).close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=one, args=(door.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        threading.Thread(target=accept, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_nmap_itself_tells_a_port_that_still_takes_an_outdated_version(tmp_path: Path) -> None:
    program = find_nmap(os.environ)
    if program is None:
        assert os.environ.get("CI") != "true", "nmap is missing"
        pytest.skip("needs nmap")
    old, new = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2
    with serving(tmp_path, old) as weak, serving(tmp_path, new) as sound:
        found = ask_nmap(program, "127.0.0.1", [weak, sound])
    assert [sorted(found[port].suites) for port in (weak, sound)] == [
        ["TLSv1.1", "TLSv1.2"],
        ["TLSv1.2"],
    ]
    assert "it offers TLSv1.1" in told(dict(found[weak].suites))[1]
    assert "it offers" not in told(dict(found[sound].suites))[1]
