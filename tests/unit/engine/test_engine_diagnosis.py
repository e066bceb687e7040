"""Each cause is named with its server, and a healthy cluster gives none."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID

from wizard.engine.diagnosis import Observations, ServerObservation, diagnose
from wizard.engine.events import Probe, ProbeKind, Verdict
from wizard.engine.probing.matrix import Probed
from wizard.engine.proving.expiry import expiry_overview
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.problems import Severity
from wizard.model.settings import ClientAuth, KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.logs.lines import (
    Hindrance,
    LoaderError,
    PolicyLoaded,
    StartFailed,
    TlsFailure,
)
from wizard.neo4j.policy import ClusterPolicy, policy_of
from wizard.pki.authority import Authority, authority_certificate_pem, make_authority
from wizard.pki.host_names import alternative_names
from wizard.pki.inspect import load_chain
from wizard.pki.keys import make_key
from wizard.pki.leaf import BOTH_WAYS, ONE_WAY, build_leaf, leaf_pem, subject_name
from wizard.pki.material import LeafRequest, MaterialSet, make_material

NOW = datetime.now(UTC)
NAMES = ("server1", "server2", "server3")


def made(days: int = 365, at: datetime = NOW, authority: Authority | None = None) -> MaterialSet:
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
        authority=authority or make_authority("payments", at),
    )


def intermediate_of(root: Authority) -> Authority:
    key = make_key(KeyAlgorithm.EC_P256)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject_name(Subject(common_name="between"), "", ""))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(root.certificate.not_valid_before_utc)
        .not_valid_after(root.certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return Authority(certificate=builder.sign(root.key, SHA256()), key=key)  # type: ignore[arg-type]


CA = make_authority("payments", NOW - timedelta(days=2), 3650)
MADE = made(authority=CA)


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


def loaded(ciphers: tuple[str, ...]) -> PolicyLoaded:
    return PolicyLoaded(scope="cluster", tls_versions=("TLSv1.2",), ciphers=ciphers)


def with_leaf(
    *, usages: tuple[Any, ...] = BOTH_WAYS, begins: datetime = NOW - timedelta(days=1)
) -> Observations:
    """Let server2 serve a leaf of the cluster's authority that is odd in one way."""
    key = make_key(KeyAlgorithm.EC_P256)
    leaf = build_leaf(
        signer=CA.key, issuer=CA.certificate, key=key,
        subject=subject_name(Subject(common_name="server2.example"), "", ""),
        names=alternative_names(("server2.example",), ()),
        begins=begins, ends=NOW + timedelta(days=90), usages=usages,
    )  # fmt: skip
    served = probe("server2", ProbeKind.NONE, Verdict.REFUSED, leaf=der(leaf_pem(leaf)))
    return with_tests(served, base=with_server(certificate=leaf_pem(leaf), leaf_made=None))


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
        with_tests(probe("server2", ProbeKind.OURS, Verdict.REFUSED, reached=False, closed=True)),
        "not-listening",
    ),
    "full disk": (
        with_server(running=False, failures=(StartFailed(code="start-failed", text="x", weight=0),
                                             Hindrance(code="disk-full", text="x", weight=5))),
        "disk-full",
    ),
    "no word but of a file": (
        with_server(running=False, failures=(Hindrance(code="file-not-permitted", text="x"),)),
        "file-not-permitted",
    ),
    "clock behind": (with_server(clock_offset_s=-7200.0), "clock-skew"),
    "names unknown": (with_server(unresolved=("server1.example",)), "name-not-resolved"),
    "waits alone": (with_server(has_started=False, waits_for=3), "quorum-not-met"),
    "no leader": (with_server(lacks_leader=True), "leader-missing"),
    "ciphers of another key": (
        with_server(in_force=loaded(("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",))),
        "key-type-mismatch",
    ),
    "misspelt": (
        with_server(policy=policy(enabled=False),
                    misspelt=("dbms.ssl.policy.cluster.enable",)),
        "policy-misspelt",
    ),
    "misspelt scope, another policy on": (
        with_server(policy=policy(enabled=False), other_scopes=("backup",)),
        "policy-not-enabled",
    ),
    "trusts others by its ports": (
        with_tests(probe("server2", ProbeKind.NONE, Verdict.REFUSED, issuers=(b"nobody",))),
        "trusted-lacks-peer",
    ),
    "trusts others by its files": (
        with_server(trusted={"x": made()["server1"].trusted[0][1]}), "trusted-lacks-peer",
    ),
    "one way leaf": (with_leaf(usages=ONE_WAY), "no-client-auth-eku"),
    "a leaf for clients only": (
        with_leaf(usages=(ExtendedKeyUsageOID.CLIENT_AUTH,)), "no-client-auth-eku",
    ),
    "not valid yet": (with_leaf(begins=NOW + timedelta(days=2)), "leaf-not-yet-valid"),
    "filtered between servers": (
        with_tests(probe("server2", ProbeKind.OURS, Verdict.FILTERED, reached=False)),
        "port-filtered",
    ),
    "strangers": (with_server(knocked=("10.9.9.9", "10.9.9.9")), "strangers-knock"),
    "filtered": (
        with_tests(probe("server2", ProbeKind.NONE, Verdict.FILTERED, reached=False)),
        "port-filtered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_cause_is_named_with_its_server(case: str) -> None:
    seen, code = CASES[case]
    found = codes(seen)
    assert found == {(code, "server2")}


def test_a_certificate_that_was_changed_on_the_disk_is_told_before_it_is_loaded() -> None:
    other = made(authority=CA)["server2"].certificate_pem
    assert codes(with_server(certificate=other)) == {("changed-on-disk", "server2")}


def test_a_newer_certificate_that_is_not_loaded_yet_is_told() -> None:
    newer = made(at=NOW + timedelta(hours=2), authority=CA)["server2"].certificate_pem
    seen = with_server(certificate=newer, leaf_made=None)
    assert codes(seen) == {("not-reloaded", "server2")}
    assert codes(with_server(leaf_made=None)) == set()


@pytest.mark.parametrize(
    "set_now",
    [{"tls_versions": ("TLSv1.2", "TLSv1.3")}, {"ciphers": ("TLS_AES_256_GCM_SHA384",)}],
)
def test_settings_that_are_not_loaded_yet_are_told(set_now: dict[str, Any]) -> None:
    in_force = PolicyLoaded(scope="cluster", tls_versions=("TLSv1.2",), client_auth="REQUIRE")
    same = policy(tls_versions=("TLSv1.2",))
    assert codes(with_server(in_force=in_force, policy=same)) == set()
    changed = policy(**{"tls_versions": ("TLSv1.2",), **set_now})
    seen = with_server(in_force=in_force, policy=changed)
    assert codes(seen) == {("not-reloaded", "server2")}
    (told,) = diagnose(seen)
    assert next(iter(set_now)) in told.evidence


def test_the_overview_tells_every_end_the_first_one_first() -> None:
    sentences = [*expiry_overview(healthy())]
    assert len(sentences) == 4
    assert "server1" in sentences[0]
    assert ", in 365 days." in sentences[0] or ", in 364 days." in sentences[0]
    assert sentences[3].startswith("The certificate authority CN=")
    late = [*expiry_overview(replace(healthy(), now=NOW + timedelta(days=400)))]
    assert "ended on" in late[0]


def test_half_a_cluster_in_plaintext_is_told_as_such() -> None:
    off = with_server(policy=policy(enabled=False))
    (told,) = diagnose(with_tests(base=off))
    assert "while server1, server3 do: they can't talk" in told.message
    two = replace(off, servers={n: o for n, o in off.servers.items() if n != "server3"})
    (told,) = diagnose(with_tests(base=two))
    assert "while server1 does: they can't talk" in told.message
    (told,) = diagnose(off)
    assert "encrypts its cluster traffic only until it is stopped" in told.message


def test_a_setting_that_is_refused_is_named_in_the_sentence_and_once() -> None:
    key = "dbms.ssl.policy.intracluster.enabled"
    words = f"Unrecognized setting. No declared setting with name: {key}. Cleanup the config"
    refused = LoaderError(code="setting-refused", text=words, weight=3)
    off = policy(enabled=False)
    (told,) = diagnose(with_server(running=False, policy=off, misspelt=(key,), failures=(refused,)))
    assert told.code == "setting-refused"
    assert f"refuses {key} in neo4j.conf" in told.message
    assert "named dbms.ssl.policy.cluster." in told.hint
    key = "dbms.ssl.policy.cluster.client_auth"
    words = f"Error evaluating value for setting '{key}'. 'REQUIRED' not one of [NONE]"
    (told,) = diagnose(with_server(policy=None, conf_problem=words))
    assert f"refuses {key} in the neo4j.conf of server2" in told.message


def raft_ports(host: str) -> tuple[ClusterPort, ...]:
    return (
        ClusterPort(channel=Channel.RAFT, host=host, port=7000, listen_host=host, listen_port=7000),
    )


def test_two_servers_of_one_address_are_told_with_the_one_that_has_anothers() -> None:
    other = der(MADE["server1"].certificate_pem)
    seen = with_server(addresses=("server1.example",), ports=raft_ports("Server1.example"))
    first = replace(seen.servers["server1"], ports=raft_ports("server1.example"))
    seen = replace(seen, servers={**seen.servers, "server1": first})
    (told,) = diagnose(with_tests(probe("server2", ProbeKind.NONE, Verdict.REFUSED, leaf=other),
                                  base=seen))  # fmt: skip
    assert (told.code, told.server) == ("address-duplicate", "server2")
    assert "server1, server2 advertise the same address" in told.message


def test_a_name_that_nobody_knows_is_its_advertisers_fault_and_no_certificates() -> None:
    name = "server9.example"
    seen = with_server(addresses=(name,), ports=raft_ports(name))
    servers = {
        n: one if n == "server2" else replace(one, unresolved=(name,), linked=frozenset({"x"}))
        for n, one in seen.servers.items()
    }
    (told,) = diagnose(replace(seen, servers=servers))
    assert (told.code, told.server) == ("name-not-resolved", "server2")
    assert f"advertises {name}, which none of its peers can resolve" in told.message
    known = {**servers, "server3": replace(servers["server3"], unresolved=())}
    assert ("name-not-covered", "server2") in codes(replace(seen, servers=known))


def test_a_server_that_shows_anothers_certificate_is_told_whose_it_is() -> None:
    other = MADE["server1"].certificate_pem
    seen = with_server(certificate=other, leaf_made=None)
    seen = with_tests(probe("server2", ProbeKind.NONE, Verdict.REFUSED, leaf=der(other)), base=seen)
    strict = {n: replace(o, policy=policy(verify_hostname=True)) for n, o in seen.servers.items()}
    (told,) = diagnose(replace(seen, servers=strict))
    assert told.message.startswith("server2 shows the certificate of server1, which does not hold")


def test_two_servers_whose_cipher_lists_do_not_meet_are_told_once() -> None:
    ecdsa = "TLS_ECDHE_ECDSA_WITH_AES_{}_GCM_SHA{}"
    seen = healthy()
    servers = {
        name: replace(one, policy=policy(ciphers=(ecdsa.format(*size),)))
        for (name, one), size in zip(
            seen.servers.items(), ((256, 384), (128, 256), (256, 384)), strict=True
        )
    }
    assert codes(replace(seen, servers=servers)) == {("cipher-mismatch", "server2")}


def test_a_server_whom_nobody_trusts_is_the_one_that_is_named() -> None:
    lacking = {"self.crt": made()["server1"].trusted[0][1]}
    trusting = dict(MADE["server2"].trusted)
    outcast = made()["server2"]
    seen = with_server(certificate=outcast.certificate_pem, leaf_made=None, trusted=trusting)
    assert codes(with_tests(base=seen)) == {("trusted-lacks-peer", "server2")}
    assert codes(with_server(trusted=lacking)) == {("trusted-lacks-peer", "server2")}


def test_where_nobody_trusts_anybody_that_is_one_sentence_and_names_no_server() -> None:
    selves = {name: made()[name] for name in NAMES}
    servers = {
        name: replace(
            one,
            certificate=selves[name].certificate_pem,
            trusted={"own.crt": selves[name].trusted[0][1]},
            leaf_made=None,
        )
        for name, one in healthy().servers.items()
    }
    (problem,) = diagnose(replace(healthy(), servers=servers, tests=()))
    assert (problem.code, problem.server) == ("trusted-lacks-peer", None)
    two = {name: one for name, one in servers.items() if name != "server3"}
    waiting = {n: replace(o, has_started=False, waits_for=3) for n, o in two.items()}
    (problem,) = diagnose(replace(healthy(), servers=waiting, tests=()))
    assert "server1, server2 have in trusted/" in problem.message


def test_a_server_of_another_authority_is_told_to_need_both() -> None:
    foreign = made()["server2"]
    seen = with_server(
        certificate=foreign.certificate_pem, trusted=dict(foreign.trusted), leaf_made=None
    )
    (told,) = diagnose(with_tests(base=seen))
    assert (told.code, told.server) == ("trusted-lacks-peer", "server2")
    assert "server2 and its peers do not trust each other" in told.message


def test_errors_are_told_before_warnings() -> None:
    seen = with_server(policy=policy(client_auth=ClientAuth.OPTIONAL))
    servers = {**seen.servers, "server3": replace(seen.servers["server3"], trusted={})}
    told = [p.severity for p in diagnose(replace(seen, servers=servers))]
    assert told == [Severity.ERROR, Severity.WARNING]


def test_a_server_that_stands_apart_from_linked_ones_has_not_joined() -> None:
    seen = healthy()
    links = {"server1": frozenset({"server3"}), "server3": frozenset({"server1"})}
    servers = {
        name: replace(one, linked=links.get(name, frozenset()))
        for name, one in seen.servers.items()
    }
    assert codes(replace(seen, servers=servers)) == {("not-joined", "server2")}
    silent = {n: replace(one, linked=frozenset()) for n, one in servers.items()}
    assert codes(replace(seen, servers=silent)) == set()
    heard = {**servers, "server1": replace(servers["server1"], linked=frozenset({"server2"}))}
    assert codes(replace(seen, servers=heard)) == set()


def refusing(**of_the_peer: Any) -> Observations:
    """Let server1 log that it refuses server2, for its name and for a revocation list."""
    seen = with_server(ip_addresses=frozenset({"10.0.0.2"}), **of_the_peer)
    told = tuple(
        TlsFailure(code=code, text=f"{code}: Neo4j's own words", remote=remote, told_at=NOW)
        for code in ("name-not-covered", "leaf-revoked")
        for remote in ("10.0.0.2", "10.9.9.9")
    )
    one = replace(seen.servers["server1"], failures=told)
    return replace(seen, servers={**seen.servers, "server1": one})


def test_a_peer_that_is_refused_for_its_name_or_by_a_list_is_told_from_the_log() -> None:
    wanted = {("name-not-covered", "server2"), ("leaf-revoked", "server2")}
    assert codes(refusing()) == wanted
    assert all("server1 refuses server2" in problem.message for problem in diagnose(refusing()))
    assert codes(refusing(starts_at=NOW - timedelta(hours=1))) == wanted


def test_what_a_log_tells_of_a_peer_is_over_once_that_has_started_anew_or_is_linked() -> None:
    assert codes(refusing(starts_at=NOW + timedelta(seconds=1))) == set()
    seen = refusing()
    linked = replace(seen.servers["server1"], linked=frozenset({"server2"}))
    assert codes(replace(seen, servers={**seen.servers, "server1": linked})) == set()


def test_a_chain_without_the_intermediate_that_others_send_is_told_as_that() -> None:
    root = make_authority("root", NOW - timedelta(days=2), 3650)
    between = intermediate_of(root)
    trusted = {"ca.crt": authority_certificate_pem(root)}
    issued = made(authority=between)
    chains = {name: issued[name].certificate_pem for name in NAMES}
    sent = {name: chain + authority_certificate_pem(between) for name, chain in chains.items()}

    def told(*cut: str) -> set[tuple[str, str | None]]:
        servers = {
            name: replace(
                one, certificate=(chains if name in cut else sent)[name], trusted=trusted,
                leaf_made=None,
            )
            for name, one in healthy().servers.items()
        }  # fmt: skip
        return codes(replace(healthy(), servers=servers, tests=()))

    assert told() == set()
    assert told("server2") == {("chain-incomplete", "server2")}
    assert told("server2", "server3") == {
        ("chain-incomplete", "server2"), ("chain-incomplete", "server3"),
    }  # fmt: skip
    # Where nobody sends it, nothing tells a missing intermediate from a foreign authority.
    assert told(*NAMES) == {("trusted-lacks-peer", None)}


def test_what_one_server_suffers_from_explains_why_the_others_wait() -> None:
    seen = with_server(running=False, failures=(loader("key-password-wrong"),))
    servers = {
        name: one if name == "server2" else replace(one, has_started=False, waits_for=3)
        for name, one in seen.servers.items()
    }
    assert codes(replace(seen, servers=servers)) == {("key-password-wrong", "server2")}


def test_a_port_that_only_the_workstation_could_not_reach_is_not_proved_and_no_failure() -> None:
    def told(origin: str, verdict: Verdict, *, reached: bool = False) -> set[tuple[str, Severity]]:
        test = probe("server2", ProbeKind.NONE, verdict, reached=reached)
        test = replace(test, probe=replace(test.probe, origin=origin))
        return {(p.code, p.severity) for p in diagnose(with_tests(test)) if p.server == "server2"}

    unproved = {("ports-not-proved", Severity.WARNING)}
    assert told("workstation", Verdict.FILTERED) == unproved
    assert told("workstation", Verdict.NOT_TESTED) == unproved
    assert told("server1", Verdict.FILTERED) == {("port-filtered", Severity.ERROR)}
    assert told("workstation", Verdict.REFUSED, reached=True) == set()
    assert told("server1", Verdict.REFUSED, reached=True) == set()


def test_a_server_of_which_only_the_discovery_of_its_build_answers_yet_speaks_no_plaintext() -> (
    None
):
    def told(*, ok: bool | None) -> set[tuple[str, str | None]]:
        test = probe("server2", ProbeKind.NONE, Verdict.PLAINTEXT, spoke_tls=False)
        return codes(with_tests(replace(test, probe=replace(test.probe, port=5000, ok=ok))))

    assert told(ok=False) == {("plaintext-server", "server2")}
    assert told(ok=None) == {("discovery-plaintext", None)}


def test_one_sentence_names_every_server_that_nothing_reached() -> None:
    tests = [
        probe(name, ProbeKind.OURS, Verdict.NOT_TESTED, reached=False)
        for name in ("server1", "server2")
    ]
    seen = replace(healthy(), tests=tuple(tests))
    (problem,) = [p for p in diagnose(seen) if p.code == "ports-not-proved"]
    assert problem.server is None
    assert "server1, server2" in problem.message
    down = replace(seen.servers["server2"], running=False)
    seen = replace(seen, servers={**seen.servers, "server2": down})
    (problem,) = [p for p in diagnose(seen) if p.code == "ports-not-proved"]
    assert problem.server == "server1"


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
