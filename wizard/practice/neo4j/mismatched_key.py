"""A private key for a certificate that is not its own.

Java serves such a pair without a look, and every signature it makes is wrong. OpenSSL refuses to;
so the key is given the certificate's public half, and then does exactly what Java does.
"""

from __future__ import annotations

from typing import Any

from OpenSSL import crypto

from wizard.pki.key_shapes import ec_private_key, rsa_private_key

_CURVES = {"secp256r1": "1.2.840.10045.3.1.7", "secp384r1": "1.3.132.0.34"}
"""RFC 5480, 2.1.1.1."""


def key_with_foreign_public_half(key: Any, certificate: Any) -> crypto.PKey:  # noqa: ANN401
    """Return a key whose public half is the certificate's and whose private half is the key's.

    Args:
        key: an EC or RSA private key of `cryptography`.
        certificate: a certificate of `cryptography`; where it is of another kind than the key, a
            fresh private half of its own kind stands in for the key.
    """
    public = certificate.public_key()
    if not hasattr(key, "private_numbers"):  # an Edwards curve's, which lends no number
        key = _fresh_rsa()
    if hasattr(public, "curve"):
        return _load(_ec(key, public))
    return _load(_rsa(key, public))


def _load(der: bytes) -> crypto.PKey:
    return crypto.load_privatekey(crypto.FILETYPE_ASN1, der)


def _ec(key: Any, public: Any) -> bytes:  # noqa: ANN401
    """Any number below the order is a private half."""
    size = (public.curve.key_size + 7) // 8
    own = key.private_numbers()
    number = own.private_value if hasattr(own, "private_value") else own.d
    half = (number % (1 << (public.curve.key_size - 1)) or 1).to_bytes(size, "big")
    point = public.public_numbers()
    uncompressed = b"\x04" + point.x.to_bytes(size, "big") + point.y.to_bytes(size, "big")
    return ec_private_key(_CURVES[public.curve.name], half, uncompressed)


def _rsa(key: Any, public: Any) -> bytes:  # noqa: ANN401
    """The private numbers belong to another modulus."""
    numbers = public.public_numbers()
    own = key.private_numbers()
    if hasattr(own, "p"):
        private = (own.d, own.p, own.q, own.dmp1, own.dmq1, own.iqmp)
    else:
        made = _fresh_rsa().private_numbers()
        private = (made.d, made.p, made.q, made.dmp1, made.dmq1, made.iqmp)
    return rsa_private_key((numbers.n, numbers.e), private)


def _fresh_rsa() -> Any:  # noqa: ANN401
    fresh = crypto.PKey()
    fresh.generate_key(crypto.TYPE_RSA, 2048)
    return fresh.to_cryptography_key()
