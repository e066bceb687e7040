"""A CA of somebody else's, and what it hands out, for a served practice cluster."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import tomli_w
from black_box import Served, private
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(microsecond=0)
BOTH = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


class Authority:
    """Signs whatever it is asked to."""

    def __init__(self, name: str, above: Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        extensions = [(x509.BasicConstraints(ca=True, path_length=None), True)]
        public = self.key.public_key()
        self.certificate = (above or self).sign(self.name, public, extensions, days=900)

    def sign(
        self, subject: x509.Name, public: Any, extensions: Sequence[Any], days: float
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(NOW + days * DAY)
        )
        for value, critical in extensions:
            builder = builder.add_extension(value, critical)
        return builder.sign(self.key, hashes.SHA256())

    def answer(self, request: bytes) -> x509.Certificate:
        """Issue what a signing request asks for."""
        asked = x509.load_pem_x509_csr(request)
        extensions = [(one.value, one.critical) for one in asked.extensions]
        return self.sign(asked.subject, asked.public_key(), extensions, days=400)

    def leaf(
        self, name: str, *, days: float = 400
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """Issue a certificate for a name, with a key of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [
            (x509.SubjectAlternativeName([x509.DNSName(name)]), False),
            (x509.ExtendedKeyUsage(BOTH), False),
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self.sign(subject, key.public_key(), extensions, days), key


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def bundle(*certificates: x509.Certificate) -> bytes:
    return pkcs7.serialize_certificates([*certificates], Encoding.PEM)


def clear(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def half(holder: Any) -> bytes:
    """The public half of a key or a certificate."""
    public = holder.public_key()
    found: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def store(
    leaf: x509.Certificate, key: ec.EllipticCurvePrivateKey, password: str, *above: x509.Certificate
) -> bytes:
    seal = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"server", key, leaf, [*above], seal)


def brought_answers(cluster: Served, name: str, **trust: str) -> Path:
    """Write answers that take their certificates from outside, and return their path."""
    answers: dict[str, Any] = tomllib.loads(cluster.answers.read_text())
    answers["trust"] = trust
    return private(cluster.answers.with_name(name), tomli_w.dumps(answers))


def with_secrets(cluster: Served, folder: Path, **more: str) -> Path:
    """Write the cluster's secrets with more of them, and return their path."""
    return private(folder / "more-secrets.toml", tomli_w.dumps({**cluster.secrets, **more}))


def served_material(home: Path) -> Mapping[str, bytes]:
    """Return the files of the one folder of certificates that stands on a server."""
    (folder,) = (home / "certificates").glob("cluster-*")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
