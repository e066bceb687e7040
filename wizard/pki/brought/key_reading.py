"""A private key in any form people have, opened with whichever of the given passwords fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
)

from wizard.model.text import shown
from wizard.pki.brought.blocks import Block
from wizard.pki.brought.limits import check_rsa, openssh_fields
from wizard.pki.brought.things import KeyFormat
from wizard.pki.key_encryption import envelope_der, scheme_words
from wizard.pki.key_opening import open_headed, open_sealed
from wizard.pki.pbes2 import pem_block
from wizard.secret import Secret

_ENCRYPTED = "ENCRYPTED PRIVATE KEY"
_OPENSSH = "OPENSSH PRIVATE KEY"
_MISSING, _WRONG, _UNREADABLE = "key-password-missing", "key-password-wrong", "key-unreadable"

_Opener = Callable[[Secret | None], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadKey:
    """A key as it was read: `key` is None, and `reason` a problem code, when it did not open."""

    format: KeyFormat
    key: PrivateKeyTypes | None = None
    reason: str = ""
    encryption: str = ""


def read_pem_key(block: Block, passwords: Sequence[Secret]) -> ReadKey:
    """Read a PEM block whose label ends in PRIVATE KEY; its cost was checked before.

    Raises:
        TooCostlyError: the key is larger than any server's.
    """
    if block.label == _ENCRYPTED:
        return _read_sealed(block.text, block.content or b"", passwords)
    if is_openssh(block):
        return _read_openssh(block, passwords)
    if "DEK-Info" in block.headers:
        words = block.headers["DEK-Info"].partition(",")[0]
        found = ReadKey(format=KeyFormat.TRADITIONAL_ENCRYPTED, encryption=words[:40])

        def open_it(password: Secret | None) -> object:
            if password is None:
                return None
            headed = open_headed(block.text, block.headers["DEK-Info"], password)
            return headed or _load_pem(block.text, password)

        return _tried(found, open_it, passwords)
    is_pkcs8 = block.label == "PRIVATE KEY"
    kind = KeyFormat.PKCS8 if is_pkcs8 else KeyFormat.TRADITIONAL
    return _tried(ReadKey(format=kind), lambda _: _load_pem(block.text, None), ())


def is_openssh(block: Block) -> bool:
    """Say whether a block is a key in OpenSSH's own form."""
    return block.label == _OPENSSH


def read_der_key(content: bytes, passwords: Sequence[Secret]) -> ReadKey | None:
    """Read DER that may be a private key; None when it is none."""
    try:
        envelope_der(content)
    except ValueError:
        pass
    else:
        return _read_sealed(pem_block(_ENCRYPTED, content), content, passwords)
    found = _tried(ReadKey(format=KeyFormat.PKCS8), lambda _: _load_der(content), ())
    return None if found.key is None else found


def _read_sealed(pem: bytes, content: bytes, passwords: Sequence[Secret]) -> ReadKey:
    try:
        words = scheme_words(content)
    except ValueError:
        return ReadKey(
            format=KeyFormat.PKCS8_ENCRYPTED, reason=_UNREADABLE, encryption="unknown encryption"
        )

    def open_it(password: Secret | None) -> object:
        if password is None:
            return None
        return open_sealed(pem, password) or _load_pem(pem, password)

    return _tried(ReadKey(format=KeyFormat.PKCS8_ENCRYPTED, encryption=words), open_it, passwords)


def _read_openssh(block: Block, passwords: Sequence[Secret]) -> ReadKey:
    cipher = openssh_fields(block.content or b"")[0].decode("ascii", "replace")
    words = "" if cipher == "none" else f"bcrypt and {shown(cipher, 40)}"
    found = ReadKey(format=KeyFormat.OPENSSH, encryption=words)

    def open_it(password: Secret | None) -> object:
        if words and password is None:
            return None
        given = None if password is None or not words else password.reveal().encode()
        try:
            return load_ssh_private_key(block.text, given, unsafe_skip_rsa_key_validation=True)
        except (NotImplementedError, InvalidTag) as error:  # several keys, or a broken AES-GCM
            raise ValueError(str(error)) from error

    return _tried(found, open_it, passwords if words else ())


def _tried(found: ReadKey, open_it: _Opener, passwords: Sequence[Secret]) -> ReadKey:
    """Try the passwords in their order, or once without any when nothing is sealed."""
    if found.encryption and not passwords:
        return _unopened(found, _MISSING)
    reason = _WRONG if found.encryption else _UNREADABLE
    for password in passwords or (None,):
        try:
            key = open_it(password)
        except UnsupportedAlgorithm:
            reason = _UNREADABLE
        except (ValueError, TypeError):
            continue
        else:
            check_rsa(key)
            return _opened(found, key)
    return _unopened(found, reason)


def _opened(found: ReadKey, key: object) -> ReadKey:
    if key is None or not _is_consistent(key):
        return _unopened(found, _UNREADABLE)
    return ReadKey(
        format=found.format,
        key=key,  # type: ignore[arg-type]  # what the loaders return
        encryption=found.encryption,
    )


def _unopened(found: ReadKey, reason: str) -> ReadKey:
    return ReadKey(format=found.format, reason=reason, encryption=found.encryption)


def _is_consistent(key: object) -> bool:
    """Say whether an RSA key's numbers belong together, by products and remainders alone.

    cryptography's own check proves both primes, which takes minutes for a hostile key.
    """
    if not isinstance(key, rsa.RSAPrivateKey):
        return True
    numbers = key.private_numbers()
    turned = numbers.public_numbers.e * numbers.d - 1
    return (
        numbers.p * numbers.q == numbers.public_numbers.n
        and min(numbers.p, numbers.q) > 1
        and turned % (numbers.p - 1) == turned % (numbers.q - 1) == 0
    )


def _load_pem(pem: bytes, password: Secret | None) -> object:
    return load_pem_private_key(
        pem,
        None if password is None else password.reveal().encode(),
        unsafe_skip_rsa_key_validation=True,
    )


def _load_der(content: bytes) -> object:
    return load_der_private_key(content, None, unsafe_skip_rsa_key_validation=True)
