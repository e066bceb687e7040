"""Certificates that no CA of good sense would issue: every part can be set, in any combination."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from judge_certificates import BOTH_WAYS, DAY, NOW, Identity, ec_key, key_usage

HOST = "server1.cluster.test"
YEAR = 365 * DAY
_SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
_OTHER_DIGESTS: dict[str, tuple[bytes, hashes.HashAlgorithm]] = {
    "md5": (bytes.fromhex("06092a864886f70d010104"), hashes.MD5()),  # noqa: S303 - the point
    "sha1": (bytes.fromhex("06092a864886f70d010105"), hashes.SHA1()),  # noqa: S303 - the point
}


def forge(
    name: str | None = "server1",
    issuer: Identity | None = None,
    *,
    key: Any = None,
    names: tuple[str, ...] = (HOST,),
    names_critical: bool = False,
    ca: bool | None = False,
    path_length: int | None = None,
    usage: str | None = "digital_signature",
    extended: tuple[x509.ObjectIdentifier, ...] = BOTH_WAYS,
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + YEAR,
    digest: hashes.HashAlgorithm | None = None,
    pss: bool = False,
    limits: x509.NameConstraints | None = None,
    unknown: bool = False,
    identifiers: bool = False,
) -> Identity:
    """Make a certificate.

    Args:
        name: its common name; None leaves the subject empty.
        names: alternative names; what is an address becomes an iPAddress unless `dns:` is before.
        usage: the bits of the key usage, or None to leave it out.
        unknown: whether a critical extension is added that nobody knows.
    """
    key = key or ec_key()
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer.certificate.subject if issuer else _name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca, path_length), critical=True)
    if usage is not None:
        builder = builder.add_extension(key_usage(*usage.split()), critical=True)
    if extended and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    if names and not ca:
        found = x509.SubjectAlternativeName([*map(_general_name, names)])
        builder = builder.add_extension(found, critical=names_critical)
    if limits is not None:
        builder = builder.add_extension(limits, critical=True)
    if unknown:
        odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
        builder = builder.add_extension(odd, critical=True)
    if identifiers:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(own, critical=False).add_extension(above, critical=False)
    return Identity(certificate=_signed(builder, signer, digest, pss=pss), key=key)


def forge_ca(name: str, issuer: Identity | None = None, **wrong: Any) -> Identity:
    """Make a CA; keyword arguments replace what `forge` is given."""
    fields = {"ca": True, "usage": "key_cert_sign crl_sign", "ends": NOW + 9 * YEAR, **wrong}
    return forge(name, issuer, **fields)


def with_digest(made: Identity, signer: rsa.RSAPrivateKey, digest: str) -> Identity:
    """Sign a certificate anew with a digest that the library no longer signs with.

    Args:
        made: signed by this very RSA key with SHA-256; the other digests' names are as long.
        digest: `md5` or `sha1`.
    """
    oid, algorithm = _OTHER_DIGESTS[digest]
    inner = made.certificate.tbs_certificate_bytes
    changed = inner.replace(_SHA256_WITH_RSA, oid)
    whole = made.certificate.public_bytes(Encoding.DER).replace(_SHA256_WITH_RSA, oid)
    signature = signer.sign(changed, padding.PKCS1v15(), algorithm)
    whole = whole.replace(made.certificate.signature, signature)
    return Identity(certificate=x509.load_der_x509_certificate(whole), key=made.key)


def _signed(
    builder: x509.CertificateBuilder,
    signer: Any,
    digest: hashes.HashAlgorithm | None,
    *,
    pss: bool,
) -> x509.Certificate:
    if isinstance(signer, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return builder.sign(signer, None)
    how = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else None
    return builder.sign(signer, digest or hashes.SHA256(), rsa_padding=how)  # type: ignore[arg-type]


def _name(name: str | None) -> x509.Name:
    if name is None:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _general_name(text: str) -> x509.GeneralName:
    kind, _, rest = text.partition(":")
    if kind == "dns":
        return x509.DNSName(rest)
    if kind == "mail":
        return x509.RFC822Name(rest)
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
