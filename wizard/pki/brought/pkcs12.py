"""PKCS#12 and PFX files: their keys and certificates, without a temporary file."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs12

from wizard.pki import der
from wizard.pki.brought import junk
from wizard.pki.brought.limits import (
    MOST_CERTIFICATES,
    TooCostlyError,
    check_key_block,
    check_mac_rounds,
    check_rsa,
)
from wizard.pki.brought.things import (
    BroughtCertificate,
    BroughtKey,
    Form,
    KeyFormat,
    Origin,
    Thing,
)
from wizard.pki.keys import KeyBytes
from wizard.secret import Secret

_VERSION_3 = b"\x03"  # RFC 7292 section 4, PFX
_NO_PASSWORD = (None, Secret(""))
"""Some programs seal with no password, others with an empty one; both open without asking."""


def is_pkcs12(content: bytes) -> bool:
    """Say whether bytes begin as a PFX does: a sequence of version 3 and a content."""
    try:
        element, _ = der.split_first(content)
        first, *rest = element.children()
    except (der.DerError, ValueError):
        # Indefinite lengths, as old exports have them: SEQUENCE, INTEGER 3, SEQUENCE.
        return content[:2] == b"\x30\x80" and content[2:6] == b"\x02\x01\x03\x30"
    return first.content == _VERSION_3 and bool(rest) and rest[0].tag == der.SEQUENCE


def read_pkcs12(name: str, content: bytes, passwords: Sequence[Secret]) -> tuple[Thing, ...]:
    """Return the key and the certificates of a PKCS#12 file.

    Raises:
        TooCostlyError: it asks for more rounds than anything honest does.
    """
    origin = Origin(file=name, index=1, form=Form.PKCS12)
    try:
        der.split_first(content)
    except der.DerError as error:
        raise TooCostlyError("its lengths are not written down (BER instead of DER)") from error
    check_mac_rounds(content)
    check_key_block(content)
    opened = None
    for password in (*passwords, *_NO_PASSWORD):
        try:
            opened = pkcs12.load_pkcs12(
                content, None if password is None else password.reveal().encode()
            )
        except UnsupportedAlgorithm:
            return (junk.broken_store(origin),)
        except (ValueError, TypeError):
            continue
        break
    if opened is None:
        return (junk.not_opened_store(origin, tried=bool(passwords)),)
    return _things(name, content, opened)


def _things(
    name: str, content: bytes, opened: pkcs12.PKCS12KeyAndCertificates
) -> tuple[Thing, ...]:
    found: list[Thing] = []
    if opened.key is not None:
        check_rsa(opened.key)
        found.append(
            BroughtKey(
                origin=Origin(file=name, index=1, form=Form.PKCS12),
                format=KeyFormat.PKCS12,
                key=opened.key,
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
