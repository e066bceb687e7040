"""What people bring, written anew in the one form that a version of Neo4j loads.

Nothing is passed on as it came: keys become PKCS#8, chains are completed, put into order and freed
of doubles and of the root, and a PKCS#12 passphrase is removed or replaced as asked. All of it
happens in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.errors import MaterialError
from wizard.model.version import Version
from wizard.pki.doctor.certificate_rules import is_self_issued
from wizard.pki.doctor.peers import completed, without_root
from wizard.pki.inspect import fingerprint
from wizard.pki.keys import KeyBytes, PrivateKey, private_key_pem
from wizard.secret import Secret

_FIRST_WITH_PASSWORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The files of one server, ready to be written.

    Attributes:
        leaf: the server's certificate.
        private_key_pem: PKCS#8, sealed when a password was asked for.
        certificate_pem: the leaf and the CAs in between, each issued by the next; never the root.
        authority_pem: the topmost CA that was brought, for trusted/; the leaf itself when it is
            self-signed; empty when its CA was not brought.
        fingerprint: SHA-256 of the leaf's DER, lower-case hex.
    """

    leaf: x509.Certificate
    private_key_pem: KeyBytes
    certificate_pem: bytes
    authority_pem: bytes
    fingerprint: str


def convert_pair(
    leaf: x509.Certificate,
    key: PrivateKey,
    pool: Sequence[x509.Certificate],
    version: Version,
    *,
    password: Secret | None = None,
    kdf_rounds: int | None = None,
) -> Converted:
    """Write one certificate with its key; its CAs are looked for in the pool.

    Raises:
        MaterialError: 3.5 was to get a password.
    """
    _check_password(version, password)
    return _converted(leaf, private_key_pem(key, password, kdf_rounds=kdf_rounds), pool)


def _check_password(version: Version, password: Secret | None) -> None:
    if password and version.major < _FIRST_WITH_PASSWORDS:
        raise MaterialError(
            f"Neo4j {version} does not open private keys that have a password.",
            hint="Leave the password out; the key is then kept by the rights of its file alone.",
            code="key-form-refused",
        )


def _converted(
    leaf: x509.Certificate, key_pem: bytes, pool: Sequence[x509.Certificate]
) -> Converted:
    chain = completed(leaf, pool)
    top = chain[-1:] if len(chain) > 1 or is_self_issued(leaf) else ()
    return Converted(
        leaf=leaf,
        private_key_pem=KeyBytes(key_pem),
        certificate_pem=_pem(without_root(chain)),
        authority_pem=_pem(top),
        fingerprint=fingerprint(leaf),
    )


def _pem(certificates: Sequence[x509.Certificate]) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
