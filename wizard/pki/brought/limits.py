"""What a brought file may cost: checked on its ASN.1 before anything is decrypted.

A file of a few hundred bytes can ask for 2^31 rounds of key derivation, which is minutes of work.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import rsa

from wizard.pki import der

MOST_KEY_BYTES = 64 << 10
MOST_FILE_BYTES = 1 << 20
MOST_CERTIFICATES = 100
MOST_BLOCKS = 1000
MOST_ROUNDS = 2_000_000
"""Of PBKDF2 and its like: about half a second here, and three times what is advised today."""

MOST_SCRYPT_WORK = 1 << 21
"""Cost times block size times parallelism; OpenSSL's own default is 2^17."""

MOST_RSA_BITS = 16_384
"""OpenSSL's OPENSSL_RSA_MAX_MODULUS_BITS; a larger key is never a server's."""

_MOST_ELEMENTS = 20_000
_DEEPEST = 32
_INTEGER, _OCTETS, _OID = 0x02, 0x04, 0x06
_CONSTRUCTED = 0x20
_MAC_PARTS = 3  # RFC 7292 section 4: authSafe comes second, macData third

_PBKDF2 = bytes.fromhex("2a864886f70d01050c")  # RFC 8018 appendix C
_SCRYPT = bytes.fromhex("2b06010401da47040b")  # RFC 7914 section 7.1
_PBES1 = bytes.fromhex("2a864886f70d0105")  # RFC 8018 appendix A.3; one more byte tells which
_PKCS12_PBE = bytes.fromhex("2a864886f70d010c01")  # RFC 7292 appendix C; the same
_PBES1_LAST = frozenset({1, 3, 4, 6, 10, 11})


class TooCostlyError(Exception):
    """The thing asks for more work or room than anything honest does; the text says which."""


def check_key_block(content: bytes) -> None:
    """Look through a key's or a PKCS#12's ASN.1 for derivations and numbers that cost too much.

    Bytes that are no DER pass: whoever reads them next refuses them.

    Raises:
        TooCostlyError: with what is too much.
    """
    for count, (element, following) in enumerate(_walked(content, 0)):
        if count == _MOST_ELEMENTS:
            raise TooCostlyError("it has too many parts")
        if element.tag == _INTEGER and len(element.content) > MOST_RSA_BITS // 8 + 1:
            raise TooCostlyError(f"it holds a number of more than {MOST_RSA_BITS} bits")
        if element.tag == _OID:
            _check_derivation(element.content, following)


def check_mac_rounds(pfx: bytes) -> None:
    """Look at how often the MAC of a PKCS#12 is turned (RFC 7292 section 4, MacData).

    Raises:
        TooCostlyError: more often than is honest.
    """
    try:
        parts = der.split_first(pfx)[0].children()
        mac = parts[2].children() if len(parts) >= _MAC_PARTS else ()
    except der.DerError:
        return
    if len(mac) >= _MAC_PARTS:
        _check_rounds(mac[2])


def check_rsa(key: object) -> None:
    """Refuse an RSA key too large to work with; TooCostlyError."""
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) and key.key_size > MOST_RSA_BITS:
        raise TooCostlyError(f"it is an RSA key of {key.key_size} bits")


def _walked(content: bytes, depth: int) -> Iterator[tuple[der.Element, der.Element | None]]:
    """Yield every element with the one behind it, also from inside octet strings."""
    if depth > _DEEPEST:
        raise TooCostlyError("it is nested too deep")
    try:
        row = tuple(der.read_all(content))
    except der.DerError:
        return
    for place, element in enumerate(row):
        yield element, row[place + 1] if place + 1 < len(row) else None
        if element.tag & _CONSTRUCTED or element.tag == _OCTETS:
            yield from _walked(element.content, depth + 1)


def _check_derivation(oid: bytes, parameters: der.Element | None) -> None:
    if parameters is None or parameters.tag != der.SEQUENCE:
        return
    try:
        parts = parameters.children()
    except der.DerError:
        return
    if oid == _SCRYPT:
        _check_scrypt(parts)
    elif oid == _PBKDF2 or _is_old_scheme(oid):
        for part in parts[1:2]:
            _check_rounds(part)


def _is_old_scheme(oid: bytes) -> bool:
    return oid[:-1] == _PKCS12_PBE or (oid[:-1] == _PBES1 and oid[-1] in _PBES1_LAST)


def _check_rounds(element: der.Element) -> None:
    rounds = int.from_bytes(element.content) if element.tag == _INTEGER else 0
    if rounds > MOST_ROUNDS:
        raise TooCostlyError(f"its password is turned more than {MOST_ROUNDS} times")


def _check_scrypt(parts: tuple[der.Element, ...]) -> None:
    """RFC 7914 section 7: salt, cost, block size, parallelism."""
    work = 1
    for part in parts[1:4]:
        work *= int.from_bytes(part.content)
    if work > MOST_SCRYPT_WORK:
        raise TooCostlyError("its scrypt asks for too much memory or work")
