"""Values of SSL policies: what Neo4j refuses, in its own words, and what it takes."""

from __future__ import annotations

import pytest

from wizard.model.problems import Problem, Severity
from wizard.model.version import Version
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy import POLICY_CHECKS
from wizard.neo4j.lint.reading import Reading

THREE, FOUR, FIVE, NEWEST = Version(3, 5), Version(4, 4), Version(5, 26), Version(2026, 8)
ALL = pytest.mark.parametrize("version", [THREE, FOUR, FIVE, NEWEST], ids=str)
PREFIX = "dbms.ssl.policy.cluster."
USED = {THREE: f"{PREFIX}base_directory=x\ncausal_clustering.ssl_policy=cluster\n"}
ENABLED = f"{PREFIX}enabled=true\n"


def found(text: str, version: Version) -> list[Finding]:
    reading = Reading.of((USED.get(version, ENABLED) + text).encode(), version)
    return [finding for check in POLICY_CHECKS for finding in check(reading)]


def told(text: str, version: Version, code: str) -> list[Problem]:
    return [f.problem for f in found(text, version) if f.problem.code == code]


def codes(text: str, version: Version) -> set[str]:
    return {f.problem.code for f in found(text, version)}


@ALL
def test_required_is_no_client_auth(version: Version) -> None:
    (problem,) = told(f"{PREFIX}client_auth=REQUIRED", version, "setting-refused")
    assert problem.severity is Severity.ERROR
    assert "'REQUIRED'" in problem.evidence
    assert "[NONE, OPTIONAL, REQUIRE]" in problem.evidence
    assert problem.key == f"{PREFIX}client_auth"
    assert "REQUIRE" in problem.hint


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("client_auth=REQUIRED", "client_auth=REQUIRE"),
        ("client_auth : required", "client_auth : REQUIRE"),
        ("client_auth=SOMETIMES", None),
        ("client_auth=", None),
        ("verify_hostname=yes", None),
        ("trust_all=1", None),
    ],
)
def test_only_what_surely_meant_require_is_mended(line: str, after: str | None) -> None:
    edits = [edit.source for f in found(PREFIX + line, FIVE) for edit in f.edits]
    assert edits == ([] if after is None else [PREFIX + after])


@ALL
@pytest.mark.parametrize("suffix", ["verify_hostname", "trust_all"])
def test_a_switch_is_true_or_false(suffix: str, version: Version) -> None:
    for value in ("yes", "1", "", "true # no"):
        (problem,) = told(f"{PREFIX}{suffix}={value}", version, "setting-refused")
        assert "'true' or 'false'" in problem.evidence
    for value in ("true", "FALSE"):
        assert not told(f"{PREFIX}{suffix}={value}", version, "setting-refused")


def test_blanks_behind_a_choice_stop_the_versions_before_4_2() -> None:
    for line in ("client_auth=REQUIRE  ", "trust_all=false "):
        assert told(PREFIX + line, THREE, "setting-refused")
        assert told(PREFIX + line, Version(4, 1), "setting-refused")
        assert not told(PREFIX + line, Version(4, 2), "setting-refused")
        assert not told(PREFIX + line, FOUR, "setting-refused")
        assert not told(PREFIX + line, NEWEST, "setting-refused")


def test_values_of_policies_that_are_off_are_read_too() -> None:
    line = "dbms.ssl.policy.bolt.client_auth=REQUIRED"
    assert told(line, FIVE, "setting-refused")
    assert not told(line.replace("bolt", "BOLT"), FIVE, "setting-refused")


def test_a_path_may_not_lead_out_of_its_folder() -> None:
    for line in ("private_key=../../x", "base_directory=../x", "trusted_dir=a/../../../b"):
        for version in (FOUR, NEWEST):
            (problem,) = told(PREFIX + line, version, "setting-refused")
            assert problem.evidence.endswith("is not a normalized path.")
    for line in ("private_key=/x/../y", "trusted_dir=a/../trusted", "base_directory=./x"):
        assert not told(PREFIX + line, FIVE, "setting-refused")


def test_paths_below_the_folder_are_absolute_in_3_5() -> None:
    for suffix in ("private_key", "public_certificate", "trusted_dir", "revoked_dir"):
        (problem,) = told(f"{PREFIX}{suffix}=x", THREE, "setting-refused")
        assert problem.evidence == "Paths must be absolute. Got x"
        assert not told(f"{PREFIX}{suffix}=/x", THREE, "setting-refused")
        assert not told(f"{PREFIX}{suffix}=C:/x", THREE, "setting-refused")
        assert not told(f"{PREFIX}{suffix}=x", FOUR, "setting-refused")


@pytest.mark.parametrize(
    ("versions", "code", "severity"),
    [
        ("TLSv1.4", "tls-version-unknown", Severity.ERROR),
        ("TLSv1.2;TLSv1.3", "tls-version-unknown", Severity.ERROR),
        ("TLSv1.2 TLSv1.3", "tls-version-unknown", Severity.ERROR),
        ("tlsv1.2", "tls-version-unknown", Severity.ERROR),
        ("TLSv1.2  # <1>", "tls-version-unknown", Severity.ERROR),
        ("", "tls-version-missing", Severity.ERROR),
        ("TLSv1.1", "tls-version-old", Severity.ERROR),
        ("TLSv1,TLSv1.2", "tls-version-old", Severity.WARNING),
    ],
)
def test_tls_versions_with_which_nobody_connects(
    versions: str, code: str, severity: Severity
) -> None:
    assert [p.severity for p in told(f"{PREFIX}tls_versions={versions}", FIVE, code)] == [severity]


def test_what_stops_the_start_and_what_every_connection() -> None:
    line = f"{PREFIX}tls_versions=TLSv1.4"
    assert told(line, FIVE, "tls-version-unknown")[0].evidence == "Unsupported protocolTLSv1.4"
    newest = told(line, NEWEST, "tls-version-unknown")[0]
    assert newest.evidence == "Unsupported protocol: TLSv1.4"
    assert "refuses to start" in newest.message


@pytest.mark.parametrize("versions", ["TLSv1.2", "TLSv1.2,TLSv1.3", " TLSv1.3 , TLSv1.2,"])
def test_good_tls_versions_are_left_alone(versions: str) -> None:
    line = f"{PREFIX}tls_versions={versions}"
    assert not [c for c in codes(line, FIVE) | codes(line, FOUR) if c.startswith("tls-")]
    assert ("tls-version-new" in codes(line, THREE)) == ("TLSv1.3" in versions)


@pytest.mark.parametrize(
    ("ciphers", "versions", "code"),
    [
        ("ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.2", "cipher-unknown"),
        ("TLS_X,TLS_AES_256_GCM_SHA384", "TLSv1.3", "cipher-unknown"),
        ("tls_aes_256_gcm_sha384", "TLSv1.3", "cipher-unknown"),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLSv1.3", "cipher-none-usable"),
        ("TLS_AES_256_GCM_SHA384", "TLSv1.2", "cipher-none-usable"),
        ("", "TLSv1.2", "cipher-none-usable"),
        ("SSL_RSA_WITH_RC4_128_SHA", "TLSv1.2", "cipher-none-usable"),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLSv1.2", "cipher-none-usable"),
        ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLSv1.2", "cipher-weak"),
        ("TLS_RSA_WITH_AES_256_GCM_SHA384", "TLSv1.2", "cipher-weak"),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLSv1.2", "cipher-needs-key-type"),
        ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.2", "cipher-needs-key-type"),
        ("TLS_AES_256_GCM_SHA384", "TLSv1.2,TLSv1.3", None),
        (
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLSv1.2",
            None,
        ),
    ],
)
def test_lists_of_cipher_suites(ciphers: str, versions: str, code: str | None) -> None:
    text = f"{PREFIX}ciphers={ciphers}\n{PREFIX}tls_versions={versions}"
    seen = {c for c in codes(text, FIVE) if c.startswith("cipher")} - {"cipher-needs-key-type"}
    if code == "cipher-needs-key-type":
        assert not seen
        assert told(text, FIVE, code)[0].severity is Severity.NOTE
    else:
        assert seen == ({code} if code else set())


def test_the_version_s_own_tls_versions_count_for_a_list() -> None:
    line = f"{PREFIX}ciphers=TLS_AES_256_GCM_SHA384"
    assert told(line, Version(5, 23), "cipher-none-usable")
    assert not told(line, Version(5, 24), "cipher-none-usable")


def test_the_type_of_key_that_goes_with_a_list_is_named() -> None:
    rsa, ec = (
        told(f"{PREFIX}ciphers=TLS_ECDHE_{kind}_WITH_AES_256_GCM_SHA384", FIVE, code)[0].message
        for kind in ("RSA", "ECDSA")
        for code in ("cipher-needs-key-type",)
    )
    assert "of type RSA" in rsa
    assert "of type EC;" in ec


@pytest.mark.parametrize(
    ("openssl", "java"),
    [
        ("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("tls_aes_128_gcm_sha256", "TLS_AES_128_GCM_SHA256"),
    ],
)
def test_openssl_s_names_are_told_in_java_s(openssl: str, java: str) -> None:
    (problem,) = told(f"{PREFIX}ciphers={openssl}", FIVE, "cipher-unknown")
    assert problem.hint == f"Java calls it {java}."
    assert problem.evidence == f"Unsupported CipherSuite: {openssl}"


def test_with_openssl_as_provider_its_names_are_good() -> None:
    text = f"{PREFIX}ciphers=ECDHE-RSA-AES256-GCM-SHA384\ndbms.netty.ssl.provider=OPENSSL"
    assert not told(text, FIVE, "cipher-unknown")


@ALL
@pytest.mark.parametrize("value", ["secret-pass", "with#hash", "$(cat /x", "a=b"])
def test_passwords_are_noted_and_never_shown(value: str, version: Version) -> None:
    problems = [f.problem for f in found(f"{PREFIX}private_key_password={value}", version)]
    assert value not in repr(problems)
    mine = [p for p in problems if p.code.startswith("key-password")]
    assert [p.severity for p in mine] == [Severity.ERROR if version is THREE else Severity.NOTE]


def test_passwords_that_are_read_in_another_way() -> None:
    key = f"{PREFIX}private_key_password"
    assert told(f"{key}=abc ", FIVE, "key-password-trimmed")
    assert not told(f"{key}=abc", FIVE, "key-password-trimmed")
    assert told(f"{key}=", FIVE, "key-password-empty")[0].severity is Severity.WARNING
    assert told(f"{key}=", FOUR, "key-password-empty")[0].severity is Severity.NOTE
    assert told(f"{key}=", THREE, "key-password-not-supported")
    assert not told(f"{key}=$(cat /x)", FIVE, "key-password-in-the-clear")
    assert told(f"{key}=$(cat /x)", Version(4, 1), "key-password-in-the-clear")
    hint = told(f"{key}=abc", FIVE, "key-password-in-the-clear")[0].hint
    assert all(word in hint for word in ("$(...)", "0640", "--expand-commands", "cron"))


def test_what_a_policy_that_is_off_would_do_is_no_error() -> None:
    for line in ("tls_versions=TLSv9", "ciphers=TLS_X", "ciphers="):
        (off,) = told(f"dbms.ssl.policy.bolt.{line}", FIVE, code_of(line))
        (used,) = told(PREFIX + line, FIVE, code_of(line))
        assert (off.severity, used.severity) == (Severity.WARNING, Severity.ERROR)


def code_of(line: str) -> str:
    known = {"tls_versions=TLSv9": "tls-version-unknown", "ciphers=TLS_X": "cipher-unknown"}
    return known.get(line, "cipher-none-usable")
