"""Values of the cluster policy that Neo4j's own classes were asked about, version by version."""

from __future__ import annotations

import pytest

from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_of, startup_refusal
from wizard.secret import Secret

V4, V5, V25, V26 = Version(4, 4), Version(5, 26), Version(2025, 1), Version(2026, 8)
CLUSTER = "dbms.ssl.policy.cluster."
ENABLED = f"{CLUSTER}enabled=true"
STRICT_4, STRICT_5 = "dbms.config.strict_validation", "server.config.strict_validation.enabled"
TWICE = (f"{CLUSTER}client_auth=NONE", f"{CLUSTER}client_auth=REQUIRE")


def conf(*lines: str, encoding: str = "utf-8") -> Conf:
    return Conf.parse("\n".join(lines).encode(encoding))


@pytest.mark.parametrize(
    ("line", "encoding", "opens"),
    [
        ("é", "utf-8", (V25, V26)),
        ("é", "iso-8859-1", (V4, V5)),
        ("\\u00e9", "ascii", (V4, V5, V25, V26)),
    ],
)
def test_a_password_is_read_in_the_versions_encoding(
    line: str, encoding: str, opens: tuple[Version, ...]
) -> None:
    read = conf(f"{CLUSTER}private_key_password={line}", encoding=encoding)
    for version in (V4, V5, V25, V26):
        assert (policy_of(read, version, "/").password == Secret("é")) is (version in opens)


def test_the_older_name_of_strict_validation_counts_in_5_unless_the_newer_stands() -> None:
    assert startup_refusal(conf(*TWICE, f"{STRICT_4}=false"), V5) is None
    both = conf(*TWICE, f"{STRICT_4}=false", f"{STRICT_5}=true")
    assert startup_refusal(both, V5) == f"{CLUSTER}client_auth declared multiple times."
    other = conf("dbms.ssl.policy.default.enabled=true", f"{STRICT_4}=true")
    assert startup_refusal(other, V4) is not None
    assert startup_refusal(conf(*TWICE, f"{STRICT_5}=yes"), V4) is None


@pytest.mark.parametrize(
    ("version", "written", "named"),
    [
        (V4, STRICT_4, STRICT_4),
        (V5, STRICT_4, STRICT_5),
        (V25, STRICT_5, STRICT_5),
        (V4, "unsupported.dbms.ssl.system.ignore_dot_files", None),
        (V5, "unsupported.dbms.ssl.system.ignore_dot_files",
         "internal.dbms.ssl.system.ignore_dot_files"),
    ],
)  # fmt: skip
def test_a_switch_that_is_no_boolean_is_refused_by_its_newer_name(
    version: Version, written: str, named: str | None
) -> None:
    assert startup_refusal(conf(f"{written}=yes"), version) == (
        f"Error evaluating value for setting '{named or written}'. 'yes' is not a valid boolean "
        "value, must be 'true' or 'false'"
    )


def test_a_command_counts_only_where_neo4j_knows_the_setting() -> None:
    for line in (f"{CLUSTER}foo=$(x)", "dbms.ssl.policy.CLUSTER.enabled=$(x)"):
        assert startup_refusal(conf(line), V5) is None
    refused = startup_refusal(conf(f"{CLUSTER}base_directory=$(pwd) "), V5)
    assert refused is not None
    assert refused.startswith(
        f"Error evaluating value for setting '{CLUSTER}base_directory'. $(pwd)  is a command, but"
    )


def test_two_spellings_of_a_scope_matter_only_while_the_policy_is_enabled() -> None:
    other = "dbms.ssl.policy.CLUSTER.enabled=true"
    assert startup_refusal(conf(other, f"{CLUSTER}enabled=false"), V5) is None
    assert startup_refusal(conf(other, ENABLED), V5) is not None


@pytest.mark.parametrize("version", [Version(2025, 10), V26])
def test_a_tls_version_java_does_not_know_stops_2025_10_and_later(version: Version) -> None:
    wrong = f"{CLUSTER}tls_versions=TLSv1.2,tlsv1.3,TLSv9"
    assert startup_refusal(conf(ENABLED, wrong), version) == "Unsupported protocol: tlsv1.3"
    assert startup_refusal(conf(ENABLED, wrong), Version(2025, 9)) is None
    assert startup_refusal(conf(ENABLED, wrong, f"{CLUSTER}ciphers=X"), version) is None
    assert startup_refusal(conf(wrong), version) is None
    old = f"{CLUSTER}tls_versions=SSLv3,TLSv1.1,DTLSv1.2"
    assert startup_refusal(conf(ENABLED, old), version) is None
