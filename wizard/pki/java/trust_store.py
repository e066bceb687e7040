"""CA certificates as a PKCS#12 trust store, the one form that every Java since 8u301 reads."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)

from wizard.errors import MaterialError

STORE_PASSWORD = "changeit"  # noqa: S105 - Java's own default; the store holds nothing secret
"""What a trust store is opened with: it guards no secret, and Java wants one to check the file."""


def java_trust_store(certificates_pem: Sequence[bytes], alias: str) -> bytes:
    """Write certificates as trusted entries; `keytool -list` shows them as trustedCertEntry.

    Args:
        certificates_pem: PEM files, each with one certificate or more.
        alias: the first entry's name; the others are numbered behind it.

    Raises:
        MaterialError: a file holds no certificate.
    """
    try:
        found = [one for pem in certificates_pem for one in x509.load_pem_x509_certificates(pem)]
    except ValueError as error:
        raise MaterialError(
            "A certificate for the Java trust store can't be read.",
            hint="Give the certificates of the CA as PEM files.",
        ) from error
    entries = [
        PKCS12Certificate(one, (alias if number == 1 else f"{alias}-{number}").encode())
        for number, one in enumerate(found, start=1)
    ]
    return serialize_java_truststore(entries, BestAvailableEncryption(STORE_PASSWORD.encode()))
