"""Small files that ask for minutes of work, or for all of the memory."""

from __future__ import annotations

import math
import random

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pki_bringing import open_ended, pem, store
from pki_making import make, make_ca

from wizard.pki.brought.limits import MOST_CERTIFICATES
from wizard.pki.key_shapes import (
    EncryptedKey,
    Pbes2,
    Pbkdf2,
    PseudoRandom,
    algorithm,
    rsa_private_key,
)
from wizard.pki.pbes2 import AES_256_CBC, PBES2, PBKDF2, pem_block

CA = make_ca("the CA")
LEAF = make("server1", CA, dns=("server1.example",))
HMAC_SHA256 = "1.2.840.113549.2.9"
TOO_OFTEN = (1 << 31) - 1


def sealed_with(rounds: int) -> bytes:
    return pem_block("ENCRYPTED PRIVATE KEY", sealed_der(rounds))


def sealed_der(rounds: int) -> bytes:
    function = PseudoRandom(algorithm=x509.ObjectIdentifier(HMAC_SHA256), parameters=asn1.Null())
    derivation = Pbkdf2(salt=b"s" * 16, rounds=rounds, length=None, function=function)
    parts = Pbes2(
        derivation=algorithm(PBKDF2, derivation), cipher=algorithm(AES_256_CBC, b"i" * 16)
    )
    sealed = EncryptedKey(encryption=algorithm(PBES2, parts), data=b"x" * 64)
    return asn1.encode_der(sealed)


def scrypt_with(cost: int) -> bytes:
    name = bytes.fromhex("06092b06010401da47040b")
    number = cost.to_bytes(cost.bit_length() // 8 + 1)
    inside = b"\x04\x04salt" + tlv(0x02, number) + b"\x02\x01\x08\x02\x01\x01"
    derivation = tlv(0x30, name + tlv(0x30, inside))
    cipher = tlv(0x30, bytes.fromhex("060960864801650304012a") + tlv(0x04, b"i" * 16))
    scheme = tlv(0x30, bytes.fromhex("06092a864886f70d01050d") + tlv(0x30, derivation + cipher))
    return tlv(0x30, scheme + tlv(0x04, b"x" * 64))


def old_scheme_with(rounds: int) -> bytes:
    """Write a key under PBE-SHA1-RC4-40, which is turned here and not by OpenSSL."""
    name = bytes.fromhex("060a2a864886f70d010c0102")
    turned = tlv(0x02, rounds.to_bytes(rounds.bit_length() // 8 + 1))
    scheme = tlv(0x30, name + tlv(0x30, b"\x04\x08saltsalt" + turned))
    return pem_block("ENCRYPTED PRIVATE KEY", tlv(0x30, scheme + tlv(0x04, b"x" * 64)))


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 + len(length))) + length + content


def nested(depth: int) -> bytes:
    content = b"\x30\x00"
    for _ in range(depth):
        content = tlv(0x30, content)
    return content


def huge_rsa() -> bytes:
    number = (1 << 40_000) + 1
    return pem_block("RSA PRIVATE KEY", rsa_private_key((number, 3), (number,) * 6))


def large_rsa(bits: int = 16_384) -> rsa.RSAPrivateKey:
    """Make a key of the largest size whose numbers belong together; only its primes are none."""
    draw, exponent = random.Random(7), 65_537  # noqa: S311 - no key at all
    half = bits // 2
    one, two = (draw.getrandbits(half) | 3 << half - 2 | 1 for _ in range(2))
    while math.gcd(exponent, (one - 1) * (two - 1)) != 1 or math.gcd(one, two) != 1:
        one += 2
    secret = pow(exponent, -1, math.lcm(one - 1, two - 1))
    return rsa.RSAPrivateNumbers(
        p=one,
        q=two,
        d=secret,
        dmp1=secret % (one - 1),
        dmq1=secret % (two - 1),
        iqmp=pow(two, -1, one),
        public_numbers=rsa.RSAPublicNumbers(exponent, one * two),
    ).private_key(unsafe_skip_rsa_key_validation=True)


def large_rsa_pem() -> bytes:
    return large_rsa().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pkcs12_bomb() -> bytes:
    """Write a key store whose MAC asks for 2^31 - 1 rounds."""
    data = store(LEAF, CA.certificate)
    spent = b"\x02\x02\x08\x00"  # 2048, as cryptography writes it
    assert data.endswith(spent)
    inside = data[4:-4] + b"\x02\x04\x7f\xff\xff\xff"
    # The three sequences around the MAC grow by two bytes: only the outer one is read before.
    mac = inside.rindex(bytes.fromhex("3041"))
    inside = inside[:mac] + b"\x30\x43" + inside[mac + 2 :]
    return tlv(0x30, inside)


def hidden_pkcs12_bomb() -> bytes:
    """Write a key store whose key asks for as much, behind lengths that DER does not know."""
    bag = bytes.fromhex("060b2a864886f70d010c0a0102")
    plain = bytes.fromhex("06092a864886f70d010701")
    bags = tlv(0x30, tlv(0x30, bag + tlv(0xA0, sealed_der(TOO_OFTEN))))
    long_lengths = open_ended(bags).replace(b"\x84\x00", b"\x86\x00\x00\x00")
    content = tlv(0x30, plain + tlv(0xA0, tlv(0x04, long_lengths + b"and more")))
    contents = tlv(0x30, content)
    return tlv(0x30, b"\x02\x01\x03" + tlv(0x30, plain + tlv(0xA0, tlv(0x04, contents))))


def openssh_with(rounds: int) -> bytes:
    """Write the head of a sealed OpenSSH key (OpenSSH's PROTOCOL.key)."""

    def text(value: bytes) -> bytes:
        return len(value).to_bytes(4, "big") + value

    options = text(b"s" * 16) + rounds.to_bytes(4, "big")
    head = text(b"aes256-ctr") + text(b"bcrypt") + text(options) + b"\0\0\0\1"
    key = text(b"ssh-rsa") + text(b"\1\0\1") + text(b"\x7f" * 256)
    return pem_block(
        "OPENSSH PRIVATE KEY", b"openssh-key-v1\0" + head + text(key) + text(b"x" * 512)
    )


ALIASES = b"kind: Secret\na: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (here, here, *[here - 1] * 9)
    for here in range(ord("b"), ord("z"))
)

BOMBS = {
    "PBKDF2": sealed_with(TOO_OFTEN),
    "PBKDF2 in many keys": sealed_with(600_000) * 100,
    "an old scheme": old_scheme_with(1_000_000),
    "scrypt": scrypt_with(1 << 30),
    "bcrypt": openssh_with(TOO_OFTEN),
    "bcrypt in many keys": openssh_with(100) * 20,
    "PKCS#12": pkcs12_bomb(),
    "PKCS#12 as BER": open_ended(pkcs12_bomb()),
    "PKCS#12 with hidden parts": hidden_pkcs12_bomb(),
    "nesting": nested(5000),
    "nesting without lengths": b"\x30\x80" * 200_000,
    "parts": b"\x30\x80" + b"\x04\x00" * 300_000 + b"\0\0",
    "RSA": huge_rsa(),
    "certificates": pem(LEAF.certificate) * (MOST_CERTIFICATES + 1),
    "blocks": b"-----BEGIN X-----\n-----END X-----\n" * 20_000,
    "begins": b"-----BEGIN CERTIFICATE-----" * 30_000,
    "braces": b"{" * 100_000,
    "JSON": b'{"data":' * 50_000,
    "YAML with aliases": ALIASES,
    "YAML nested": b"kind: Secret\ndata: " + b"[" * 500_000,
    "YAML with many parts": b"kind: Secret\ndata:\n" + b"- a\n" * 200_000,
    "YAML on one line": b"kind: Secret\ndata: {" + b"a: b, " * 150_000 + b"}",
}
