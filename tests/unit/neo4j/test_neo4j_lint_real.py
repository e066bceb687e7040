"""Real neo4j.conf files: what is told of each was looked at, and each line of it is right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.lint import lint
from wizard.neo4j.lint.fixing import fixed
from wizard.neo4j.policy import policy_settings

REAL = Path(__file__).parents[4] / "shared" / "real-confs"
FIVE = Version(5, 26)

TOLD: dict[tuple[str, str], set[tuple[int | None, str, str]]] = {
    ("active-ssl-policies-4.4", "4.4"): set(),
    ("causal-cluster-3.2", "3.5"): set(),
    # `dbms.cluster.endpoints` came with 2025.01, so this is a file of then.
    ("command-expansion-5", "2025.10"): {(5, "note", "command-in-value")},
    ("command-expansion-5", "5.26"): {
        (5, "note", "command-in-value"),
        (8, "error", "setting-of-another-version"),
    },
    ("crlf-3.5", "3.5"): set(),
    ("crlf-no-final-newline-5", "5.26"): set(),
    # A container's identifier is the host; the procedure list goes by both of its names.
    ("docker-appended-5", "5.26"): {
        (6, "note", "container-wrote-this"),
        (16, "note", "setting-of-another-version"),
    },
    # Strict validation is switched off, so the last page cache size wins.
    ("duplicate-key-5", "5.26"): {
        (7, "note", "backslash-dropped"),
        (8, "note", "backslash-dropped"),
        (15, "warning", "setting-repeated"),
        (17, "note", "setting-of-another-version"),
    },
    ("git-lfs-pointer", "4.4"): {(None, "error", "not-a-conf")},
    ("git-lfs-pointer", "5.26"): {(None, "error", "not-a-conf")},
    ("leading-blanks-3.4", "3.5"): set(),
    ("line-continuation-3.1", "3.5"): set(),
    ("one-line-crlf", "4.4"): set(),
    ("utf8-value-3", "3.5"): {
        (None, "warning", "no-setting-of-neo4j"),
        (6, "warning", "letters-misread"),
    },
    ("windows-backslash-continuation-3.5", "3.5"): {
        (13, "warning", "backslash-in-path"),
        (14, "warning", "line-swallowed"),
    },
}


def real(name: str) -> bytes:
    if not REAL.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the real neo4j.conf files are missing")
        pytest.skip("needs the real neo4j.conf files beside the repository")
    return (REAL / f"{name}.conf").read_bytes()


def parsed(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None
    return version


@pytest.mark.parametrize(("name", "version"), TOLD)
def test_what_is_told_of_a_real_file(name: str, version: str) -> None:
    found = lint(real(name), parsed(version))
    assert {(p.line, p.severity.value, p.code) for p in found} == TOLD[name, version]


def test_every_real_file_is_looked_at() -> None:
    real("one-line-crlf")
    assert {file.stem for file in REAL.glob("*.conf")} == {name for name, _ in TOLD}


@pytest.mark.parametrize(("name", "version"), TOLD)
def test_a_real_file_mended_is_mended_and_keeps_its_other_lines(name: str, version: str) -> None:
    raw = real(name)
    once = fixed(raw, parsed(version))
    assert fixed(once.raw, parsed(version)).raw == once.raw
    assert bool(once.mended) == (once.raw != raw)


def test_the_windows_file_gets_its_swallowed_line_back() -> None:
    once = fixed(real("windows-backslash-continuation-3.5"), Version(3, 5))
    assert once.left == ()
    assert Conf.parse(once.raw).get("dbms.directories.plugins") == "c:/test/plugins/"


@pytest.mark.parametrize("with_password", [True, False])
@pytest.mark.parametrize(
    "version", ["4.0", "4.1", "4.2", "4.3", "4.4", "5.0", "5.13", "5.26", "2025.01", "2026.08"]
)
def test_what_the_wizard_writes_has_nothing_wrong(version: str, *, with_password: bool) -> None:
    prefix = "server" if parsed(version) >= Version(5, 0) else "dbms"
    conf = Conf.parse(f"{prefix}.default_advertised_address=db1.example\n".encode())
    settings = policy_settings(
        parsed(version),
        base_directory="certificates/cluster-20260101-000000-abcd",
        client_auth=ClientAuth.REQUIRE,
        verify_hostname=True,
        tls_versions=("TLSv1.2",),
        with_password=with_password,
    )
    filled = [(key, "abcDEF123" if value is None else value) for key, value in settings]
    found = lint(conf.with_settings(filled).to_bytes(), parsed(version))
    assert [p for p in found if p.severity.value != "note"] == []
