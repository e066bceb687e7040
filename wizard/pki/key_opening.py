"""Opens encrypted keys that Neo4j's libraries read and cryptography does not, or tells less about.

These are DEK-Info headers with DES or AES-192, PBKDF2 turned with SHA-512/224 and SHA-512/256, and
four old PKCS#8 schemes. Left out are two more, which only 4.4 reads: RC2 with 64 bits. AES under
PBKDF2 is opened here too, because a wrong password that happens to give good padding must be seen.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, RC2, TripleDES
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.serialization import load_der_private_key

from wizard.pki.der import SEQUENCE
from wizard.pki.key_encryption import envelope
from wizard.pki.key_shapes import EncryptedKey, Pbes2, Pbkdf2, Salted
from wizard.pki.pbes2 import PBES2, PBKDF2
from wizard.secret import Secret

_ARMOUR = re.compile(rb"-----[^-]*-----")
_DEK_KEY_BYTES = {"DES-CBC": 8, "AES-192-CBC": 24}
_DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {  # RFC 8018 appendix B.1
    "1.2.840.113549.2.7": hashes.SHA1,
    "1.2.840.113549.2.8": hashes.SHA224,
    "1.2.840.113549.2.9": hashes.SHA256,
    "1.2.840.113549.2.10": hashes.SHA384,
    "1.2.840.113549.2.11": hashes.SHA512,
    "1.2.840.113549.2.12": hashes.SHA512_224,
    "1.2.840.113549.2.13": hashes.SHA512_256,
}
_AES_KEY_BYTES = {  # NIST computer security objects register
    "2.16.840.1.101.3.4.1.2": 16,
    "2.16.840.1.101.3.4.1.22": 24,
    "2.16.840.1.101.3.4.1.42": 32,
}
_SHA1_DES = "1.2.840.113549.1.5.10"  # RFC 8018 appendix A.3
_RC4_40 = "1.2.840.113549.1.12.1.2"  # RFC 7292 appendix C, as are the next two
_TWO_KEY_DES = "1.2.840.113549.1.12.1.4"
_RC2_128 = "1.2.840.113549.1.12.1.5"
_PKCS12_KEY_BYTES = {_RC4_40: 5, _TWO_KEY_DES: 16, _RC2_128: 16}
_PKCS12_BLOCK = 64  # what SHA-1 takes at once
_FOR_KEY, _FOR_VECTOR = 1, 2  # RFC 7292 appendix B.3
_LONG_TAG, _LONGEST_LENGTH = 0x1F, 0x84  # X.690 section 8.1; Java reads up to four length bytes


class NoKeyInsideError(ValueError):
    """The padding was right, and what was opened is no key: a wrong password, once in 256 times.

    The text is what the JDK's DerInputStream says of it (seen with JDK 17.0.15).
    """


def open_headed(pem: bytes, dek_info: str, password: Secret) -> object | None:
    """Open a traditional PEM key whose cipher cryptography does not know, or return None.

    Args:
        pem: the block with its headers.
        dek_info: the cipher and the initial vector in hexadecimal (RFC 1423 section 1.1).
        password: its MD5 with the vector's first half is the key (OpenSSL's EVP_BytesToKey).

    Raises:
        ValueError: the password is wrong, or the block is damaged.
    """
    name, _, vector = dek_info.partition(",")
    if name not in _DEK_KEY_BYTES:
        return None
    initial = bytes.fromhex(vector)
    key = _chained_md5(password.reveal().encode(), initial[:8], _DEK_KEY_BYTES[name])
    cipher = TripleDES(key * 3) if name == "DES-CBC" else algorithms.AES(key)
    sealed = base64.b64decode(_ARMOUR.sub(b"", pem).partition(b"\n\n")[2])
    return _plain(_decrypted(cipher, initial, sealed))


def open_sealed(pem: bytes, password: Secret) -> object | None:
    """Open an `ENCRYPTED PRIVATE KEY` in a way cryptography does not know, or return None.

    Raises:
        ValueError: the password is wrong, or the block is damaged.
    """
    sealed = envelope(pem)
    scheme = sealed.encryption.algorithm.dotted_string
    if scheme == PBES2:
        opened = _by_pbkdf2_and_aes(sealed, password)
    elif scheme == _SHA1_DES or scheme in _PKCS12_KEY_BYTES:
        opened = _by_old_scheme(scheme, sealed, password)
    else:
        return None
    return None if opened is None else _key_inside(opened)


def opens_to_garbage(pem: bytes, password: Secret) -> bool:
    """Say whether a wrong password gives good padding, so that only the content betrays it."""
    try:
        open_sealed(pem, password)
    except NoKeyInsideError:
        return True
    except ValueError:
        return False
    return False


def _key_inside(opened: bytes) -> object:
    try:
        return _plain(opened)
    except ValueError as error:
        if opened[:1] == bytes((SEQUENCE,)):  # a key of its own kind, or damaged
            raise
        raise NoKeyInsideError(_java_words(opened)) from error


def _plain(opened: bytes) -> object:
    # A hostile key would take minutes to have its primes proved.
    return load_der_private_key(opened, None, unsafe_skip_rsa_key_validation=True)


def _java_words(opened: bytes) -> str:
    """Return what `DerInputStream.getSequence` says of bytes that begin with no sequence."""
    if opened[:1] and opened[0] & _LONG_TAG == _LONG_TAG:
        return "Tag number over 30 at 0 is not supported"
    if len(opened) > 1 and opened[1] > _LONGEST_LENGTH:
        return "Invalid lenByte"
    return "Not the correct tag"


def _by_pbkdf2_and_aes(sealed: EncryptedKey, password: Secret) -> bytes | None:
    pbes2: Pbes2 = sealed.encryption.parameters.parse(Pbes2)
    size = _AES_KEY_BYTES.get(pbes2.cipher.algorithm.dotted_string)
    if size is None or pbes2.derivation.algorithm.dotted_string != PBKDF2:
        return None
    derivation: Pbkdf2 = pbes2.derivation.parameters.parse(Pbkdf2)
    digest = _DIGESTS.get(derivation.function.algorithm.dotted_string)
    if digest is None:
        return None
    initial: bytes = pbes2.cipher.parameters.parse(bytes)
    turn = PBKDF2HMAC(digest(), size, derivation.salt, derivation.rounds)
    key = turn.derive(password.reveal().encode())
    return _decrypted(algorithms.AES(key), initial, sealed.data)


def _by_old_scheme(scheme: str, sealed: EncryptedKey, password: Secret) -> bytes:
    salted: Salted = sealed.encryption.parameters.parse(Salted)
    if scheme == _SHA1_DES:
        derived = _sha1(password.reveal().encode() + salted.salt, salted.rounds)
        return _decrypted(TripleDES(derived[:8] * 3), derived[8:16], sealed.data)
    key = _pkcs12(password, salted, _FOR_KEY)[: _PKCS12_KEY_BYTES[scheme]]
    if scheme == _RC4_40:
        stream = Cipher(ARC4(key), None).decryptor()
        return stream.update(sealed.data) + stream.finalize()
    cipher = RC2(key) if scheme == _RC2_128 else TripleDES(key + key[:8])
    return _decrypted(cipher, _pkcs12(password, salted, _FOR_VECTOR)[:8], sealed.data)


def _decrypted(cipher: BlockCipherAlgorithm, initial: bytes, sealed: bytes) -> bytes:
    opened = Cipher(cipher, modes.CBC(initial)).decryptor()
    unpad = padding.PKCS7(cipher.block_size).unpadder()
    padded = opened.update(sealed) + opened.finalize()
    return unpad.update(padded) + unpad.finalize()


def _pkcs12(password: Secret, salted: Salted, purpose: int) -> bytes:
    """Derive the first 20 bytes by RFC 7292 appendix B.2, of which no more are needed here."""
    text = password.reveal().encode("utf-16-be") + b"\0\0"
    parts = (bytes((purpose,)), salted.salt, text)
    return _sha1(b"".join(_filled(part) for part in parts), salted.rounds)


def _filled(part: bytes) -> bytes:
    size = -(-len(part) // _PKCS12_BLOCK) * _PKCS12_BLOCK
    return (part * _PKCS12_BLOCK)[:size]


def _sha1(data: bytes, rounds: int) -> bytes:
    for _ in range(rounds):
        digest = hashes.Hash(hashes.SHA1())  # noqa: S303 - what the old schemes derive with
        digest.update(data)
        data = digest.finalize()
    return data


def _chained_md5(password: bytes, salt: bytes, size: int) -> bytes:
    found = before = b""
    while len(found) < size:
        digest = hashes.Hash(hashes.MD5())  # noqa: S303 - what the old format derives with
        digest.update(before + password + salt)
        before = digest.finalize()
        found += before
    return found[:size]
