"""Private keys: made, written as PKCS#8, read back, and compared with certificates."""

from __future__ import annotations

from typing import NoReturn

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm
from wizard.pki import pbes2
from wizard.secret import Secret

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
"""The key types that are made here and that every supported Neo4j version loads."""

_RSA_BITS = {KeyAlgorithm.RSA_2048: 2048, KeyAlgorithm.RSA_3072: 3072, KeyAlgorithm.RSA_4096: 4096}


class KeyBytes:
    """The bytes of a private key file on their way to a server; it shows nothing by itself."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """Return the bytes; call this only in the expression that hands them on."""
        return self._value

    def __repr__(self) -> str:
        return "KeyBytes(***)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return "***"

    def __len__(self) -> int:
        return len(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key can't be pickled or copied")


def make_key(algorithm: KeyAlgorithm) -> PrivateKey:
    """Make a key; EC takes microseconds, RSA 4096 from a tenth of a second to seconds."""
    if algorithm is KeyAlgorithm.EC_P256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm is KeyAlgorithm.EC_P384:
        return ec.generate_private_key(ec.SECP384R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS[algorithm])


def private_key_pem(
    key: PrivateKey, password: Secret | None, *, kdf_rounds: int | None = None
) -> bytes:
    """Write a key as PKCS#8 PEM, encrypted with PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC).

    That is the one encryption which both Neo4j 4.x (BouncyCastle) and Neo4j 5 and later (the JDK)
    read; Neo4j's PemParserTest is the source.

    Args:
        key: the key to write.
        password: None or empty writes it in clear, as Neo4j then wants no password either.
        kdf_rounds: None takes cryptography's own 2048, which is enough for a generated password
            of 190 bits; pass `pbes2.STRONG_ROUNDS` for one that a person chose.
    """
    if not password:
        return _pkcs8(key, serialization.Encoding.PEM, serialization.NoEncryption())
    if kdf_rounds is None:
        own = serialization.BestAvailableEncryption(password.reveal().encode())
        return _pkcs8(key, serialization.Encoding.PEM, own)
    plain = _pkcs8(key, serialization.Encoding.DER, serialization.NoEncryption())
    return pbes2.seal(plain, password, rounds=kdf_rounds)


def load_private_key(pem: bytes, password: Secret | None) -> PrivateKey:
    """Read a key that the wizard wrote.

    Raises:
        MaterialError: the password is wrong, missing or needless, or this is no such key.
    """
    secret = password.reveal().encode() if password else None
    try:
        # The primes were checked when the key was made; doing it again costs RSA 4096 0.25 s.
        key = serialization.load_pem_private_key(pem, secret, unsafe_skip_rsa_key_validation=True)
    except TypeError as error:
        raise _password_error(given=bool(password)) from error
    except ValueError as error:
        raise _refusal(encrypted=b"ENCRYPTED" in pem) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise _refusal(encrypted=False)
    return key


def public_bytes(holder: PrivateKey | x509.Certificate) -> bytes:
    """Return the public half as SubjectPublicKeyInfo DER, the form that keys are compared in."""
    return holder.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def public_half(holder: object) -> bytes | None:
    """Return the public key of any key, certificate or request; None where it can't be read."""
    try:
        return public_bytes(holder)  # type: ignore[arg-type]  # whatever has no public key is None
    except (ValueError, AttributeError, UnsupportedAlgorithm):
        return None


def key_matches(key: PrivateKey, certificate: x509.Certificate) -> bool:
    """Say whether a certificate is for this key; Neo4j itself never compares them at its start."""
    return public_bytes(key) == public_bytes(certificate)


def _pkcs8(
    key: PrivateKey,
    encoding: serialization.Encoding,
    encryption: serialization.KeySerializationEncryption,
) -> bytes:
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, encryption)


def _password_error(*, given: bool) -> MaterialError:
    if given:
        return MaterialError(
            "A password was given, but this private key is not encrypted.",
            hint="Leave the password out, or encrypt the key with it first.",
            code="password-on-plain-key",
        )
    return MaterialError(
        "This private key is encrypted, and no password was given for it.",
        hint="Give the password that the key was encrypted with.",
        code="key-password-missing",
    )


def _refusal(*, encrypted: bool) -> MaterialError:
    if encrypted:
        return MaterialError(
            "The password does not open this private key.",
            hint="Check the password; upper and lower case make a difference.",
            code="key-password-wrong",
        )
    return MaterialError(
        "This file holds no RSA or EC private key in PKCS#8 PEM form.",
        hint="Give the private key file that the wizard wrote.",
        code="key-unreadable",
    )
