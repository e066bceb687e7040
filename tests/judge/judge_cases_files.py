"""Cases about the files of a policy but its key: certificates, trusted/ and revoked/."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7
from judge_bench import Bench, Case, Change, steps
from judge_certificates import (
    DAY,
    NOW,
    Identity,
    Key,
    authority,
    crl,
    ec_key,
    pem,
    plain,
)

from wizard.model.version import Version

FIVE = Version(5, 0)
CALENDAR = Version(2025, 1)
"""Judged on JDK 25, which reads a BOM before a certificate away; JDK 17 and 21 do not."""
CHECKS_OWN_DATES = Version(5, 14)
"""The first version that declares trust_expired."""


def trusted(content: Callable[[Bench], bytes], name: str = "more.crt") -> Change:
    """Put one more file into trusted/."""
    return lambda bench: bench.one.put(f"trusted/{name}", content(bench))


def revoked(content: Callable[[Bench], bytes], name: str = "list.crl") -> Change:
    """Put a file into revoked/."""
    return lambda bench: bench.one.put(f"revoked/{name}", content(bench))


def shown(content: Callable[[Bench, bytes], bytes]) -> Change:
    """Rewrite public.crt."""

    def change(bench: Bench) -> None:
        before = (bench.one.base / "public.crt").read_bytes()
        bench.one.put("public.crt", content(bench, before))

    return change


def _own(**wrong: Any) -> Change:
    return lambda bench: bench.one.show(bench.leaf(bench.one, **wrong))


def _wrong_order(bench: Bench) -> None:
    between = authority("Between", bench.ca)
    leaf = bench.leaf(bench.one, issuer=between)
    bench.one.show(leaf)
    bench.one.put("public.crt", pem(between.certificate, leaf.certificate))


def _pem_request(bench: Bench) -> bytes:
    request = x509.CertificateSigningRequestBuilder().subject_name(bench.ca.certificate.subject)
    return request.sign(ec_key(), hashes.SHA256()).public_bytes(Encoding.PEM)


def public_key(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _other(bench: Bench) -> Identity:
    assert bench.ca
    return authority("Another CA")


_EXPIRED: dict[str, Any] = {"begins": NOW - 30 * DAY, "ends": NOW - DAY}
_BOM = b"\xef\xbb\xbf"

BASE_CASES = (
    Case(
        name="base: it is missing",
        change=lambda bench: shutil.rmtree(bench.one.base),
        starts="policy",
    ),
    Case(name="own leaf: expired", change=_own(**_EXPIRED)),
    Case(name="own leaf: not yet valid", change=_own(begins=NOW + DAY)),
    Case(
        name="own leaf: expired, trust_expired=false",
        change=steps(_own(**_EXPIRED), lambda bench: bench.one.say("trust_expired", "false")),
        changed=((CHECKS_OWN_DATES, "policy"),),
    ),
    Case(
        name="own leaf: not yet valid, trust_expired=false",
        change=steps(_own(begins=NOW + DAY), lambda b: b.one.say("trust_expired", "false")),
        changed=((CHECKS_OWN_DATES, "policy"),),
    ),
    Case(
        name="own leaf: expired, trust_expired=true",
        change=steps(_own(**_EXPIRED), lambda bench: bench.one.say("trust_expired", "true")),
    ),
)

CHAIN_CASES = (
    Case(name="chain: missing", change=lambda bench: bench.one.drop("public.crt"), starts="policy"),
    Case(name="chain: empty", change=shown(lambda _b, _c: b""), starts="policy"),
    Case(name="chain: no PEM at all", change=shown(lambda _b, _c: b"hello\n"), starts="policy"),
    Case(
        name="chain: DER",
        change=shown(lambda _b, c: x509.load_pem_x509_certificate(c).public_bytes(Encoding.DER)),
        starts="policy",
        changed=((FIVE, "yes"),),
    ),
    Case(name="chain: blank lines behind", change=shown(lambda _b, c: c + b"\n\n")),
    Case(name="chain: text first", change=shown(lambda _b, c: b"subject=/CN=x\n" + c)),
    Case(name="chain: CRLF", change=shown(lambda _b, c: c.replace(b"\n", b"\r\n"))),
    Case(
        name="chain: a BOM first",
        change=shown(lambda _b, c: _BOM + c),
        starts="policy",
        until=CALENDAR,
    ),
    Case(name="chain: with the root", change=shown(lambda b, c: c + pem(b.ca.certificate))),
    Case(name="chain: in the wrong order", change=_wrong_order, starts="policy"),
    Case(name="chain: the leaf twice", change=shown(lambda _b, c: c * 2), starts="policy"),
    Case(
        name="chain: a stranger in it",
        change=shown(lambda b, c: c + pem(_other(b).certificate)),
        starts="policy",
    ),
    Case(
        name="chain: a key first",
        change=shown(lambda _b, c: plain(ec_key()) + c),
        starts="policy",
    ),
    Case(
        name="chain: a key behind",
        change=shown(lambda _b, c: c + plain(ec_key())),
        starts="policy",
    ),
    Case(
        name="chain: two joined without a newline",
        change=shown(lambda b, c: c.rstrip() + pem(b.ca.certificate)),
        exact=False,
        changed=((FIVE, "policy"),),
    ),
    Case(
        name="chain: a public key",
        change=shown(lambda _b, _c: public_key(ec_key())),
        starts="policy",
    ),
    Case(name="chain: a request", change=shown(lambda b, _c: _pem_request(b)), starts="policy"),
)

TRUSTED_CASES = (
    Case(name="trusted: missing", change=lambda bench: bench.one.drop("trusted")),
    Case(name="trusted: empty", change=lambda bench: bench.one.trust(), starts="policy"),
    Case(
        name="trusted: empty, client_auth=OPTIONAL",
        change=steps(
            lambda bench: bench.one.trust(), lambda bench: bench.one.say("client_auth", "OPTIONAL")
        ),
    ),
    Case(
        name="trusted: empty, trust_all",
        change=steps(
            lambda bench: bench.one.trust(), lambda bench: bench.one.say("trust_all", "true")
        ),
        starts="policy",
    ),
    Case(
        name="trusted: a file stands there",
        change=steps(
            lambda bench: bench.one.drop("trusted"), lambda bench: bench.one.put("trusted", b"")
        ),
        starts="policy",
    ),
    Case(
        name="trusted: a folder in it",
        change=lambda bench: (bench.one.base / "trusted" / "sub").mkdir(),
        starts="policy",
    ),
    Case(
        name="trusted: a README", change=trusted(lambda _b: b"hello\n", "README"), starts="policy"
    ),
    Case(
        name="trusted: a hidden file that is none",
        change=trusted(lambda _b: b"hello\n", ".note"),
        starts="policy",
    ),
    Case(
        name="trusted: a hidden certificate",
        change=trusted(lambda b: pem(_other(b).certificate), ".hidden"),
    ),
    Case(name="trusted: an empty file", change=trusted(lambda _b: b"")),
    Case(name="trusted: a key", change=trusted(lambda _b: plain(ec_key())), starts="policy"),
    Case(name="trusted: a CRL", change=trusted(lambda b: pem(crl(b.ca))), starts="policy"),
    Case(name="trusted: a request", change=trusted(_pem_request), starts="policy"),
    Case(
        name="trusted: one blank line behind END CERTIFICATE",
        change=trusted(lambda b: pem(b.ca.certificate) + b"\n"),
        starts="policy",
        changed=((FIVE, "yes"),),
    ),
    Case(
        name="trusted: a comment behind",
        change=trusted(lambda b: pem(b.ca.certificate) + b"# the CA\n"),
        starts="policy",
        changed=((FIVE, "yes"),),
    ),
    Case(
        name="trusted: no newline at the end",
        change=trusted(lambda b: pem(b.ca.certificate).rstrip(b"\n")),
    ),
    Case(
        name="trusted: text first",
        change=trusted(lambda b: b"Bag Attributes\n  a: b\n" + pem(b.ca.certificate)),
    ),
    Case(
        name="trusted: CRLF",
        change=trusted(lambda b: pem(b.ca.certificate).replace(b"\n", b"\r\n")),
    ),
    Case(
        name="trusted: a BOM first",
        change=trusted(lambda b: _BOM + pem(b.ca.certificate)),
        starts="policy",
        until=CALENDAR,
    ),
    Case(
        name="trusted: DER",
        change=trusted(lambda b: b.ca.certificate.public_bytes(Encoding.DER)),
    ),
    Case(
        name="trusted: two in one file",
        change=trusted(lambda b: pem(_other(b).certificate, authority("Third").certificate)),
    ),
    Case(name="trusted: the same twice", change=trusted(lambda b: pem(b.ca.certificate))),
    Case(
        name="trusted: two joined without a newline",
        change=trusted(lambda b: pem(b.ca.certificate).rstrip() + pem(_other(b).certificate)),
        exact=False,
        starts="policy",
    ),
    Case(
        name="trusted: PKCS#7",
        change=trusted(lambda b: pkcs7.serialize_certificates([b.ca.certificate], Encoding.PEM)),
        starts="policy",
        changed=((FIVE, "yes"),),
    ),
)

REVOKED_CASES = (
    Case(name="revoked: missing", change=lambda bench: bench.one.drop("revoked")),
    Case(
        name="revoked: a file stands there",
        change=steps(
            lambda bench: bench.one.drop("revoked"), lambda bench: bench.one.put("revoked", b"")
        ),
        starts="policy",
    ),
    Case(
        name="revoked: a certificate",
        change=revoked(lambda b: pem(b.ca.certificate)),
        starts="policy",
    ),
    Case(
        name="revoked: a certificate, DER",
        change=revoked(lambda b: b.ca.certificate.public_bytes(Encoding.DER)),
        starts="policy",
    ),
    Case(name="revoked: a README", change=revoked(lambda _b: b"hello\n"), starts="policy"),
    Case(name="revoked: an empty file", change=revoked(lambda _b: b"")),
    Case(name="revoked: a key", change=revoked(lambda _b: plain(ec_key())), starts="policy"),
    Case(
        name="revoked: a folder in it",
        change=lambda bench: (bench.one.base / "revoked" / "sub").mkdir(),
        starts="policy",
    ),
    Case(name="revoked: a CRL", change=revoked(lambda b: pem(crl(b.ca)))),
    Case(
        name="revoked: a CRL, DER",
        change=revoked(lambda b: crl(b.ca).public_bytes(Encoding.DER)),
    ),
    Case(
        name="revoked: two CRLs in one file",
        change=revoked(lambda b: pem(crl(b.ca), crl(_other(b)))),
    ),
    Case(
        name="revoked: a CRL, and trusted/ is missing",
        change=steps(revoked(lambda b: pem(crl(b.ca))), lambda bench: bench.one.drop("trusted")),
        starts="policy",
    ),
)

FILE_CASES = (*BASE_CASES, *CHAIN_CASES, *TRUSTED_CASES, *REVOKED_CASES)
