"""How an encrypted PKCS#8 key is encrypted, and which of these ways the JDK can open."""

from __future__ import annotations

import base64
import re

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_der_private_key

from wizard.pki import der
from wizard.pki.pbes2 import AES_256_CBC, PBES2, PBKDF2
from wizard.secret import Secret

_AES_128_CBC = "2.16.840.1.101.3.4.1.2"  # NIST computer security objects register
_IO_ERROR = "java.io.IOException"
_PARAMETERS = f"{_IO_ERROR}: PBE parameter parsing error: expecting the object identifier for"

_JDK_PBES1 = (  # RFC 8018 appendix A.3 and RFC 7292 appendix C; Neo4j's PemParserTest lists them
    "1.2.840.113549.1.5.3",  # PBEWithMD5AndDES
    "1.2.840.113549.1.12.1.1",  # PBEWithSHA1AndRC4_128
    "1.2.840.113549.1.12.1.2",  # PBEWithSHA1AndRC4_40
    "1.2.840.113549.1.12.1.3",  # PBEWithSHA1AndDESede
    "1.2.840.113549.1.12.1.5",  # PBEWithSHA1AndRC2_128
    "1.2.840.113549.1.12.1.6",  # PBEWithSHA1AndRC2_40
)

_AES_192_BYTES = 24
_ARMOUR = re.compile(rb"-----[^-]*-----")


def encryption_failure(pem: bytes, password: Secret, *, ascii_only: bool) -> tuple[str, ...]:
    """Return the causes Java 17 gives for an encryption it can't open, or nothing if it can.

    Whether the password is the right one is not looked at.

    Args:
        pem: an `ENCRYPTED PRIVATE KEY` block.
        password: what it is to be opened with.
        ascii_only: JDKs up to 21 refuse a password that is not ASCII; 25 takes it.
    """
    try:
        scheme = _scheme(pem)
    except (der.DerError, IndexError, ValueError):
        return (f"{_IO_ERROR}: Too short",)
    if scheme not in (*_JDK_PBES1, "AES"):
        return (scheme,) if scheme.startswith(_IO_ERROR) else (_no_parameters(),)
    if ascii_only and not _is_printable_ascii(password):
        return ("java.security.spec.InvalidKeySpecException: Password is not ASCII",)
    return ()


def _scheme(pem: bytes) -> str:
    """Return the OID of the scheme, `AES` for a PBES2 the JDK opens, or what Java says of it."""
    algorithm = der.split_first(base64.b64decode(_ARMOUR.sub(b"", pem)))[0].children()[0].children()
    if algorithm[0].oid != PBES2:
        return algorithm[0].oid
    derivation, cipher = algorithm[1].children()
    if derivation.children()[0].oid != PBKDF2:
        return f"{_PARAMETERS} PBKDF2"
    if cipher.children()[0].oid not in (_AES_128_CBC, AES_256_CBC):
        return f"{_PARAMETERS} AES cipher"
    return "AES"


def _no_parameters() -> str:
    """Return what the JDK says of a PBES1 scheme it has no parameters for (seen with MD5-RC2)."""
    return (
        'java.lang.NullPointerException: Cannot invoke "java.security.AlgorithmParameters.'
        'toString()" because the return value of "javax.crypto.EncryptedPrivateKeyInfo.'
        'getAlgParameters()" is null'
    )


def _is_printable_ascii(password: Secret) -> bool:
    return all(" " <= character <= "~" for character in password.reveal())


def is_scrypt(pem: bytes) -> bool:
    """Say whether a PKCS#8 envelope derives its key by scrypt, which no version of Neo4j opens."""
    try:
        return _scheme(pem) == f"{_PARAMETERS} PBKDF2"
    except (der.DerError, IndexError, ValueError):
        return False


def open_aes_192(pem: bytes, dek_info: str, password: Secret) -> object:
    """Open a traditional PEM key under AES-192-CBC, which Java reads and cryptography does not.

    Args:
        pem: the block with its headers.
        dek_info: `AES-192-CBC,` and the initial vector in hexadecimal (RFC 1423 section 1.1).
        password: its MD5 with the vector's first half is the key (OpenSSL's EVP_BytesToKey).

    Raises:
        ValueError: the password is wrong, or the block is damaged.
    """
    initial = bytes.fromhex(dek_info.partition(",")[2])
    sealed = base64.b64decode(_ARMOUR.sub(b"", pem).partition(b"\n\n")[2])
    cipher = Cipher(algorithms.AES(_legacy_key(password, initial[:8])), modes.CBC(initial))
    opened, unpad = cipher.decryptor(), padding.PKCS7(algorithms.AES.block_size).unpadder()
    padded = opened.update(sealed) + opened.finalize()
    return load_der_private_key(unpad.update(padded) + unpad.finalize(), None)


def _legacy_key(password: Secret, salt: bytes) -> bytes:
    found = before = b""
    while len(found) < _AES_192_BYTES:
        digest = hashes.Hash(hashes.MD5())  # noqa: S303 - what the old format derives its keys with
        digest.update(before + password.reveal().encode() + salt)
        before = digest.finalize()
        found += before
    return found[:_AES_192_BYTES]
