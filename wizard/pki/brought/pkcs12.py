"""PKCS#12 and PFX files: their keys and certificates, without a temporary file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

from wizard.pki import ber
from wizard.pki.brought.junk import Useless, junk
from wizard.pki.brought.key_reading import read_der_key
from wizard.pki.brought.limits import (
    MOST_CERTIFICATES,
    Effort,
    TooCostlyError,
    check_rsa,
    rounds_of_key_block,
    rounds_of_mac,
    walked,
    written_out,
)
from wizard.pki.brought.things import (
    BroughtCertificate,
    BroughtKey,
    Form,
    KeyFormat,
    Origin,
    Thing,
)
from wizard.pki.der import DerError
from wizard.pki.keys import KeyBytes, public_half
from wizard.secret import Secret

_VERSION_3 = b"\x03"  # RFC 7292 section 4, PFX
_NO_PASSWORD = (None, Secret(""))
"""Some programs seal with no password, others with an empty one; both open without asking."""

_SEALED_KEY_BAG = bytes.fromhex("2a864886f70d010c0a0102")  # RFC 7292 appendix D


def is_pkcs12(content: bytes) -> bool:
    """Say whether bytes begin as a PFX does: a sequence of version 3 and a content."""
    try:
        row = next(ber.parts(content)).inside
    except DerError:
        return False
    return len(row) > 1 and row[0].content == _VERSION_3 and row[1].tag == ber.SEQUENCE


def read_pkcs12(
    name: str, content: bytes, passwords: Sequence[Secret], effort: Effort
) -> tuple[Thing, ...]:
    """Return the keys and the certificates of a PKCS#12 file, which may be BER.

    Raises:
        TooCostlyError: it asks for more rounds than anything honest does.
    """
    origin = Origin(file=name, index=1, form=Form.PKCS12)
    written = written_out(content)
    effort.spend(rounds_of_mac(written) + rounds_of_key_block(written))
    opened = None
    for password in (*passwords, *_NO_PASSWORD):
        try:
            opened = pkcs12.load_pkcs12(
                written, None if password is None else password.reveal().encode()
            )
        except UnsupportedAlgorithm:
            return (junk(Useless.STORE_BROKEN, origin),)
        except (ValueError, TypeError):
            continue
        break
    if opened is None:
        kind = Useless.STORE_SEALED_OTHERWISE if passwords else Useless.STORE_SEALED
        return (junk(kind, origin),)
    keys = [opened.key] if opened.key is not None else []
    return _things(name, content, [*keys, *_further_keys(written, keys, passwords)], opened)


def _further_keys(
    content: bytes, first: Sequence[object], passwords: Sequence[Secret]
) -> Iterator[PrivateKeyTypes]:
    """Yield the keys but the first: a Java key store holds one a server, and a library gives one.

    A key is sealed by itself in its own bag (RFC 7292 section 4.2.2).
    """
    bags = [
        found.following.inside[0].written
        for found in walked(content)
        if found.part.tag == ber.OID and found.part.content == _SEALED_KEY_BAG
        if found.following is not None and found.following.inside
    ]
    known = {public_half(key) for key in first}
    for bag in bags if len(bags) > 1 else ():
        read = read_der_key(bag, passwords)
        if read is not None and read.key is not None and public_half(read.key) not in known:
            known.add(public_half(read.key))
            yield read.key


def _things(
    name: str,
    content: bytes,
    keys: Sequence[PrivateKeyTypes],
    opened: pkcs12.PKCS12KeyAndCertificates,
) -> tuple[Thing, ...]:
    found: list[Thing] = []
    for key in keys:
        check_rsa(key)
        found.append(
            BroughtKey(
                origin=Origin(file=name, index=len(found) + 1, form=Form.PKCS12),
                format=KeyFormat.PKCS12,
                key=key,
                raw=KeyBytes(content),
            )
        )
    inside = [*([opened.cert] if opened.cert else []), *opened.additional_certs]
    if len(inside) > MOST_CERTIFICATES:
        raise TooCostlyError(f"it holds more than {MOST_CERTIFICATES} certificates")
    for one in inside:
        origin = Origin(file=name, index=len(found) + 1, form=Form.PKCS12)
        found.append(BroughtCertificate(origin=origin, certificate=one.certificate))
    return tuple(found)
