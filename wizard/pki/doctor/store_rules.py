"""PKCS#12 files: Neo4j loads none, and what seals an old one decides which program opens it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Problem
from wizard.pki.ber import OID
from wizard.pki.brought.limits import TooCostlyError, walked
from wizard.pki.brought.things import Origin
from wizard.pki.doctor.findings import error, note

_PKCS12_PBE = bytes.fromhex("2a864886f70d010c01")  # RFC 7292 appendix C; one more byte tells which
_SEALS = {
    1: "RC4 with 128 bits",
    2: "RC4 with 40 bits",
    3: "3DES",
    4: "3DES with two keys",
    5: "RC2 with 128 bits",
    6: "RC2 with 40 bits",
}
_LEFT_OUT_OF_OPENSSL_3 = frozenset({1, 2, 5, 6})  # its legacy provider alone has RC2 and RC4


def store_problems(origin: Origin, data: bytes) -> Iterator[Problem]:
    """Yield that a PKCS#12 is not loaded as it is, and what is special about an old one.

    Args:
        origin: where it stands.
        data: its bytes.
    """
    seals = _old_seals(data)
    legacy = "-legacy " if seals & _LEFT_OUT_OF_OPENSSL_3 else ""
    yield error(
        origin,
        "pkcs12-not-loaded",
        "Neo4j's cluster encryption does not load PKCS#12 files.",
        "Take key and certificates out, as the wizard does with what it takes over: "
        f"openssl pkcs12 {legacy}-in FILE -nocerts -nodes -out private.key; "
        f"openssl pkcs12 {legacy}-in FILE -nokeys -out public.crt",
    )
    if seals:
        names = " and ".join(_SEALS[one] for one in sorted(seals))
        opens = "OpenSSL 3 opens it only with -legacy" if legacy else "OpenSSL 3 opens it as well"
        yield note(
            origin,
            "pkcs12-sealed-poorly",
            f"This PKCS#12 is sealed with {names}, as programs did until about 2021: Java still "
            f"opens it, and {opens}.",
            "Treat it as if it were in clear, and delete it once the key was taken out.",
        )


def _old_seals(data: bytes) -> frozenset[int]:
    try:
        return frozenset(
            found.part.content[-1]
            for found in walked(data)
            if found.part.tag == OID
            and found.part.content[:-1] == _PKCS12_PBE
            and found.part.content[-1] in _SEALS
        )
    except TooCostlyError:
        return frozenset()
