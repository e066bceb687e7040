"""How an encrypted PKCS#8 key is encrypted, and which of these ways Java or BouncyCastle opens."""

from __future__ import annotations

import base64
import re

from cryptography.hazmat import asn1

from wizard.pki.key_shapes import EncryptedKey, Pbes2, Pbkdf2
from wizard.pki.pbes2 import AES_256_CBC, PBES2, PBKDF2
from wizard.secret import Secret

_AES_128_CBC = "2.16.840.1.101.3.4.1.2"  # NIST computer security objects register
_AES_192_CBC = "2.16.840.1.101.3.4.1.22"
_DES_EDE3_CBC = "1.2.840.113549.3.7"  # RFC 8018 appendix B.2.2
_HMACS = tuple(f"1.2.840.113549.2.{number}" for number in range(7, 14))
"""RFC 8018 appendix B.1: SHA-1, 224, 256, 384, 512, 512/224 and 512/256, in this order."""
_FIRST_HMACS = _HMACS[:5]
_ALL_HMACS_SINCE = 2025  # Neo4j 2025.01 needs Java 21, which knows the last two as well
_ASCII_ONLY_BEFORE = 2025

_IO_ERROR = "java.io.IOException"
_PARAMETERS = f"{_IO_ERROR}: PBE parameter parsing error: expecting the object identifier for"
_BOUNCY = "org.bouncycastle.pkcs.PKCSException: unable to read encrypted data: "

_JDK_PBES1 = (  # RFC 8018 appendix A.3 and RFC 7292 appendix C; Neo4j's PemParserTest lists them
    "1.2.840.113549.1.5.3",  # PBEWithMD5AndDES
    "1.2.840.113549.1.12.1.1",  # PBEWithSHA1AndRC4_128
    "1.2.840.113549.1.12.1.2",  # PBEWithSHA1AndRC4_40
    "1.2.840.113549.1.12.1.3",  # PBEWithSHA1AndDESede
    "1.2.840.113549.1.12.1.5",  # PBEWithSHA1AndRC2_128
    "1.2.840.113549.1.12.1.6",  # PBEWithSHA1AndRC2_40
)

_ARMOUR = re.compile(rb"-----[^-]*-----")


def envelope(pem: bytes) -> EncryptedKey:
    """Return what an `ENCRYPTED PRIVATE KEY` block holds; ValueError when it is none."""
    return envelope_der(base64.b64decode(_ARMOUR.sub(b"", pem)))


def envelope_der(content: bytes) -> EncryptedKey:
    """Return the EncryptedPrivateKeyInfo in these bytes; ValueError when it is none."""
    return asn1.decode_der(EncryptedKey, content)


def scheme_words(content: bytes) -> str:
    """Return how an EncryptedPrivateKeyInfo is encrypted, in words; ValueError when it is none."""
    sealed = envelope_der(content)
    scheme = sealed.encryption.algorithm.dotted_string
    if scheme != PBES2:
        return "PBES1" if scheme.startswith("1.2.840.113549.1.") else "unknown encryption"
    derivation, _, cipher = _parts(sealed)
    function = "PBKDF2" if derivation == PBKDF2 else "scrypt"
    names = {
        _AES_128_CBC: "AES-128",
        _AES_192_CBC: "AES-192",
        AES_256_CBC: "AES-256",
        _DES_EDE3_CBC: "3DES",
    }
    return f"{names.get(cipher, 'an unknown cipher')} under {function}"


def encryption_failure(pem: bytes, password: Secret, major: int) -> tuple[str, ...]:
    """Return the causes Java gives for an encryption it can't open, or nothing if it can.

    Whether the password is the right one is not looked at.

    Args:
        pem: an `ENCRYPTED PRIVATE KEY` block.
        password: what it is to be opened with.
        major: of Neo4j, from 5 on: 5 runs on Java 17, 2025 and later on Java 21 at least.
    """
    try:
        sealed = envelope(pem)
        scheme = sealed.encryption.algorithm.dotted_string
        refusal = _pbes2_failure(sealed, major) if scheme == PBES2 else _pbes1_failure(scheme)
    except ValueError:
        return (f"{_IO_ERROR}: Too short",)
    if refusal:
        return (refusal,)
    if major < _ASCII_ONLY_BEFORE and not _is_printable_ascii(password):
        return ("java.security.spec.InvalidKeySpecException: Password is not ASCII",)
    return ()


def bouncy_failure(pem: bytes) -> tuple[str, ...]:
    """Return the causes BouncyCastle of Neo4j 4.4 gives for an encryption it can't open."""
    try:
        sealed = envelope(pem)
        if sealed.encryption.algorithm.dotted_string != PBES2:
            return ()
        derivation, function, cipher = _parts(sealed)
    except ValueError:
        return ()
    if derivation != PBKDF2:
        words = (
            "class org.bouncycastle.asn1.DLSequence cannot be cast to class "
            "org.bouncycastle.asn1.pkcs.PBKDF2Params (org.bouncycastle.asn1.DLSequence and "
            "org.bouncycastle.asn1.pkcs.PBKDF2Params are in unnamed module of loader 'app')"
        )
        return (_BOUNCY + words, f"java.lang.ClassCastException: {words}")
    if cipher not in (_AES_128_CBC, _AES_192_CBC, AES_256_CBC, _DES_EDE3_CBC):
        words = f"no key size for algorithm: {cipher}"
        return (_BOUNCY + words, f"java.lang.IllegalStateException: {words}")
    if function not in _FIRST_HMACS:
        inner = f"unknown PRF in PKCS#2: {function}"
        words = f"{PBES2} not available: {inner}"
        return (
            _BOUNCY + words,
            f"org.bouncycastle.operator.OperatorCreationException: {words}",
            f"java.security.NoSuchAlgorithmException: {inner}",
        )
    return ()


def _parts(sealed: EncryptedKey) -> tuple[str, str, str]:
    """Return the OIDs of a PBES2: key derivation, the function it turns (if PBKDF2), cipher."""
    pbes2: Pbes2 = sealed.encryption.parameters.parse(Pbes2)
    derivation = pbes2.derivation.algorithm.dotted_string
    function = ""
    if derivation == PBKDF2:
        parameters: Pbkdf2 = pbes2.derivation.parameters.parse(Pbkdf2)
        function = parameters.function.algorithm.dotted_string
    return derivation, function, pbes2.cipher.algorithm.dotted_string


def _pbes2_failure(sealed: EncryptedKey, major: int) -> str:
    derivation, function, cipher = _parts(sealed)
    if derivation != PBKDF2:
        return f"{_PARAMETERS} PBKDF2"
    if function not in (_HMACS if major >= _ALL_HMACS_SINCE else _FIRST_HMACS):
        return f"{_PARAMETERS} a HmacSHA key derivation function"
    if cipher not in (_AES_128_CBC, AES_256_CBC):
        return f"{_PARAMETERS} AES cipher"
    return ""


def _pbes1_failure(scheme: str) -> str:
    """Return what the JDK says of a PBES1 scheme it has no parameters for (seen with MD5-RC2)."""
    if scheme in _JDK_PBES1:
        return ""
    return (
        'java.lang.NullPointerException: Cannot invoke "java.security.AlgorithmParameters.'
        'toString()" because the return value of "javax.crypto.EncryptedPrivateKeyInfo.'
        'getAlgParameters()" is null'
    )


def _is_printable_ascii(password: Secret) -> bool:
    return all(" " <= character <= "~" for character in password.reveal())
