"""Policies in use and not in use, what they let in, and the addresses that peers dial."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.model.problems import Problem, Severity
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.lint import lint
from wizard.neo4j.lint.policy import POLICY_CHECKS
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.policy import policy_settings

THREE, FOUR, FIVE, NEWEST = Version(3, 5), Version(4, 4), Version(5, 26), Version(2026, 8)
PREFIX = "dbms.ssl.policy."
ENABLED = f"{PREFIX}cluster.enabled=true\n"
REAL = Path(__file__).parents[4] / "shared" / "real-confs"


def told(text: str, version: Version, code: str) -> list[Problem]:
    return [p for p in problems(text.encode(), version) if p.code == code]


def problems(raw: bytes, version: Version) -> list[Problem]:
    reading = Reading.of(raw, version)
    return [finding.problem for check in POLICY_CHECKS for finding in check(reading)]


@pytest.mark.parametrize("version", [FOUR, FIVE, NEWEST], ids=str)
def test_a_policy_without_enabled_encrypts_nothing(version: Version) -> None:
    line = f"{PREFIX}cluster.base_directory=x\n"
    (problem,) = told(line, version, "policy-present-not-enabled")
    assert problem.severity is Severity.WARNING
    assert problem.line == 1
    assert not told(line + ENABLED, version, "policy-present-not-enabled")
    off = line + f"{PREFIX}cluster.enabled=FALSE"
    assert [p.severity for p in told(off, version, "policy-switched-off")] == [Severity.NOTE]
    assert not told(off, version, "policy-present-not-enabled")


def test_a_policy_of_3_5_is_used_by_name() -> None:
    policy, use = f"{PREFIX}mine.base_directory=x\n", "causal_clustering.ssl_policy="
    code = "policy-present-not-enabled"
    assert told(policy, THREE, code)[0].severity is Severity.WARNING
    assert not told(f"{policy}{use}mine", THREE, code)
    assert told(f"{policy}causal_clustering.ssl_polcy=mine", THREE, code)[0].severity == "error"
    (problem,) = told(f"{policy}{use}mime", THREE, "policy-not-defined")
    assert problem.severity is Severity.ERROR
    assert "mine" in problem.hint
    assert problem.evidence == (
        "Cannot find enabled SSL policy with name 'mime' in the configuration"
    )
    assert not told(f"{use}legacy\nbolt.ssl_policy=legacy", THREE, "policy-not-defined")


def test_3_5_demands_a_folder_of_every_policy() -> None:
    (problem,) = told(f"{PREFIX}mine.client_auth=NONE", THREE, "policy-without-base-directory")
    assert problem.evidence == f"Missing mandatory setting: {PREFIX}mine.base_directory"
    assert not told(f"{PREFIX}mine.client_auth=NONE", FOUR, "policy-without-base-directory")
    assert told(f"{PREFIX}legacy.base_directory=x", THREE, "policy-name-reserved")


@pytest.mark.parametrize("version", [FOUR, FIVE, NEWEST], ids=str)
def test_letting_in_without_a_certificate_is_warned_of(version: Version) -> None:
    code = "client-auth-not-required"
    for value in ("NONE", "optional "):
        line = f"{PREFIX}cluster.client_auth={value}\n"
        assert [p.severity for p in told(ENABLED + line, version, code)] == [Severity.WARNING]
        assert not told(line, version, code)
    assert not told(f"{ENABLED}{PREFIX}cluster.client_auth=require", version, code)
    assert not told(f"{PREFIX}bolt.enabled=true\n{PREFIX}bolt.client_auth=NONE", version, code)
    assert told(f"{PREFIX}backup.enabled=true\n{PREFIX}backup.client_auth=NONE", version, code)


def test_client_auth_of_the_policy_that_3_5_uses() -> None:
    text = f"{PREFIX}mine.base_directory=x\n{PREFIX}mine.client_auth=NONE\n"
    (problem,) = told(f"{text}causal_clustering.ssl_policy=mine", THREE, "client-auth-not-required")
    assert (problem.key, problem.line) == (f"{PREFIX}mine.client_auth", 2)
    assert not told(f"{text}bolt.ssl_policy=mine", THREE, "client-auth-not-required")


@pytest.mark.parametrize("version", [THREE, FOUR, FIVE, NEWEST], ids=str)
def test_trusting_everybody_is_warned_of(version: Version) -> None:
    assert told(f"{PREFIX}cluster.trust_all=TRUE", version, "trust-all")
    assert not told(f"{PREFIX}cluster.trust_all=false", version, "trust-all")


def test_names_are_checked_against_addresses() -> None:
    code, address = "hostname-of-ip-address", "server.cluster.advertised_address=10.0.0.1:6000\n"
    on = f"{PREFIX}cluster.verify_hostname=true\n"
    assert told(ENABLED + on + address, FIVE, code)
    assert told(ENABLED + address, NEWEST, code)
    assert not told(ENABLED + address, FIVE, code)
    assert not told(on + address, FIVE, code)
    assert not told(ENABLED + on + address.replace("10.0.0.1", "s1"), FIVE, code)
    assert told(ENABLED + on + "server.default_advertised_address=fe80::1", FIVE, code)


def test_verify_hostname_left_to_the_version() -> None:
    code = "verify-hostname-not-set"
    assert [p.severity for p in told(ENABLED, FIVE, code)] == [Severity.NOTE]
    assert told(ENABLED, NEWEST, code)
    assert not told(ENABLED, FOUR, code)
    assert not told(f"{ENABLED}{PREFIX}cluster.verify_hostname=false", FIVE, code)


def test_backups_and_connectors_are_noted() -> None:
    assert told(ENABLED, FIVE, "backup-policy-missing")[0].severity is Severity.NOTE
    assert not told(f"{ENABLED}{PREFIX}backup.enabled=true", FIVE, "backup-policy-missing")
    assert not told("server.bolt.enabled=true", FIVE, "backup-policy-missing")
    bolt = f"{PREFIX}bolt.enabled=true\n"
    assert told(bolt, FIVE, "connector-not-encrypted")
    assert told(f"{bolt}dbms.connector.bolt.tls_level=DISABLED", FOUR, "connector-not-encrypted")
    assert not told(f"{bolt}server.bolt.tls_level=REQUIRED", FIVE, "connector-not-encrypted")
    https = f"{PREFIX}https.enabled=true\nserver.https.enabled=true"
    assert not told(https, FIVE, "connector-not-encrypted")


@pytest.mark.parametrize(
    ("address", "members", "is_told"),
    [
        ("0.0.0.0", "s2:5000", True),  # noqa: S104 - what is looked for
        ("::", "s2:5000", True),
        ("localhost", "s1:5000,s2:5000", True),
        ("127.0.0.1", "s2:5000", True),
        ("localhost", "localhost:5000,localhost:5001", False),
        ("s1", "s1:5000,s2:5000", False),
        ("$(hostname)", "s1:5000,s2:5000", False),
    ],
)
def test_addresses_that_nobody_can_dial(address: str, members: str, *, is_told: bool) -> None:
    text = (
        f"dbms.mode=CORE\ncausal_clustering.transaction_advertised_address={address}\n"
        f"causal_clustering.initial_discovery_members={members}\n"
    )
    for version in (THREE, FOUR):
        assert bool(told(text, version, "advertised-address-unreachable")) == is_told
    alone = text.replace("CORE", "SINGLE")
    assert not told(alone, FOUR, "advertised-address-unreachable")


def test_members_stand_with_the_port_that_is_asked() -> None:
    code = "member-port-wrong"
    assert told("dbms.cluster.endpoints=s1:5000,s2:5000", NEWEST, code)
    assert not told("dbms.cluster.endpoints=s1:6000,s2:6001", NEWEST, code)
    assert told("dbms.cluster.discovery.endpoints=s1:6000", FIVE, code)
    assert not told("dbms.cluster.discovery.endpoints=s1:5000,s2:15000,s3", FIVE, code)
    assert told("dbms.cluster.discovery.v2.endpoints=s1:5000", FIVE, code)
    assert not told("dbms.cluster.discovery.v2.endpoints=s1:6000", FIVE, code)
    own = "server.discovery.advertised_address=:6000\nserver.discovery.listen_address=:6000\n"
    assert not told(f"{own}dbms.cluster.discovery.endpoints=s1:6000", FIVE, code)


def test_ports_that_differ_are_noted() -> None:
    text = "server.cluster.advertised_address=s1:6000\nserver.cluster.listen_address=:6001"
    assert [p.severity for p in told(text, FIVE, "port-differs")] == [Severity.NOTE]
    assert not told(text.replace("6001", "6000"), FIVE, "port-differs")
    assert not told("server.cluster.advertised_address=s1", FIVE, "port-differs")


def test_scopes_that_nothing_uses() -> None:
    code = "policy-scope-without-use"
    for version in (FOUR, FIVE):
        text = f"{PREFIX}testing.enabled=true"
        assert [p.severity for p in told(text, version, code)] == [Severity.WARNING]
    assert [p.severity for p in told(f"{PREFIX}fabric.enabled=true", FIVE, code)] == ["note"]
    assert not told(f"{PREFIX}fabric.enabled=true", FOUR, code)
    assert not told(ENABLED, FIVE, code)


VERSIONS = [
    *(Version(4, minor) for minor in range(5)),
    *(Version(5, minor) for minor in (0, 1, 13, 14, 23, 24, 26)),
    *(Version(2025, 1), Version(2025, 10), NEWEST, Version(2030, 1)),
]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("with_password", [True, False])
def test_what_the_wizard_writes_has_notes_at_most(version: Version, *, with_password: bool) -> None:
    lines = policy_settings(
        version,
        base_directory="certificates/cluster-1",
        client_auth=ClientAuth.REQUIRE,
        verify_hostname=True,
        tls_versions=("TLSv1.2",),
        with_password=with_password,
    )
    raw = "".join(f"{key}={value or 'aB3'}\n" for key, value in lines).encode()
    assert {p.severity for p in lint(raw, version)} <= {Severity.NOTE}


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("active-ssl-policies-4.4", FOUR),
        ("causal-cluster-3.2", THREE),
        ("command-expansion-5", FIVE),
        ("docker-appended-5", FIVE),
        ("duplicate-key-5", FIVE),
        ("crlf-no-final-newline-5", FIVE),
        ("crlf-3.5", THREE),
        ("windows-backslash-continuation-3.5", THREE),
        ("line-continuation-3.1", THREE),
        ("leading-blanks-3.4", THREE),
        ("utf8-value-3", THREE),
        ("one-line-crlf", FOUR),
    ],
)
def test_real_files_have_nothing_wrong_with_their_policies(name: str, version: Version) -> None:
    """All of them are taken by their versions, and their policies do what was meant."""
    raw = (REAL / f"{name}.conf").read_bytes()
    assert not [p for p in problems(raw, version) if p.severity is not Severity.NOTE]
