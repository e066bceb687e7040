"""Private keys to log in with, read from a person's file into memory.

The one module of this room that touches cryptography: paramiko reads no PKCS#8, so every key is
opened by cryptography and handed to paramiko in OpenSSH's form, which never leaves memory.
"""

from __future__ import annotations

import io
import threading
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from wizard.errors import SecretsError
from wizard.secret import Secret

_MAX_BYTES = 64 * 1024
_Loaded = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Keyring:
    """Loaded keys by file, so that an encrypted key is opened once for all servers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[tuple[Path, Secret | None], paramiko.PKey] = {}

    def load(self, path: Path, passphrase: Secret | None) -> paramiko.PKey:
        """Return the key of a file: OpenSSH, PKCS#1, SEC 1 or PKCS#8, encrypted or not.

        Raises:
            SecretsError: the file can't be read, or its passphrase is missing or wrong.
        """
        with self._lock:
            key = self._keys.get((path, passphrase))
            if key is None:
                key = self._keys[path, passphrase] = _load(path, passphrase)
            return key


def _load(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    try:
        with path.open("rb") as file:
            pem = file.read(_MAX_BYTES)
    except OSError as error:
        raise SecretsError(
            f"The SSH key {path} can't be read: {error.strerror}.",
            hint="Name the file of your private key as access.identity_file.",
            code="key-unreadable",
        ) from error
    loaded = _opened(pem, path, passphrase)
    if isinstance(loaded, rsa.RSAPrivateKey):
        kind: type[paramiko.PKey] = paramiko.RSAKey
    elif isinstance(loaded, ec.EllipticCurvePrivateKey):
        kind = paramiko.ECDSAKey
    else:
        kind = paramiko.Ed25519Key
    openssh = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    return kind.from_private_key(io.StringIO(openssh.decode("ascii")))


def _opened(pem: bytes, path: Path, passphrase: Secret | None) -> _Loaded:
    """Open a key; the libraries' many errors become one of four sentences."""
    openssh = b"BEGIN OPENSSH PRIVATE KEY" in pem
    read = serialization.load_ssh_private_key if openssh else serialization.load_pem_private_key
    word = passphrase.reveal().encode("utf-8") if passphrase else None
    try:
        loaded = read(pem, word)
    except TypeError as error:
        if word is not None:  # a passphrase was given for a key that has none
            return _opened(pem, path, None)
        raise SecretsError(
            f"The SSH key {path} has a passphrase, and none was given.",
            hint="Give it as identity_passphrase in the secrets file, or when asked.",
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        wrong = word is not None
        raise SecretsError(
            f"The SSH key {path} can't be opened{' with this passphrase' if wrong else ''}.",
            hint="Check the passphrase." if wrong else "Check that it is a private key.",
            code="key-unreadable",
        ) from error
    if not isinstance(loaded, _Loaded):
        raise SecretsError(
            f"The SSH key {path} is of a type that is not supported.",
            hint="Use an Ed25519, ECDSA or RSA key.",
            code="key-unreadable",
        )
    return loaded
