"""Every single slip in the name of an SSL setting is found, in each version's own way."""

from __future__ import annotations

import string

import pytest

from wizard.model.problems import Severity
from wizard.model.version import Version
from wizard.neo4j.lint import Reading, findings
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy import POLICY_CHECKS
from wizard.neo4j.versions import rules_for

THREE, FOUR, FIVE, NEWEST = Version(3, 5), Version(4, 4), Version(5, 26), Version(2026, 8)
LETTERS = string.ascii_letters + string.digits + "_-. "
PREFIX = "dbms.ssl.policy."
VALUES = {"enabled": "true", "client_auth": "REQUIRE", "verify_hostname": "true"}
CODES = frozenset(
    {
        *("policy-suffix-misspelt", "policy-name-misspelt", "policy-scope-unknown"),
        *("policy-scope-misspelt", "policy-without-base-directory", "policy-not-defined"),
    }
)
WRONG = CODES | {"policy-suffix-unknown", "policy-suffix-of-another-version"}


def slips(word: str) -> set[str]:
    """Every word one character away, and the word in other cases."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + letter + b for a, b in cuts for letter in LETTERS}
    found |= {a + letter + b[1:] for a, b in cuts if b for letter in LETTERS}
    found |= {word.upper(), word.title()}
    return found - {word}


def found(text: str, version: Version) -> list[Finding]:
    reading = Reading.of(text.encode(), version)
    return [finding for check in POLICY_CHECKS for finding in check(reading)]


def is_caught(text: str, version: Version) -> bool:
    return any(finding.problem.code in CODES for finding in found(text, version))


def missed(lines: list[str], name: str, version: Version) -> list[str]:
    """The lines of a file that are not found, but for those that Java reads as the right name."""
    text = "".join(f"{line}\n" for line in lines)
    told = {f.problem.line for f in found(text, version) if f.problem.code in CODES}
    told |= {e.line for e in Reading.of(text.encode(), version).elements if e.key == name}
    return [line for number, line in enumerate(lines, 1) if number not in told]


def value(suffix: str) -> str:
    return VALUES.get(suffix, "x")


@pytest.mark.parametrize("version", [FOUR, FIVE, NEWEST], ids=str)
def test_every_slip_of_every_suffix_is_found(version: Version) -> None:
    for suffix in sorted(rules_for(version).suffixes):
        lines = [f"{PREFIX}cluster.{wrong}={value(suffix)}" for wrong in sorted(slips(suffix))]
        assert not missed(lines, f"{PREFIX}cluster.{suffix}", version)


@pytest.mark.parametrize("version", [FOUR, FIVE, NEWEST], ids=str)
def test_every_slip_of_every_scope_is_found(version: Version) -> None:
    for scope in sorted(rules_for(version).scopes - {"testing"}):
        for suffix in ("enabled", "client_auth"):
            lines = [f"{PREFIX}{wrong}.{suffix}=x" for wrong in sorted(slips(scope))]
            assert not missed(lines, f"{PREFIX}{scope}.{suffix}", version)


@pytest.mark.parametrize("version", [THREE, FOUR, FIVE, NEWEST], ids=str)
def test_every_slip_of_the_prefix_is_found(version: Version) -> None:
    rests = (".cluster.base_directory", ".bolt.client_auth", ".testing.allow_key_generation")
    for rest in rests:
        lines = [f"{wrong}{rest}=x" for wrong in sorted(slips(PREFIX[:-1]))]
        assert not missed(lines, PREFIX[:-1] + rest, version)


def policy_of_three(changed: str, wrong: str) -> str:
    """A whole policy of 3.5 with one wrong name."""
    names = (f"{PREFIX}cluster.base_directory", f"{PREFIX}cluster.client_auth")
    lines = [f"{wrong if name == changed else name}=x" for name in names]
    return "\n".join([*lines, "causal_clustering.ssl_policy=cluster", ""])


def test_every_slip_of_a_suffix_stops_the_start_of_3_5() -> None:
    for suffix in sorted(rules_for(THREE).suffixes - {"base_directory", "client_auth"}):
        lines = [f"{PREFIX}cluster.{wrong}=x" for wrong in sorted(slips(suffix))]
        assert not missed(lines, f"{PREFIX}cluster.{suffix}", THREE)
        told = [f.problem for f in found("\n".join(lines), THREE)]
        assert all(p.severity is Severity.ERROR for p in told if "misspelt" in p.code)


@pytest.mark.parametrize("suffix", ["base_directory", "client_auth"])
def test_every_slip_of_a_policy_s_name_is_found_in_3_5(suffix: str) -> None:
    name = f"{PREFIX}cluster.{suffix}"
    for wrong in slips("cluster"):
        text = policy_of_three(name, f"{PREFIX}{wrong}.{suffix}")
        assert name in Reading.of(text.encode(), THREE).values or is_caught(text, THREE), text


@pytest.mark.parametrize("version", [THREE, FOUR, FIVE, NEWEST], ids=str)
def test_what_is_spelt_rightly_is_not_called_misspelt(version: Version) -> None:
    rules = rules_for(version)
    lines = [
        f"{PREFIX}{scope}.{suffix}={value(suffix)}"
        for scope in rules.scopes or {"cluster", "my_own-Name2"}
        for suffix in rules.suffixes
    ]
    others = ("causal_clustering.ssl_policy=cluster", "server.jvm.additional -Dssl.policy=x")
    assert not is_caught("\n".join([*lines, *others]), version)
    assert not is_caught("\n".join(line.replace("=", " : ") for line in lines), version)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("dbms.ssl.policy.cluster.enable=true", "dbms.ssl.policy.cluster.enabled"),
        ("dbms.ssl.policy.cluster.verify_hostnames=true", "dbms.ssl.policy.cluster.verify_host"),
        ("dbms.ssl.policy.clutser.enabled=true", "dbms.ssl.policy.cluster.enabled"),
        ("dbms.ssl.polcy.cluster.enabled=true", "dbms.ssl.policy.cluster.enabled"),
        ("dbms.ssl.polcy.cluster.enable=true", "dbms.ssl.policy.cluster.enable"),
        ("server.ssl.policy.cluster.enabled=true", "dbms.ssl.policy.cluster.enabled"),
        ("dbms_ssl_policy_cluster_enabled=true", "dbms.ssl.policy.cluster.enabled"),
        ("NEO4J_dbms_ssl_policy_cluster_client__auth=NONE", "dbms.ssl.policy.cluster.client_auth"),
        ("dbms.ssl.policy.cluster.truststore_path=x", "trusted_dir"),
        ("dbms.ssl.policy.cluster.tls_level=REQUIRED", "Remove the line"),
        ("dbms.ssl.policy.cluster.client auth=REQUIRE", "dbms.ssl.policy.cluster.client_auth"),
    ],
)
def test_what_was_meant_is_said(line: str, meant: str) -> None:
    assert meant in " ".join(f.problem.hint for f in found(line, FIVE))


@pytest.mark.parametrize(
    ("text", "version", "severity"),
    [
        ("dbms.ssl.policy.cluster.enable=true", FIVE, Severity.ERROR),
        ("dbms.ssl.policy.cluster.enabled=true\ndbms.ssl.policy.cluster.enable=true", FIVE, "w"),
        ("dbms.ssl.policy.cluster.enable=false", FIVE, "w"),
        ("dbms.ssl.policy.cluster.clientauth=REQUIRE", FIVE, "w"),
        ("dbms.ssl.policy.bolt.enabled=true\ndbms.ssl.policy.bolt.clientauth=REQUIRE", FIVE, "e"),
        ("dbms.ssl.policy.bolt.clientauth=REQUIRE", FIVE, "w"),
        ("dbms.ssl.policy.cluster.enabled=true\ndbms.ssl.policy.cluster.verify=true", FIVE, "w"),
        ("dbms.ssl.policy.cluster.verify_hostnam=true", NEWEST, "w"),
        (
            "dbms.ssl.policy.cluster.enabled=true\ndbms.ssl.policy.cluster.verify_hostnam=true",
            FOUR,
            "e",
        ),
        ("dbms.ssl.policy.default.enabled=false", FOUR, "w"),
        ("dbms.ssl.policy.default.enabled=false", FIVE, "e"),
        (
            "server.config.strict_validation.enabled=false\ndbms.ssl.policy.default.enabled=false",
            FIVE,
            "w",
        ),
        ("dbms.config.strict_validation=true\ndbms.ssl.policy.default.enabled=x", FOUR, "e"),
        ("dbms.ssl.policy.cluster.trust_expired=true", Version(5, 13), "w"),
        ("dbms.ssl.policy.cluster.allow_key_generation=true", FOUR, "w"),
        ("dbms.ssl.policy.cluster.enabled=true", THREE, "e"),
        ("dbms.ssl.policy.CLUSTER.client_auth=REQUIRE", FIVE, "w"),
        ("dbms.ssl.policy.CLUSTER.enabled=true", FIVE, "e"),
        ("dbms.ssl.policy.cluster.enabled=true\ndbms.ssl.policy.Cluster.trust_all=x", FOUR, "e"),
    ],
)
def test_how_bad_it_is(text: str, version: Version, severity: str) -> None:
    """An error where Neo4j refuses to start, or where a protection asked for is not in force."""
    told = [f.problem.severity.value for f in found(text, version) if f.problem.code in WRONG]
    assert told
    assert {s[0] for s in told} == {severity[0]}


@pytest.mark.parametrize(
    ("text", "version", "after"),
    [
        (f"{PREFIX}bolt.enable = true\r\n", FIVE, f"{PREFIX}bolt.enabled = true"),
        ("  dbms.ssl.polcy.bolt.ciphers: x", FIVE, f"  {PREFIX}bolt.ciphers: x"),
        (f"{PREFIX}bolt.client auth=REQUIRE", FIVE, f"{PREFIX}bolt.client_auth=REQUIRE"),
        ("dbms.ssl.policy.CLUSTER.enabled=true", FIVE, "dbms.ssl.policy.cluster.enabled=true"),
        ("dbms.ssl.policy.cluster.client-auth=NONE", FIVE, None),
        ("dbms.ssl.policy.cluster.trust_al=true", FIVE, None),
        ("dbms.ssl.policy.cluster.enable=true\ndbms.ssl.policy.cluster.enabled=false", FIVE, None),
        ("dbms.ssl.policy.cluster.enable=true\ndbms.ssl.policy.cluster.enabledd=false", FIVE, None),
        ("dbms.ssl.policy.cluster.truststore_path=x", FIVE, None),
        ("dbms.ssl.policy.default.enabled=true", FOUR, None),
    ],
)  # fmt: skip
def test_only_a_slip_with_one_meaning_is_mended(
    text: str, version: Version, after: str | None
) -> None:
    edits = [edit.source for finding in found(text, version) for edit in finding.edits]
    assert edits == ([] if after is None else [after])


def test_policies_with_free_names_are_known_to_4_x_where_one_is_chosen() -> None:
    text = "causal_clustering.ssl_policy=foo\ndbms.ssl.policy.foo.client_auth=REQUIRE\n"
    assert not is_caught(text, FOUR)
    assert is_caught(text, FIVE)
    assert is_caught(text.replace("=foo", "=bar"), FOUR)


@pytest.mark.parametrize(
    "line",
    [
        "dbms.ssl.policy.cluster.private_key password=hunter2",
        "dbms.ssl.policy.cluster.private_key_pasword=hunter2",
        "dbms.ssl.policy.cluster.private_key_password-hunter2",
        "dbms.ssl.policy.cluster.private_key_password.hunter2=x",
        "dbms.ssl.polcy.cluster.private_key_password hunter2",
        "dbms.ssl.policy.private_key_password=hunter2",
        "dbms.ssl.policy.cluster.private_key_password\\=hunter2",
        "dbms.ssl.policy.cluster.enabled\\\n  private_key_password=hunter2",
    ],
)
@pytest.mark.parametrize("version", [THREE, FOUR, FIVE], ids=str)
def test_a_password_is_never_shown(line: str, version: Version) -> None:
    told = found(line, version)
    assert told
    assert "hunter2" not in repr([finding.problem for finding in told])


def test_findings_come_through_the_front_door() -> None:
    told = findings(b"dbms.ssl.policy.cluster.enable=true\n", FIVE, file="neo4j.conf")
    mine = [f.problem for f in told if f.problem.code == "policy-suffix-misspelt"]
    assert [(p.line, p.file) for p in mine] == [(1, "neo4j.conf")]
    assert mine[0].message.endswith(".")


def test_3_5_says_how_policies_are_switched_on() -> None:
    (problem,) = (
        f.problem
        for f in found("dbms.ssl.policy.cluster.enabled=true", THREE)
        if f.problem.code == "policy-suffix-of-another-version"
    )
    assert problem.severity is Severity.ERROR
    assert "causal_clustering.ssl_policy" in problem.hint
    assert problem.evidence == "Invalid setting name: dbms.ssl.policy.cluster.enabled"


def test_4_x_drops_key_generation_of_every_scope_before_it_looks_at_names() -> None:
    text = "dbms.config.strict_validation=true\ndbms.ssl.policy.{}.allow_key_generation=true"
    for scope in ("cluster", "clutser"):
        told = [f.problem for f in found(text.format(scope), FOUR) if f.problem.code in WRONG]
        assert [p.severity for p in told] == [Severity.WARNING]
    told = [f.problem for f in found(text.format("clutser"), FIVE) if f.problem.code in WRONG]
    assert [p.severity for p in told] == [Severity.ERROR]
    wrong = text.replace("dbms.ssl", "dbmS.ssl").format("cluster")
    assert [f.problem.severity for f in found(wrong, FOUR)] == [Severity.ERROR]
