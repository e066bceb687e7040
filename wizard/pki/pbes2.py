"""A PKCS#8 key sealed with many PBKDF2 rounds, by RFC 8018.

cryptography writes PKCS#8 with 2048 rounds and has no knob for more. Its PKCS#12 writer has one,
but the MAC beside the key stays at 2048 rounds, so guessing a password costs no more than before;
the OpenSSH format is opened by neither OpenSSL nor Java. So the envelope is written here, and the
cipher, the padding and the key derivation are cryptography's.
"""

from __future__ import annotations

import base64
import os
import textwrap

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509 import ObjectIdentifier

from wizard.pki.key_shapes import Algorithm, EncryptedKey, Pbes2, Pbkdf2, PseudoRandom, algorithm
from wizard.pki.rounds import STRONG_ROUNDS
from wizard.secret import Secret

__all__ = ["AES_256_CBC", "PBES2", "PBKDF2", "STRONG_ROUNDS", "pem_block", "seal"]

PBES2 = "1.2.840.113549.1.5.13"  # RFC 8018 appendix C, as are the next two
PBKDF2 = "1.2.840.113549.1.5.12"
_HMAC_SHA256 = "1.2.840.113549.2.9"
AES_256_CBC = "2.16.840.1.101.3.4.1.42"  # NIST computer security objects register
_PEM_COLUMNS = 64  # RFC 7468 section 2


def seal(pkcs8: bytes, password: Secret, *, rounds: int = STRONG_ROUNDS) -> bytes:
    """Encrypt a PKCS#8 key with PBKDF2-HMAC-SHA256 and AES-256-CBC.

    Args:
        pkcs8: the key in clear, as DER.
        password: what opens it again.
        rounds: how often PBKDF2 turns; 600 000 take about 0.15 s, for a guesser as well.

    Returns:
        An `ENCRYPTED PRIVATE KEY` in PEM form, which OpenSSL, Java and cryptography open.
    """
    salt, initial = os.urandom(16), os.urandom(16)
    kdf = PBKDF2HMAC(hashes.SHA256(), length=32, salt=salt, iterations=rounds)
    cipher = Cipher(
        algorithms.AES(kdf.derive(password.reveal().encode())), modes.CBC(initial)
    ).encryptor()
    pad = padding.PKCS7(algorithms.AES.block_size).padder()
    sealed = cipher.update(pad.update(pkcs8) + pad.finalize()) + cipher.finalize()
    envelope = EncryptedKey(encryption=_scheme(salt, initial, rounds), data=sealed)
    return pem_block("ENCRYPTED PRIVATE KEY", asn1.encode_der(envelope))


def pem_block(label: str, content: bytes) -> bytes:
    """Write DER as one PEM block of 64 columns (RFC 7468)."""
    lines = textwrap.wrap(base64.b64encode(content).decode(), _PEM_COLUMNS)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def _scheme(salt: bytes, initial: bytes, rounds: int) -> Algorithm:
    """Return PBES2 with its key derivation and its cipher."""
    function = PseudoRandom(algorithm=ObjectIdentifier(_HMAC_SHA256), parameters=asn1.Null())
    derivation = Pbkdf2(salt=salt, rounds=rounds, length=None, function=function)
    parts = Pbes2(derivation=algorithm(PBKDF2, derivation), cipher=algorithm(AES_256_CBC, initial))
    return algorithm(PBES2, parts)
