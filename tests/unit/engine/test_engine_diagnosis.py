"""Each cause is named with its server, and a healthy cluster gives none."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wizard.engine.diagnosis import Observations, ServerObservation, diagnose
from wizard.engine.events import Probe, ProbeKind, Verdict
from wizard.engine.probing.matrix import Probed
from wizard.model.settings import ClientAuth, KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.logs.lines import LoaderError, TlsFailure
from wizard.neo4j.policy import ClusterPolicy, policy_of
from wizard.pki.authority import make_authority
from wizard.pki.inspect import load_chain
from wizard.pki.material import LeafRequest, MaterialSet, make_material

NOW = datetime.now(UTC)
NAMES = ("server1", "server2", "server3")


def made(days: int = 365, at: datetime = NOW) -> MaterialSet:
    requests = [
        LeafRequest(
            server=name,
            subject=Subject(common_name=f"{name}.example"),
            dns_names=(f"{name}.example",),
            ip_addresses=(),
        )
        for name in NAMES
    ]
    return make_material(
        requests,
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.EC_P256,
        now=at,
        lifetime_days=days,
        authority=make_authority("payments", at),
    )


MADE = made()


def policy(**changes: Any) -> ClusterPolicy:
    lines = b"dbms.ssl.policy.cluster.enabled=true\n"
    return replace(policy_of(Conf.parse(lines), Version(5, 26), "/n"), **changes)


def der(pem: bytes) -> bytes:

    return ssl.PEM_cert_to_DER_cert(pem.decode())


def probe(server: str, kind: ProbeKind, verdict: Verdict, **more: Any) -> Probed:
    good = Verdict.ACCEPTED if kind is ProbeKind.OURS else Verdict.REFUSED
    one = Probe(
        origin="server1", server=server, port=7000, kind=kind, expected=good,
        verdict=verdict, ok=verdict is good,
    )  # fmt: skip
    return Probed(probe=one, **more)


def healthy() -> Observations:
    servers = {
        name: ServerObservation(
            server=name,
            version=Version(5, 26),
            running=True,
            has_started=True,
            policy=policy(),
            certificate=MADE[name].certificate_pem,
            trusted=dict(MADE[name].trusted),
            files_seen=True,
            leaf_made=MADE[name].fingerprint,
            addresses=(f"{name}.example",),
        )
        for name in NAMES
    }
    tests = [
        probe(name, kind, verdict, leaf=der(MADE[name].certificate_pem))
        for name in NAMES
        for kind, verdict in (
            (ProbeKind.OURS, Verdict.ACCEPTED),
            (ProbeKind.NONE, Verdict.REFUSED),
            (ProbeKind.FOREIGN_CA, Verdict.REFUSED),
        )
    ]
    return Observations(now=NOW, servers=servers, tests=tuple(tests))


def with_server(**changes: Any) -> Observations:
    """Change what is known of server2."""
    seen = healthy()
    servers = dict(seen.servers) | {"server2": replace(seen.servers["server2"], **changes)}
    return replace(seen, servers=servers)


def with_tests(*tests: Probed, base: Observations | None = None) -> Observations:
    """Replace what was probed on server2."""
    seen = base or healthy()
    others = tuple(test for test in seen.tests if test.probe.server != "server2")
    return replace(seen, tests=(*others, *tests))


def codes(seen: Observations) -> set[tuple[str, str | None]]:
    return {(problem.code, problem.server) for problem in diagnose(seen)}


def loader(code: str) -> LoaderError:
    return LoaderError(code=code, text="Neo4j's own words")


def test_a_healthy_cluster_has_no_problem() -> None:
    assert diagnose(healthy()) == ()


def test_a_server_that_is_up_has_not_given_up_whatever_it_once_said() -> None:
    assert codes(with_server(failures=(loader("key-password-wrong"),))) == set()


CASES: dict[str, tuple[Observations, str]] = {
    "refused start": (
        with_server(running=False, failures=(loader("key-password-wrong"),)),
        "key-password-wrong",
    ),
    "refused start, not gone yet": (
        with_server(running=True, has_started=False, failures=(loader("key-password-wrong"),)),
        "key-password-wrong",
    ),
    "stopped": (with_server(running=False, was_stopped=True), "server-not-running"),
    "died": (with_server(running=False), "start-failed"),
    "off": (with_server(policy=policy(enabled=False)), "policy-not-enabled"),
    "no trusted": (with_server(trusted=None), "trusted-missing"),
    "empty trusted": (with_server(trusted={}), "trusted-empty"),
    "lax by conf": (
        with_server(policy=policy(client_auth=ClientAuth.OPTIONAL)),
        "client-auth-not-required",
    ),
    "lax by port": (
        with_tests(probe("server2", ProbeKind.NONE, Verdict.ACCEPTED)),
        "client-auth-not-required",
    ),
    "stranger": (
        with_tests(
            probe("server2", ProbeKind.NONE, Verdict.REFUSED),
            probe("server2", ProbeKind.FOREIGN_CA, Verdict.ACCEPTED),
        ),
        "stranger-accepted",
    ),
    "plaintext answer": (
        with_tests(probe("server2", ProbeKind.PLAINTEXT, Verdict.PLAINTEXT)),
        "plaintext-server",
    ),
    "no TLS at all": (
        with_tests(probe("server2", ProbeKind.NONE, Verdict.NOT_TESTED, spoke_tls=False)),
        "plaintext-server",
    ),
    "old TLS": (
        with_tests(probe("server2", ProbeKind.OLD_TLS, Verdict.ACCEPTED)),
        "tls-version-mismatch",
    ),
    "other leaf": (
        with_tests(
            probe("server2", ProbeKind.NONE, Verdict.REFUSED,
                  leaf=der(made()["server2"].certificate_pem)),
        ),
        "leaf-not-ours",
    ),
    "key mismatch": (
        with_tests(probe("server2", ProbeKind.OURS, Verdict.REFUSED, reason="bad signature")),
        "key-does-not-match",
    ),
    "uncovered name": (
        with_server(addresses=("elsewhere.example",)),
        "name-not-covered",
    ),
    "setting": (with_server(policy=None, conf_problem="'X' not one of"), "setting-refused"),
    "no version in common": (
        with_server(policy=policy(tls_versions=("TLSv1.1",))),
        "tls-version-mismatch",
    ),
    "refused": (
        with_tests(
            probe("server2", ProbeKind.OURS, Verdict.REFUSED, reason="alert unknown ca")
        ),
        "handshake-refused",
    ),
    "refused, and its log says why": (
        with_tests(
            probe("server2", ProbeKind.OURS, Verdict.REFUSED, reason="alert"),
            base=with_server(failures=(TlsFailure(code="crl-stale", text="x"),)),
        ),
        "crl-stale",
    ),
    "nothing answers": (
        with_tests(probe("server2", ProbeKind.OURS, Verdict.REFUSED, reached=False)),
        "handshake-refused",
    ),
    "filtered": (
        with_tests(probe("server2", ProbeKind.NONE, Verdict.FILTERED, reached=False)),
        "port-filtered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_cause_is_named_with_its_server(case: str) -> None:
    seen, code = CASES[case]
    found = codes(seen)
    assert (code, "server2") in found
    assert {server for _code, server in found} <= {"server2", "server3"}


def test_an_expired_leaf_is_that_and_not_a_foreign_one() -> None:
    old = made(30, NOW - timedelta(days=60))["server2"].certificate_pem
    seen = with_tests(probe("server2", ProbeKind.NONE, Verdict.REFUSED, leaf=der(old)))
    assert ("leaf-expired", "server2") in codes(seen)
    assert ("leaf-not-ours", "server2") not in codes(seen)


def test_an_end_that_is_near_is_a_warning() -> None:
    later = replace(healthy(), now=NOW + timedelta(days=340))
    assert codes(later) == {("expiry-near", name) for name in NAMES}


def test_what_strangers_made_a_server_log_is_no_problem_of_its() -> None:
    noise = tuple(
        TlsFailure(code=code, text="x") for code in ("trusted-lacks-peer", "leaf-expired")
    )
    assert diagnose(with_server(failures=noise)) == ()


def test_a_server_that_others_would_refuse_is_named_by_its_files() -> None:
    foreign = made()["server2"]
    seen = with_server(certificate=foreign.certificate_pem, leaf_made=None)
    seen = with_tests(base=seen)
    assert ("trusted-lacks-peer", "server2") in codes(seen)


def test_a_closed_port_of_a_server_still_starting_is_no_refusal() -> None:
    starting = with_server(has_started=False)
    seen = with_tests(
        probe("server2", ProbeKind.OURS, Verdict.REFUSED, reached=False), base=starting
    )
    assert diagnose(seen) == ()


def test_load_chain_reads_what_the_tests_serve() -> None:
    assert len(load_chain(der(MADE["server1"].certificate_pem))) == 1
