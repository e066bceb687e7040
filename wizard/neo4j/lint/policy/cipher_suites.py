"""Cipher suites: what Java calls them, and which keys and TLS versions they go with.

The names are those of JDK 17 and 25 (SSLEngine.getSupportedCipherSuites, asked), which are IANA's
of the TLS Cipher Suites registry; what Java has switched off is from jdk.tls.disabledAlgorithms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_13 = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")

_GCM = ("AES_256_GCM_SHA384", "AES_128_GCM_SHA256")
_CHACHA = ("CHACHA20_POLY1305_SHA256",)
_CBC = ("AES_256_CBC_SHA384", "AES_128_CBC_SHA256")
_CBC_DHE = ("AES_256_CBC_SHA256", "AES_128_CBC_SHA256")
_CBC_SHA = ("AES_256_CBC_SHA", "AES_128_CBC_SHA")

_12 = {
    "ECDHE_ECDSA": (*_GCM, *_CHACHA, *_CBC, *_CBC_SHA),
    "ECDHE_RSA": (*_GCM, *_CHACHA, *_CBC, *_CBC_SHA),
    "DHE_RSA": (*_GCM, *_CHACHA, *_CBC_DHE, *_CBC_SHA),
    "DHE_DSS": (*_GCM, *_CBC_DHE, *_CBC_SHA),
    "ECDH_ECDSA": (*_GCM, *_CBC, *_CBC_SHA),
    "ECDH_RSA": (*_GCM, *_CBC, *_CBC_SHA),
    "RSA": (*_GCM, *_CBC_DHE, *_CBC_SHA),
}
"""By key exchange and signature, what Java supports with it up to TLS 1.2."""

_KEYS = {"ECDSA": "EC", "RSA": "RSA", "DSS": "DSA"}
_BROKEN = re.compile(r"_(RC4|NULL|anon|DES40|DES|3DES_EDE|EXPORT|RC2|KRB5)(_|$)")
_JAVA_NAME = re.compile(r"(TLS|SSL)_[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher suite that Java can use.

    Attributes:
        name: Java's, which is IANA's.
        key: the type of the server's key, EC, RSA or DSA; None where any will do (TLS 1.3).
        is_1_3: it is for TLS 1.3 alone; the others are for TLS 1.2 and before.
    """

    name: str
    key: str | None
    is_1_3: bool

    @property
    def is_cbc(self) -> bool:
        """Whether it uses cipher block chaining, which attacks on padding go for."""
        return "_CBC_" in self.name

    @property
    def has_no_forward_secrecy(self) -> bool:
        """Whether whoever gets the key later can read what was recorded."""
        return not self.is_1_3 and "DHE_" not in self.name


SUITES = {
    suite.name: suite
    for suite in (
        *(Suite(name, None, is_1_3=True) for name in _13),
        *(
            Suite(f"TLS_{kind}_WITH_{rest}", _KEYS[kind.rpartition("_")[2]], is_1_3=False)
            for kind, rests in _12.items()
            for rest in rests
        ),
    )
}
"""Every suite that Java knows and has not switched off in all versions, by name."""

SIGNALS = frozenset({"TLS_EMPTY_RENEGOTIATION_INFO_SCSV"})
"""Names that Java takes in a list and that are no suites."""


def is_broken(name: str) -> bool:
    """Whether Java knows a suite by this name and lets nobody use it any more."""
    return _JAVA_NAME.fullmatch(name) is not None and _BROKEN.search(name) is not None


def java_name(name: str) -> str | None:
    """Return Java's name for a suite in OpenSSL's or another spelling, or None.

    OpenSSL leaves `TLS` and `WITH` out and glues the length of the key to the cipher
    (openssl-ciphers, "Cipher suite names").
    """
    written = re.sub(r"[^A-Z0-9]", "", name.upper())
    return next((known for known in SUITES if written in _spellings(known)), None)


def _spellings(name: str) -> set[str]:
    plain = name.replace("_", "")
    if SUITES[name].is_1_3:  # OpenSSL has the same name for it, and the one without TLS for another
        return {plain}
    short = plain.removeprefix("TLS").replace("WITH", "")
    openssl = short.replace("CBC", "").removeprefix("RSA") if "_CBC_" in name else short
    openssl = openssl.removeprefix("RSA").replace("POLY1305SHA256", "POLY1305")
    return {plain, short, openssl}
