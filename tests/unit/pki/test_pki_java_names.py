"""Host names: what Java covers, asked of the JDK as well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pki_making import make, pem

from wizard.pki.host_names import check_host_name, check_ip_address
from wizard.pki.java.names import host_failure, names_cover

DNS = "No subject alternative DNS name matching {} found."
CASES = [
    ("cn", ("n1.example",), (), "n1.example", None),
    ("cn", ("N1.Example",), (), "n1.eXample", None),
    ("cn", ("n1.example",), (), "n2.example", DNS),
    ("cn", ("n1.example",), (), "n1", DNS),
    ("cn", ("n1.example",), (), "cn", DNS),
    ("n1.example", (), (), "n1.example", None),
    ("n1.example", (), ("10.0.0.1",), "n1.example", None),
    ("cn", (), (), "n1.example", "No name matching {} found"),
    ("cn", ("*.example",), (), "n1.example", None),
    ("cn", ("*.example",), (), "a.n1.example", DNS),
    ("cn", ("*",), (), "n1", DNS),
    ("cn", ("node*.example",), (), "node7.example", None),
    ("cn", ("*.com",), (), "n1.com", None),
    ("cn", ("n_1.example",), (), "n_1.example", "Illegal given domain name: {}"),
    ("cn", ("-n1.example",), (), "n1.example", DNS),
    ("cn", ("xn--bcher-kva.example",), (), "xn--bcher-kva.example", None),
    ("cn", ("n1.example",), ("10.0.0.1",), "10.0.0.1", None),
    ("cn", (), ("2001:db8::1",), "2001:DB8:0:0::1", None),
    (
        "10.0.0.1",
        ("10.0.0.1",),
        (),
        "10.0.0.1",
        "No subject alternative names matching IP address {} found",
    ),
    ("10.0.0.1", (), (), "10.0.0.1", "No subject alternative names present"),
    (
        "cn",
        (),
        ("10.0.0.2",),
        "10.0.0.1",
        "No subject alternative names matching IP address {} found",
    ),
]


@pytest.mark.parametrize(("common_name", "dns", "ips", "host", "words"), CASES)
def test_a_name_is_covered_as_java_says(  # noqa: PLR0917 - one case is one row
    common_name: str,
    dns: tuple[str, ...],
    ips: tuple[str, ...],
    host: str,
    words: str | None,
    java: Callable[..., str],
    tmp_path: Path,
) -> None:
    certificate = make(common_name, dns=dns, ips=ips).certificate
    expected = words.format(host) if words else None
    assert host_failure(certificate, host) == expected
    assert names_cover(certificate, host) is (expected is None)
    (tmp_path / "leaf").write_bytes(pem(certificate))
    answer = java("host", tmp_path / "leaf", host)
    said = None if answer == "OK " else answer.split(" <- ")[0].partition(": ")[2]
    assert said == expected


def test_a_dot_behind_the_host_and_brackets_around_it_do_not_matter() -> None:
    certificate = make("cn", dns=("n1.example",), ips=("::1",)).certificate
    assert names_cover(certificate, "n1.example.")
    assert names_cover(certificate, "[::1]")


@pytest.mark.parametrize(
    "text",
    ["", "a_b", "-a", "a-", "a..b", "a.", "a b", "x:6000", "http://x", "10.0.0.1", "010.1", "0x7f",
     "*.example", "é", "a" * 64, "a." * 127 + "aa", "user@host", "a\n", "[::1]"],
)  # fmt: skip
def test_a_name_java_would_never_match_is_refused_with_a_sentence(text: str) -> None:
    sentence = check_host_name(text)
    assert sentence is not None
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "text", ["n1", "n1.example", "a" * 63 + ".b", "xn--bcher-kva.example", "1a"]
)
def test_a_good_name_is_let_through(text: str) -> None:
    assert check_host_name(text) is None


@pytest.mark.parametrize("text", ["", "n1", "10.0.0", "fe80::1%eth0", "010.0.0.1", "10.0.0.1:6000"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert check_ip_address(text) is not None
