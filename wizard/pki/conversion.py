"""What people bring, written anew in the one form that a version of Neo4j loads.

Nothing is passed on as it came: keys become PKCS#8, chains are completed, put into order and freed
of doubles and of the root, and a PKCS#12 passphrase is removed or replaced as asked. All of it
happens in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.errors import MaterialError
from wizard.model.version import Version
from wizard.pki.brought.things import Brought
from wizard.pki.doctor.certificate_rules import is_self_issued
from wizard.pki.doctor.examination import leaves_of
from wizard.pki.doctor.peers import completed, without_root
from wizard.pki.inspect import fingerprint
from wizard.pki.keys import KeyBytes, PrivateKey, private_key_pem, public_half
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


def convert(
    brought: Brought,
    version: Version,
    *,
    password: Secret | None = None,
    kdf_rounds: int | None = None,
) -> tuple[Converted, ...]:
    """Pair every server's certificate with its key, and write both as this version loads them.

    The result is the same whatever the form, order and number of the files, but for the salt of
    a sealed key. Keys and certificates that belong to no pair are left out.

    Args:
        brought: what was read, its keys opened.
        version: the Neo4j that is to load it.
        password: what the keys are to be sealed with; None writes them in clear.
        kdf_rounds: as for `private_key_pem`; `pbes2.STRONG_ROUNDS` suits a typed password.

    Raises:
        MaterialError: 3.5 was to get a password, a key is of a kind that is not written here, or
            there is no pair at all.
    """
    _check_password(version, password)
    pairs = sorted(_pairs(brought), key=lambda pair: fingerprint(pair[0]))
    if not pairs:
        raise MaterialError(
            "Among these files there is no certificate together with its private key.",
            hint="Bring both; neo4j-tls inspect tells what each file holds.",
            code="key-does-not-match",
        )
    leaves = leaves_of(brought)
    pool = [one for one in brought.distinct_certificates() if one not in leaves]
    return tuple(
        convert_pair(leaf, key, pool, version, password=password, kdf_rounds=kdf_rounds)
        for leaf, key in pairs
    )


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


def _pairs(brought: Brought) -> Iterator[tuple[x509.Certificate, PrivateKey]]:
    keys = {public_half(key.key): key.key for key in brought.keys if key.key is not None}
    leaves = leaves_of(brought)
    for certificate in brought.distinct_certificates():
        key = keys.get(public_half(certificate))
        if key is None or certificate not in leaves:
            continue
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise MaterialError(
                "A server's key is neither RSA nor EC.",
                hint="Make a new key (EC P-256 or RSA 3072) and have a certificate issued for it.",
                code="key-type-refused",
            )
        yield certificate, key


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
