"""The chains that the doctor and the JDKs are asked about: what trusts whom, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import ip_network
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from judge_certificates import DAY, NOW, Identity
from judge_forge import HOST, YEAR, forge, forge_ca

ROOT, OTHER = forge_ca("root"), forge_ca("other")
MIDDLE = forge_ca("middle", ROOT)
LOWER = forge_ca("lower", MIDDLE)
LEAF = forge(issuer=ROOT)
LOW = forge(issuer=MIDDLE)
LOWEST = forge(issuer=LOWER)
ALONE = forge()
PAST: dict[str, Any] = {"begins": NOW - 9 * DAY, "ends": NOW - DAY}
AHEAD: dict[str, Any] = {"begins": NOW + DAY, "ends": NOW + YEAR}


@dataclass(frozen=True, kw_only=True)
class Chain:
    """One server's policy directory, and the name that its peers dial.

    Attributes:
        sent: what public.crt holds; the first is for the key, unless `key` says otherwise.
        trusted: of the server and of its peers; crls: the same.
    """

    name: str
    sent: tuple[Identity, ...]
    trusted: tuple[Identity, ...] = (ROOT,)
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    host: str = HOST
    key: Any = None


def chain(name: str, *sent: Identity, **more: Any) -> Chain:
    """Name a chain."""
    return Chain(name=name, sent=sent, **more)


def below(name: str, **wrong: Any) -> Chain:
    """A leaf below an intermediate that has something wrong."""
    between = forge_ca("middle", ROOT, **wrong)
    return chain(f"intermediate {name}", forge(issuer=between), between)


def anchored(name: str, **wrong: Any) -> Chain:
    """A leaf of a trusted CA that has something wrong."""
    anchor = forge_ca("odd root", **wrong)
    return chain(f"anchor {name}", forge(issuer=anchor), trusted=(anchor,))


def leaf(name: str, **wrong: Any) -> Chain:
    """A leaf of the root that has something wrong."""
    return chain(name, forge(**{"issuer": ROOT, **wrong}))


def _limits(*permitted: x509.GeneralName, excluded: Any = None) -> dict[str, Any]:
    return {"limits": x509.NameConstraints(permitted or None, excluded)}


def _limited(words: str, name: str, *names: str) -> Chain:
    """A leaf below an intermediate that may only sign for one domain and one network."""
    network = x509.IPAddress(ip_network("10.0.0.0/8"))
    between = forge_ca("middle", ROOT, **_limits(x509.DNSName("cluster.test"), network))
    host = HOST if names[0].startswith("mail:") else names[0]
    return chain(f"limits: {words}", forge(name, between, names=names), between, host=host)


@cache
def path_chains() -> tuple[Chain, ...]:
    """Paths and orders: what is sent, what is trusted, and what a CA may do."""
    twin, short = forge_ca("root"), forge_ca("short", ROOT, path_length=0)
    marked, marked_twin = (forge_ca("marked", identifiers=True) for _ in range(2))
    short_root = forge_ca("short root", path_length=0)
    under_root = forge_ca("under", short_root)
    under = forge_ca("under", short)
    crossed = forge_ca("crossed", OTHER)
    uncrossed = forge_ca("crossed", key=crossed.key)
    own = x509.DNSName("cluster.test")
    network = x509.IPAddress(ip_network("10.0.0.0/8"))
    return (
        chain("leaf of the root", LEAF),
        chain("the root sent along", LEAF, ROOT),
        chain("through an intermediate", LOW, MIDDLE),
        chain("through an intermediate, the root sent along", LOW, MIDDLE, ROOT),
        chain("through two intermediates", LOWEST, LOWER, MIDDLE),
        chain("the intermediate is the anchor", LOW, trusted=(MIDDLE,)),
        chain("the intermediate is the anchor and is sent", LOW, MIDDLE, trusted=(MIDDLE,)),
        chain("intermediate trusted with the root, not sent", LOW, trusted=(ROOT, MIDDLE)),
        chain("self-signed and trusted", ALONE, trusted=(ALONE,)),
        chain("another CA is trusted as well", LEAF, trusted=(OTHER, ROOT)),
        chain("a CA of the same name is trusted as well", LEAF, trusted=(twin, ROOT)),
        chain(
            "key identifiers agree", forge(issuer=marked, identifiers=True), trusted=(marked,)
        ),
        chain("renewed root", LEAF, trusted=(forge_ca("root", key=ROOT.key),)),
        chain("cross-signed intermediate", forge(issuer=crossed), crossed, trusted=(OTHER,)),
        chain("cross-signed, its own root trusted", forge(issuer=crossed), trusted=(uncrossed,)),
        # the order in the file
        chain("the root before the intermediate", LOW, ROOT, MIDDLE),
        chain("the intermediates swapped", LOWEST, MIDDLE, LOWER),
        chain("the leaf last", MIDDLE, LOW, key=LOW.key),
        chain("the root first", ROOT, LEAF, key=LEAF.key),
        chain("the leaf twice", LEAF, LEAF),
        chain("the intermediate twice", LOW, MIDDLE, MIDDLE),
        chain("the root twice", LEAF, ROOT, ROOT),
        chain("a stranger in the middle", LOW, OTHER, MIDDLE),
        chain("a stranger at the end", LEAF, ROOT, OTHER),
        chain("two leaves", LEAF, ALONE),
        # what is missing or may not sign
        chain("intermediate missing", LOW),
        chain("the lower of two intermediates missing", LOWEST, MIDDLE),
        chain("the upper of two intermediates missing", LOWEST, LOWER),
        below("is no CA", ca=False, usage="key_cert_sign", extended=(), names=()),
        below("has no BasicConstraints", ca=None, usage="key_cert_sign", extended=(), names=()),
        below("may not sign", usage="crl_sign"),
        below("has no KeyUsage", usage=None),
        below("ended", **PAST),
        below("only begins tomorrow", **AHEAD),
        below("has an unknown critical extension", unknown=True),
        below("may sign for this name", **_limits(own)),
        below("may sign for another name", **_limits(x509.DNSName("example.org"))),
        below("may not sign for this name", **_limits(excluded=[own])),
        below("may sign for other addresses, and there is none", **_limits(network)),
        *(_limited(words, name, *names) for words, name, *names in (
            ("an address alone, a common name within", HOST, "10.0.0.1"),
            ("an address alone, a common name outside", "server1", "10.0.0.1"),
            ("an address alone, a common name that is none", "the first server", "10.0.0.1"),
            ("an address outside", HOST, "192.0.2.1"),
            ("a mail address alone, a common name outside", "server1", "mail:a@example.com"),
        )),
        chain("path length 0 kept", forge(issuer=short), short),
        chain("path length 0 broken", forge(issuer=under), under, short),
        anchored("of path length 0"),
        chain("anchor of path length 0 broken", forge(issuer=under_root), under_root,
              trusted=(short_root,)),
        anchored("is no CA", ca=False, extended=(), names=()),
        anchored("has no BasicConstraints", ca=None, extended=(), names=()),
        anchored("may not sign", usage="crl_sign"),
        anchored("has no KeyUsage", usage=None),
        anchored("ended", **PAST),
        anchored("only begins tomorrow", **AHEAD),
        anchored("has an unknown critical extension", unknown=True),
        anchored("may sign for another name", **_limits(x509.DNSName("example.org"))),
        chain("of a foreign CA", LEAF, trusted=(OTHER,)),
        chain("of a foreign CA that is sent along", LEAF, ROOT, trusted=(OTHER,)),
        chain("of a foreign CA of the same name", LEAF, trusted=(twin,)),
        chain("of a foreign CA of the same name and another key identifier",
              forge(issuer=marked, identifiers=True), trusted=(marked_twin,)),
        chain("self-signed, another one trusted", ALONE, trusted=(ROOT,)),
        chain("CA-issued leaf trusted without its CA", LEAF, trusted=(LEAF,)),
        chain("CA-issued leaf trusted with its CA", LEAF, trusted=(LEAF, ROOT)),
        chain("leaf issued by a leaf", forge(issuer=LEAF), LEAF),
    )  # fmt: skip


@cache
def usage_chains() -> tuple[Chain, ...]:
    """What the leaf, or a CA, says it is for, and from when to when."""
    mail = Usage.EMAIL_PROTECTION
    server, client = (Usage.SERVER_AUTH,), (Usage.CLIENT_AUTH,)
    served = forge_ca("middle", ROOT)
    return (
        leaf("for servers only", extended=server),
        leaf("for clients only", extended=client),
        leaf("for mail only", extended=(mail,)),
        leaf("for both and mail", extended=(*server, *client, mail)),
        leaf("for anything", extended=(Usage.ANY_EXTENDED_KEY_USAGE,)),
        leaf("without an extended usage", extended=()),
        chain("through an intermediate, for servers only",
              forge(issuer=served, extended=server), served),
        leaf("for key encipherment only", usage="key_encipherment"),
        leaf("for key agreement only", usage="key_agreement"),
        leaf("for signing and key agreement", usage="digital_signature key_agreement"),
        leaf("without a key usage", usage=None),
        leaf("without BasicConstraints", ca=None),
        leaf("may sign others by its key usage", usage="digital_signature key_cert_sign"),
        chain("is a CA", forge_ca("server1", ROOT, usage="digital_signature key_cert_sign")),
        _pinned("for servers only", extended=server),
        _pinned("for key encipherment only", usage="key_encipherment"),
        _pinned("ended", **PAST),
        _pinned("only begins tomorrow", **AHEAD),
        leaf("ended", **PAST),
        leaf("only begins tomorrow", **AHEAD),
        leaf("ends in ten days", ends=NOW + 10 * DAY),
        leaf("outlives its CA", ends=NOW + 30 * YEAR),
        leaf("began before its CA", begins=NOW - 9 * DAY),
        leaf("ends after 2050", ends=NOW.replace(year=2061, day=1)),
        leaf("ends in the year 9999", ends=NOW.replace(year=9999, day=1)),
        leaf("has an unknown critical extension", unknown=True),
        chain("is for another key", LEAF, key=ALONE.key),
    )  # fmt: skip


def _pinned(name: str, **wrong: Any) -> Chain:
    alone = forge(**wrong)
    return chain(f"self-signed and trusted, {name}", alone, trusted=(alone,))


@cache
def name_chains() -> tuple[Chain, ...]:
    """What the leaf is called, and what its peers dial."""

    def named(title: str, host: str, *names: str, **more: Any) -> Chain:
        made = forge(issuer=ROOT, names=names, **more)
        return chain(f"name: {title}", made, host=host)

    idn = "xn--bcher-kva.example"
    many = tuple(f"server{number}.with.a.rather.long.name.example.com" for number in range(750))
    return (
        named("other letter case", "SERVER1.Cluster.Test", HOST),
        named("other letter case in the certificate", HOST, HOST.upper()),
        named("dialled with a dot at its end", f"{HOST}.", HOST),
        named("a dot at its end in the certificate", HOST, f"{HOST}."),
        named("a dot at its end in both", f"{HOST}.", f"{HOST}."),
        named("underscore", "server_1.cluster.test", "server_1.cluster.test"),
        named("underscore beside a good one", HOST, "server_1.cluster.test", HOST),
        named("xn-- form", idn, idn),
        named("Unicode dialled, xn-- form in the certificate", "bücher.example", idn),
        named("Unicode dialled, another one in the certificate", "bücher.example", HOST),
        named("wildcard of one label", HOST, "*.cluster.test"),
        named("wildcard of two labels", HOST, "*.test"),
        named("wildcard in a label", HOST, "server*.cluster.test"),
        named("wildcard in the middle", HOST, "server1.*.test"),
        named("bare wildcard", "server1", "*"),
        named("wildcard beside a good one", HOST, "*.cluster.test", HOST),
        named("another server's", HOST, "server2.cluster.test"),
        named("several", HOST, "a.example", HOST, "b.example"),
        named("single label", "server1", "server1"),
        named("single label dialled, full name in the certificate", "server1", HOST),
        named("full name dialled, single label in the certificate", HOST, "server1"),
        named("hyphen at its start", "-server1.test", "-server1.test"),
        named("hyphen at its end", "server1-.test", "server1-.test"),
        named("empty label", "server1..test", "server1..test"),
        named("label of 63", f"{'a' * 63}.test", f"{'a' * 63}.test"),
        named("label of 64", f"{'a' * 64}.test", f"{'a' * 64}.test"),
        named("only as common name", HOST, name=HOST),
        named("another one as common name only", HOST, name="server2.cluster.test"),
        named("as common name beside another name", HOST, "server2.cluster.test", name=HOST),
        named("as common name beside an address", HOST, "10.0.0.1", name=HOST),
        named("as common name beside a mail address", HOST, "mail:a@example.com", name=HOST),
        named("none at all", HOST, name="a server"),
        named("address", "10.0.0.1", "10.0.0.1"),
        named("another address", "10.0.0.1", "10.0.0.2"),
        named("address as a DNS name", "10.0.0.1", "dns:10.0.0.1"),
        named("address as common name", "10.0.0.1", name="10.0.0.1"),
        named("address dialled, name in the certificate", "10.0.0.1", HOST),
        named("address of IPv6", "2001:db8::1", "2001:db8::1"),
        named("address of IPv6, spelt otherwise", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        named("address of IPv6 in brackets", "[2001:db8::1]", "2001:db8::1"),
        named("zero byte", HOST, f"{HOST}\0.evil.example"),
        named("a URL", HOST, f"bolt://{HOST}"),
        named("with a port", HOST, f"{HOST}:6000"),
        named("no subject, critical names", HOST, HOST, name=None, names_critical=True),
        named("no subject, names not critical", HOST, HOST, name=None),
        named("ninety of them", HOST, *many[:90], HOST),
        named("seven hundred and fifty of them", HOST, *many, HOST),
    )
