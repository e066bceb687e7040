"""A value that would not work is refused with a full sentence; one that works is not."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.interview import checks, countries, hosts

GOOD = {
    checks.cluster_name: ["payments", "Zahlungen Süd", "a"],
    checks.label: ["a", "server1", "db-2", "a" * 63],
    checks.ssh_target: [
        "bastion",
        "admin@10.0.0.1",
        "admin@10.0.0.1:22",
        "admin@[2001:db8::1]:2222",
        "2001:db8::1",
        "db_1.example",
    ],
    checks.address: [
        "detect",
        "server1",
        "server1.example.com",
        "10.0.0.1",
        "::1",
        "xn--bcher-kva.de",
    ],
    checks.absolute_path: ["detect", "/var/lib/neo4j", "/a path/with 'quotes'"],
    checks.local_file: ["/etc/key", "~/.ssh/id_ed25519"],
    checks.become_command: ["doas -n", "/usr/bin/dzdo", "sudo -n -u neo4j --", "pbrun -u neo4j"],
    checks.service: ["detect", "bin", "systemd:neo4j", "systemd:neo4j@1.service"],
    checks.neo4j_version: ["detect", "4.4", "5.26.1", "2025.01.0"],
    checks.country: ["", "GB", "AX"],
    checks.place: ["", "Cornwall", "é" * 64],
    checks.organization: ["", 'Example, "Ltd" + <Sons>; #1 = A\\B', "[red]"],
    checks.common_name: ["{address}", "{name}.example.com", "neo4j"],
    checks.email: ["", "tls@example.com", "a.b+c@d-e.example"],
    checks.days: ["30", "730", "3650"],
}

BAD = {
    checks.become_command: [
        "",
        "-n doas",
        "doas  -n",
        "doas -n; rm x",
        "doas $(id)",
        "doas 'x'",
        "doas\nid",
        "sudo -n",
        "sudo -u neo4j",
        "/usr/bin/sudo -n",
        "su neo4j -c",
        "sh -c",
        "{nonce}",
        "doas %s",
    ],
    checks.cluster_name: ["", " x", "a  b", "a\nb", "x" * 64, "a\u202eb", "e\u0301"],
    checks.label: ["", "Server1", "a_b", "-a", "a-", "a" * 64, "a.b", "ä", "../x"],
    checks.ssh_target: [
        "",
        "-oProxyCommand=x",
        "a b",
        "ssh://a",
        "a@-b",
        "a@b:0",
        "a@b:65536",
        "a@b:x",
        "$(id)@b",
        "a@b;c",
        "a@[::1",
        "a@b:99999999999999999999",
    ],
    checks.address: [
        "",
        "a_b.example",
        "a:6000",
        "http://a",
        "u@a",
        "[::1]",
        "fe80::1%eth0",
        "*.example.com",
        "*",
        "a..b",
        ".a",
        "a.",
        "-a.b",
        "a-.b",
        "x" * 64 + ".b",
        ".".join(["abc"] * 70),
        "010.0.0.1",
        "10.0.0.256",
        "10.0.1",
        "0x7f.1",
        "2130706433",
        "a b",
        "bücher.de",
        "a\n",
    ],
    checks.absolute_path: ["", "a", "~/a", "/a/../b", "/a ", "/a\nb", "/" + "a" * 4096],
    checks.local_file: ["", "id_rsa", "~/.ssh/id_ed25519.pub", "/a\x1b[31m"],
    checks.service: ["", "neo4j", "systemd:", "systemd:a b", "systemd:a;b"],
    checks.neo4j_version: ["", "five", "5", "5.26-SNAPSHOT", "5.26\n5"],
    checks.country: ["uk", "UK", "USA", "ZZ", "EU", "SÉ", " ", "gb", "Atlantis", "GB "],
    checks.place: ["é" * 65, " a", "a\u200bb", "a\x00b"],
    checks.organization: ["o" * 65, "a\tb", "NBSP\xa0here", "a\x7f"],
    checks.common_name: ["", "{host}", "{", "{name", "c" * 65],
    checks.email: ["a", "a@", "@b", "a b@c", "é@example.com", "a@b\n", '"a b"@c', "a@" + "b" * 254],
    checks.days: ["", "29", "3651", "-1", "1e3", "٣٦٥", "730.0", "9" * 50],
}


@pytest.mark.parametrize(("check", "text"), [(c, t) for c, ts in GOOD.items() for t in ts])
def test_what_works_is_accepted(check: object, text: str) -> None:
    assert callable(check)
    assert check(text) is None


@pytest.mark.parametrize(("check", "text"), [(c, t) for c, ts in BAD.items() for t in ts])
def test_what_would_not_work_is_answered_with_a_sentence(check: object, text: str) -> None:
    assert callable(check)
    sentence = check(text)
    assert sentence is not None
    assert sentence[0].isupper() or not sentence[0].isalpha()
    assert sentence.endswith(".")
    assert sentence.isprintable()


@given(st.ip_addresses())
def test_every_ip_is_an_address(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    scoped = isinstance(ip, ipaddress.IPv6Address) and ip.scope_id is not None
    assert (hosts.host(str(ip)) is None) is not scoped


@given(st.text(max_size=300))
def test_no_text_breaks_a_check(text: str) -> None:
    for check in GOOD:
        sentence = check(text)
        assert sentence is None or sentence.isprintable()


@given(st.text(max_size=80))
def test_an_accepted_address_is_plain_and_short(text: str) -> None:
    if hosts.host(text) is None:
        assert text.isascii()
        assert not set(text) & set("_/@[]% \n")
        assert 0 < len(text) <= 253


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("united kingdom", "GB"),
        ("UK", "GB"),
        ("Germany", "DE"),
        ("FR - France", "FR"),
        ("us", "US"),
    ],
)
def test_a_country_is_found_by_its_name(typed: str, code: str) -> None:
    assert countries.tidy(typed) == code


def test_countries_are_suggested_while_their_name_is_typed() -> None:
    assert "GB - United Kingdom" in countries.suggestions("brit")
    assert countries.suggestions("german")[0] == "DE - Germany"
    assert countries.suggestions("atlantis") == ()
    assert countries.tidy(countries.suggestions("german")[0]) == "DE"


def test_what_is_no_country_stays_as_it_was_typed() -> None:
    assert countries.tidy(" Atlantis ") == "Atlantis"
