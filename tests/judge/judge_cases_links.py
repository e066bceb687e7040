"""Cases about who gets in where: usages, dates, CRLs and names."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from judge_bench import Bench, Change, Dial, steps
from judge_cases_trust import (
    EVERYBODY,
    EXPIRED,
    NOBODY,
    ONE,
    TWO,
    both,
    both_say,
    intermediate,
    link,
    one_shows,
)
from judge_certificates import DAY, NOW, authority, crl, key_usage, pem


def _crl_at_two(*, revoke: bool, **wrong: Any) -> Change:
    """server2 has a CRL of the CA, which may name server1's leaf."""

    def change(bench: Bench) -> None:
        leaf = bench.leaf(bench.one)
        bench.one.show(leaf)
        listed = [leaf.certificate] if revoke else []
        bench.two.put("revoked/list.crl", pem(crl(bench.ca, *listed, **wrong)))

    return change


def _crl_of_another(bench: Bench) -> None:
    bench.two.put("revoked/list.crl", pem(crl(authority("Another CA"))))


def _crl_at_two_and_intermediate(bench: Bench) -> None:
    intermediate(sent=True)(bench)
    bench.two.put("revoked/list.crl", pem(crl(bench.ca)))


def _revoked_but_pinned(bench: Bench) -> None:
    leaf = bench.leaf(bench.one)
    bench.one.show(leaf)
    bench.two.trust(bench.ca.certificate, leaf.certificate)
    bench.two.put("revoked/list.crl", pem(crl(bench.ca, leaf.certificate)))


def _named(*names: str, common_name: str | None = "server1") -> Change:
    return one_shows(names=names, common_name=common_name)


def _dials(host: str, *, gets_in: bool) -> tuple[Dial]:
    return (Dial(client=TWO, server=ONE, gets_in=gets_in, host=host),)


SERVER1 = "server1.cluster.test"
IP_WITH_NAME = "127.0.0.11"  # Java finds server1.cluster.test for it
IP_ALONE = "127.0.0.21"

LEAF_CASES = (
    link("leaf: no extended key usage", one_shows(extended=()), EVERYBODY),
    link(
        "leaf: any extended key usage",
        one_shows(extended=(Usage.ANY_EXTENDED_KEY_USAGE,)),
        EVERYBODY,
    ),
    link(
        "leaf: for servers only",
        one_shows(extended=(Usage.SERVER_AUTH,)),
        both(in_one=True, in_two=False),
    ),
    link(
        "leaf: for clients only",
        one_shows(extended=(Usage.CLIENT_AUTH,)),
        both(in_one=False, in_two=True),
    ),
    link("leaf: for mail only", one_shows(extended=(Usage.EMAIL_PROTECTION,)), NOBODY),
    link("leaf: no KeyUsage", one_shows(usage=None), EVERYBODY),
    link(
        "leaf: KeyUsage without signatures", one_shows(usage=key_usage("key_encipherment")), NOBODY
    ),
    link("leaf: is a CA", one_shows(ca=True), EVERYBODY),
    link("leaf: no BasicConstraints", one_shows(ca=None), EVERYBODY),
    link("leaf: expired", one_shows(**EXPIRED), NOBODY),
    link("leaf: not yet valid", one_shows(begins=NOW + DAY), NOBODY),
    link(
        "leaf: an unknown critical extension",
        one_shows(
            more=(
                (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),
            )
        ),
        NOBODY,
    ),
)

CRL_CASES = (
    link("crl: server1 is not on it", _crl_at_two(revoke=False), EVERYBODY),
    link("crl: server1 is on it", _crl_at_two(revoke=True), NOBODY),
    link("crl: server1 is on it without a reason", _crl_at_two(revoke=True, reason=None), NOBODY),
    link("crl: it has run out", _crl_at_two(revoke=False, until=NOW - DAY), NOBODY),
    link("crl: of another CA only", _crl_of_another, NOBODY),
    link("crl: none of the intermediate", _crl_at_two_and_intermediate, NOBODY),
    link("crl: server1 is on it, and pinned", _revoked_but_pinned, EVERYBODY),
)

NAME_CASES = (
    link("name: another one", _named("server9.cluster.test"), both(in_one=False, in_two=True)),
    link(
        "name: another one, not verified",
        steps(_named("server9.cluster.test"), both_say("verify_hostname", "false")),
        EVERYBODY,
    ),
    link("name: in upper case", _named("SERVER1.Cluster.Test"), _dials(SERVER1, gets_in=True)),
    link("name: only in the CN", _named(common_name=SERVER1), _dials(SERVER1, gets_in=True)),
    link(
        "name: in the CN beside another DNS entry",
        _named("server9.cluster.test", common_name=SERVER1),
        _dials(SERVER1, gets_in=False),
    ),
    link(
        "name: in the CN beside an IP entry",
        _named(IP_ALONE, common_name=SERVER1),
        _dials(SERVER1, gets_in=True),
    ),
    link("name: no CN and no DNS entry", _named(common_name=None), _dials(SERVER1, gets_in=False)),
    link("name: a wildcard", _named("*.cluster.test"), _dials(SERVER1, gets_in=True)),
    link(
        "name: a wildcard is one label",
        _named("*.cluster.test"),
        _dials("deep.server1.cluster.test", gets_in=False),
    ),
    link(
        "name: a wildcard in a part", _named("server*.cluster.test"), _dials(SERVER1, gets_in=True)
    ),
    link("name: a bare wildcard", _named("*"), _dials("short", gets_in=False)),
    link("name: short", _named("short"), _dials("short", gets_in=True)),
    link("name: short is not the long one", _named("server1"), _dials(SERVER1, gets_in=False)),
    link(
        "name: a dot at the end of the entry",
        _named("server1.cluster.test."),
        _dials(SERVER1, gets_in=False),
    ),
    link(
        "name: an underscore",
        _named("under_score.cluster.test"),
        _dials("under_score.cluster.test", gets_in=False),
    ),
    link(
        "name: an address that has a name, DNS entry",
        _named(SERVER1),
        _dials(IP_WITH_NAME, gets_in=True),
    ),
    link(
        "name: an address that has a name, IP entry only",
        _named(IP_WITH_NAME, common_name="x"),
        _dials(IP_WITH_NAME, gets_in=False),
    ),
    link("name: an address without a name", _named(IP_ALONE), _dials(IP_ALONE, gets_in=True)),
    link(
        "name: an address without a name, DNS entry only",
        _named(SERVER1),
        _dials(IP_ALONE, gets_in=False),
    ),
    link(
        "name: an address as a DNS entry",
        _named(f"dns:{IP_ALONE}"),
        _dials(IP_ALONE, gets_in=False),
    ),
    link(
        "name: an address in the CN",
        _named(common_name=IP_ALONE),
        _dials(IP_ALONE, gets_in=False),
    ),
)

LINK_CASES = (*LEAF_CASES, *CRL_CASES, *NAME_CASES)
