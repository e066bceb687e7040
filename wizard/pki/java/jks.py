"""CA certificates as a JKS trust store, for programs that ask for that old form by name.

The form is a list of certificates and a SHA-1 over them (`sun.security.provider.JavaKeyStore`, read
by `keytool` of every Java). Only trusted certificates are written: JKS seals keys poorly, and so
none ever goes into one. The one library for it (pyjks) brings four others for what is not needed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from wizard.pki.inspect import load_chain

_MAGIC, _VERSION, _TRUSTED = 0xFEEDFEED, 2, 2
_WHITENER = b"Mighty Aphrodite"  # JavaKeyStore.getPreKeyedHash
_CERTIFICATE_TYPE = "X.509"


def jks_trust_store(
    certificates_pem: Sequence[bytes], alias: str, password: str, now: datetime
) -> bytes:
    """Write certificates as trusted entries; `keytool -list` shows them as trustedCertEntry.

    Args:
        certificates_pem: PEM files, each with one certificate or more.
        alias: the first entry's name, in small letters; the others are numbered behind it.
        password: what Java checks the store with; it hides nothing.
        now: aware time, the entries' date.

    Raises:
        MaterialError: a file holds no certificate.
    """
    found = [one for pem in certificates_pem for one in load_chain(pem)]
    made_at = int(now.timestamp() * 1000)
    body = struct.pack(">III", _MAGIC, _VERSION, len(found))
    for number, certificate in enumerate(found, start=1):
        name = alias if number == 1 else f"{alias}-{number}"
        encoded = certificate.public_bytes(Encoding.DER)
        body += struct.pack(">I", _TRUSTED) + _text(name) + struct.pack(">Q", made_at)
        body += _text(_CERTIFICATE_TYPE) + struct.pack(">I", len(encoded)) + encoded
    return body + _digest(body, password)


def _text(value: str) -> bytes:
    """Write ASCII as `DataOutputStream.writeUTF` does."""
    encoded = value.encode("ascii")
    return struct.pack(">H", len(encoded)) + encoded


def _digest(body: bytes, password: str) -> bytes:
    keyed = hashlib.sha1(usedforsecurity=False)
    for part in (password.encode("utf-16-be"), _WHITENER, body):
        keyed.update(part)
    return keyed.digest()
