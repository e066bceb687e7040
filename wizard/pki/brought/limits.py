"""What a brought file may cost: checked on its ASN.1 before anything is decrypted.

A file of a few hundred bytes can ask for 2^31 rounds of key derivation, which is minutes of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import prod

from cryptography.hazmat.primitives.asymmetric import rsa

from wizard.pki import ber, der

MOST_KEY_BYTES = 64 << 10
MOST_FILE_BYTES = 1 << 20
MOST_ALL_BYTES = 64 << 20
MOST_CERTIFICATES = 100
MOST_ALL_CERTIFICATES = 2000
MOST_OF_ONE_NAME = 20
MOST_BLOCKS = 1000
MOST_ROUNDS = 2_000_000
"""Of PBKDF2 and its like in all of a file: half a second to two, three times what is advised."""

MOST_RSA_BITS = 16_384
"""OpenSSL's OPENSSL_RSA_MAX_MODULUS_BITS; a larger key is never a server's."""

_BCRYPT_ROUND = 15_000
"""What one round of OpenSSH's bcrypt costs, in rounds of PBKDF2; ssh-keygen makes 16 to 24."""

_SLOW_ROUND = 12
"""What a round costs of the old schemes that are turned here and not by OpenSSL."""

_OPENSSH = b"openssh-key-v1\0"  # OpenSSH's PROTOCOL.key
_MOST_ELEMENTS = ber.MOST_ELEMENTS
_DEEPEST = ber.DEEPEST
_INTEGER, _OCTETS, _OID = 0x02, 0x04, 0x06
_MAC_PARTS = 3  # RFC 7292 section 4: authSafe comes second, macData third

_PBKDF2 = bytes.fromhex("2a864886f70d01050c")  # RFC 8018 appendix C
_SCRYPT = bytes.fromhex("2b06010401da47040b")  # RFC 7914 section 7.1
_PBES1 = bytes.fromhex("2a864886f70d0105")  # RFC 8018 appendix A.3; one more byte tells which
_PKCS12_PBE = bytes.fromhex("2a864886f70d010c01")  # RFC 7292 appendix C; the same
_PBES1_LAST = frozenset({1, 3, 4, 6, 10, 11})
_SLOW = frozenset({_PBES1 + b"\x0a", *(_PKCS12_PBE + bytes((last,)) for last in (2, 4, 5))})


class TooCostlyError(Exception):
    """The thing asks for more work or room than anything honest does; the text says which."""


class Effort:
    """The work that one file may ask for, over everything in it."""

    def __init__(self) -> None:
        self._spent = 0

    def spend(self, rounds: int) -> None:
        """Count rounds that are to be turned; TooCostlyError when the file asks for too many."""
        self._spent += rounds
        if self._spent > MOST_ROUNDS:
            raise TooCostlyError(f"its passwords are turned more than {MOST_ROUNDS} times")


@dataclass(frozen=True, slots=True)
class Found:
    """An element on the way through a file.

    Attributes:
        following: the one behind it.
        is_sure: whether the row it stands in could be read to its end; sealed bytes seldom can.
    """

    part: ber.Part
    following: ber.Part | None
    is_sure: bool


def written_out(content: bytes) -> bytes:
    """Return the first element of BER as DER; DerError when it can't be read.

    Raises:
        TooCostlyError: it has too many parts, or is nested too deep.
    """
    try:
        return ber.to_der(content)
    except ber.TooMuchError as error:
        raise TooCostlyError(str(error)) from error


def rounds_of_key_block(content: bytes) -> int:
    """Look through a key's or a PKCS#12's ASN.1, and return how many rounds opening it takes.

    Bytes that are no BER count nothing: whoever reads them next refuses them.

    Raises:
        TooCostlyError: with what is too much.
    """
    rounds = 0
    for found in walked(content):
        part = found.part
        if part.tag == _INTEGER and found.is_sure and len(part.content) > MOST_RSA_BITS // 8 + 1:
            raise TooCostlyError(f"it holds a number of more than {MOST_RSA_BITS} bits")
        if part.tag == _OID:
            rounds += _derivation_rounds(part.content, found.following)
    return rounds


def rounds_of_mac(pfx: bytes) -> int:
    """Return how often the MAC of a PKCS#12 in DER is turned (RFC 7292 section 4, MacData)."""
    try:
        parts = der.split_first(pfx)[0].children()
        mac = parts[2].children() if len(parts) >= _MAC_PARTS else ()
    except der.DerError:
        return 0
    return _number(mac[2].tag, mac[2].content) if len(mac) >= _MAC_PARTS else 0


def rounds_of_openssh(content: bytes) -> int:
    """Return what the rounds of bcrypt cost that seal an OpenSSH key; nothing when it is clear."""
    options = openssh_fields(content)[2]
    rounds = options[4 + _size(options) :][:4]
    return _BCRYPT_ROUND * _size(rounds)


def openssh_fields(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Return cipher, derivation and its options of an OpenSSH key (OpenSSH's PROTOCOL.key)."""
    rest, fields = content.removeprefix(_OPENSSH), []
    for _ in range(3):
        end = 4 + _size(rest)
        fields.append(rest[4:end])
        rest = rest[end:]
    return fields[0], fields[1], fields[2]


def walked(content: bytes) -> Iterator[Found]:
    """Yield every element, also those inside octet strings, whatever BER they are written in.

    Raises:
        TooCostlyError: there are too many of them, or they are nested too deep.
    """
    for count, found in enumerate(_rows(content, 0)):
        if count == _MOST_ELEMENTS:
            raise TooCostlyError("it has too many parts")
        yield found


def check_rsa(key: object) -> None:
    """Refuse an RSA key too large to work with; TooCostlyError."""
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) and key.key_size > MOST_RSA_BITS:
        raise TooCostlyError(f"it is an RSA key of {key.key_size} bits")


def _rows(content: bytes, depth: int) -> Iterator[Found]:
    row: list[ber.Part] = []
    is_sure = False
    try:
        row.extend(ber.parts(content))
        is_sure = True
    except ber.TooMuchError as error:
        raise TooCostlyError(str(error)) from error
    except der.DerError:
        pass  # what was read up to there counts: some readers ignore what follows
    yield from _below(row, depth, is_sure=is_sure)


def _below(row: Sequence[ber.Part], depth: int, *, is_sure: bool) -> Iterator[Found]:
    if depth > _DEEPEST:
        raise TooCostlyError("it is nested too deep")
    for part, following in zip_longest(row, row[1:]):
        yield Found(part, following, is_sure)
        if part.tag & ber.CONSTRUCTED:
            yield from _below(part.inside, depth + 1, is_sure=is_sure)
        elif part.tag == _OCTETS:
            yield from _rows(part.content, depth + 1)


def _derivation_rounds(oid: bytes, parameters: ber.Part | None) -> int:
    if parameters is None or parameters.tag != der.SEQUENCE:
        return 0
    parts = parameters.inside
    if oid == _SCRYPT:
        # RFC 7914 section 7: salt, cost, block size, parallelism.
        return prod(int.from_bytes(part.content) for part in parts[1:4])
    if oid != _PBKDF2 and not _is_old_scheme(oid):
        return 0
    rounds = sum(_number(part.tag, part.content) for part in parts[1:2])
    return rounds * (_SLOW_ROUND if oid in _SLOW else 1)


def _is_old_scheme(oid: bytes) -> bool:
    return oid[:-1] == _PKCS12_PBE or (oid[:-1] == _PBES1 and oid[-1] in _PBES1_LAST)


def _size(data: bytes) -> int:
    return int.from_bytes(data[:4], "big")


def _number(tag: int, content: bytes) -> int:
    return int.from_bytes(content) if tag == _INTEGER else 0
