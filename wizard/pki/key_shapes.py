"""The ASN.1 shapes of private key files that cryptography neither writes nor shows by itself."""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

HMAC_SHA1 = ObjectIdentifier("1.2.840.113549.2.7")  # RFC 8018 appendix B.1.2


@asn1.sequence
class Algorithm:
    """RFC 5280 section 4.1.1.2, AlgorithmIdentifier with parameters of any shape."""

    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class EncryptedKey:
    """RFC 5208 section 6, EncryptedPrivateKeyInfo."""

    encryption: Algorithm
    data: bytes


@asn1.sequence
class Pbes2:
    """RFC 8018 appendix A.4, PBES2-params."""

    derivation: Algorithm
    cipher: Algorithm


@asn1.sequence
class PseudoRandom:
    """RFC 8018 appendix B.1, the function PBKDF2 turns."""

    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Pbkdf2:
    """RFC 8018 appendix A.2, PBKDF2-params."""

    salt: bytes
    rounds: int
    length: int | None
    function: Annotated[
        PseudoRandom,
        asn1.Default(PseudoRandom(algorithm=HMAC_SHA1, parameters=asn1.Null())),
    ]


@asn1.sequence
class Salted:
    """RFC 8018 appendix A.3 and RFC 7292 appendix C, the parameters of the older schemes."""

    salt: bytes
    rounds: int


@asn1.sequence
class EcPrivateKey:
    """RFC 5915 section 3, ECPrivateKey."""

    version: int
    private: bytes
    curve: Annotated[ObjectIdentifier, asn1.Explicit(0)]
    public: Annotated[asn1.BitString, asn1.Explicit(1)]


@asn1.sequence
class RsaPrivateKey:
    """RFC 8017 appendix A.1.2, RSAPrivateKey."""

    version: int
    modulus: int
    public_exponent: int
    private_exponent: int
    prime1: int
    prime2: int
    exponent1: int
    exponent2: int
    coefficient: int


def algorithm(dotted: str, parameters: object) -> Algorithm:
    """Return an AlgorithmIdentifier around parameters, which are a shape of here, or bytes."""
    return Algorithm(
        algorithm=ObjectIdentifier(dotted),
        parameters=asn1.decode_der(asn1.TLV, asn1.encode_der(parameters)),
    )


def ec_private_key(curve: str, private: bytes, point: bytes) -> bytes:
    """Write an EC key as DER, whether or not its halves belong together.

    Args:
        curve: the dotted OID of the curve.
        private: the number, as long as the curve's order.
        point: uncompressed.
    """
    return asn1.encode_der(
        EcPrivateKey(
            version=1,
            private=private,
            curve=ObjectIdentifier(curve),
            public=asn1.BitString(point, 0),
        )
    )


def rsa_private_key(public: tuple[int, int], private: tuple[int, int, int, int, int, int]) -> bytes:
    """Write an RSA key as DER, whether or not its numbers belong together.

    Args:
        public: modulus and exponent.
        private: exponent, both primes, both their exponents, and the coefficient.
    """
    exponent, prime1, prime2, exponent1, exponent2, coefficient = private
    return asn1.encode_der(
        RsaPrivateKey(
            version=0,
            modulus=public[0],
            public_exponent=public[1],
            private_exponent=exponent,
            prime1=prime1,
            prime2=prime2,
            exponent1=exponent1,
            exponent2=exponent2,
            coefficient=coefficient,
        )
    )
