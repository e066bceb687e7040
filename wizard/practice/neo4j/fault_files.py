"""Faults in what the policy loader reads: the files on disk stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from wizard.model.settings import KeyAlgorithm
from wizard.pki.authority import authority_certificate_pem, make_authority
from wizard.pki.key_opening import opens_to_garbage
from wizard.pki.keys import PrivateKey, load_private_key, make_key, private_key_pem
from wizard.pki.loader.directory import LocalFiles, PolicyDirectory
from wizard.pki.revocation import empty_list_pem
from wizard.practice.neo4j.fault_leaves import FaultyPair, faulty_pair
from wizard.practice.neo4j.order import Order
from wizard.secret import Secret

_NOTES = b"Certificates of all servers, copied here last Tuesday.\n"
_BINARY = b"0\x82\x01\x04" + bytes(range(256))
"""What a key that was copied in another format looks like to a reader of PEM."""

_WRONG = Secret("not-the-password-of-this-key")
_OF_OTHERS = "others"

_ADDED = {
    "stray-file": ("trusted_dir", "notes.txt"),
    "certificate-in-revoked": ("revoked_dir", "public.crt"),
    "foreign-crl": ("revoked_dir", "others.crl"),
}
"""Files that a fault adds: which folder, and the name."""


def faulty_password(
    faults: frozenset[str], password: Secret | None, key_path: str
) -> Secret | None:
    """Return the password of the key in this file as the loader is to see it."""
    if "missing-password" in faults:
        return None
    if "wrong-password" in faults:
        return _refused_by_padding(Path(key_path)) if password is not None else _WRONG
    # An empty password is set all the same.
    if password is not None:
        return password
    return _WRONG if "password-on-plain-key" in faults else None


def _refused_by_padding(key_path: Path) -> Secret:
    """Return a wrong password that the padding betrays.

    One in 256 gives good padding by chance, and then Neo4j names another cause for its refusal.
    """
    try:
        raw = key_path.read_bytes()
    except OSError:  # the loader will say so itself
        return _WRONG
    candidates = (Secret(f"{_WRONG.reveal()}-{number}") for number in range(9))
    return next((one for one in candidates if not opens_to_garbage(raw, one)), _WRONG)


class FaultFiles:
    """The files of a policy with the server's faults laid over them.

    Args:
        real_password: what opens the key on disk.
    """

    def __init__(
        self, order: Order, policy: PolicyDirectory, *, real_password: Secret | None
    ) -> None:
        self._faults, self._policy, self._password = order.faults, policy, real_password
        self._address, self._overlay = order.address, order.overlay
        self._disk = LocalFiles()
        self._added = {
            f"{getattr(policy, folder)}/{name}": fault
            for fault, (folder, name) in _ADDED.items()
            if fault in order.faults
        }

    def exists(self, path: str) -> bool:
        """Say whether anything stands there; under some faults it does not."""
        if path == self._policy.trusted_dir and "missing-trusted-directory" in self._faults:
            return False
        if path == self._policy.base_directory and "missing-base-directory" in self._faults:
            return False
        return bool(self._added_to(path)) or self._disk.exists(path)

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, with a stray one or without any."""
        if path == self._policy.trusted_dir and "missing-trusted-file" in self._faults:
            return ()
        names = self._disk.names(path) if self._disk.exists(path) else ()
        return (*names, *self._added_to(path))

    def read(self, path: str) -> bytes:
        """Return a file, or what stands in its place."""
        if path in self._added:
            return self._read_added(self._added[path])
        if path == self._policy.private_key:
            return self._read_key(path)
        if path == self._policy.public_certificate:
            return self._read_chain(path)
        is_trusted = str(PurePosixPath(path).parent) == self._policy.trusted_dir
        if is_trusted and "foreign-trusted" in self._faults:
            return authority_certificate_pem(make_authority(_OF_OTHERS, datetime.now(UTC)))
        return self._disk.read(path)

    def _added_to(self, folder: str) -> tuple[str, ...]:
        paths = map(PurePosixPath, self._added)
        return tuple(path.name for path in paths if str(path.parent) == folder)

    def _read_added(self, fault: str) -> bytes:
        if fault == "stray-file":
            return _NOTES
        if fault == "foreign-crl":
            now = datetime.now(UTC)
            return empty_list_pem(make_authority(_OF_OTHERS, now), now)
        return self._disk.read(self._policy.public_certificate)

    def _read_key(self, path: str) -> bytes:
        if "unreadable-key" in self._faults:
            raise PermissionError(path)
        if "damaged-key" in self._faults:
            return _BINARY
        if self._other is not None:
            return self._other.key
        if "swapped-key" in self._faults:
            return private_key_pem(make_key(KeyAlgorithm.EC_P256), self._password)
        raw = self._disk.read(path)
        if "password-on-plain-key" in self._faults and self._password is not None:
            return private_key_pem(load_private_key(raw, self._password), None)
        if {"wrong-password", "missing-password"} & self._faults and self._password is None:
            return self._sealed(load_private_key(raw, None))
        return raw

    @staticmethod
    def _sealed(key: PrivateKey) -> bytes:
        """Seal a key so that the wrong password shows in the padding."""
        while True:
            sealed = private_key_pem(key, Secret("some other password"))
            if not opens_to_garbage(sealed, _WRONG):
                return sealed

    def _read_chain(self, path: str) -> bytes:
        if "empty-certificate" in self._faults:
            return b""
        if self._other is not None:
            return self._other.certificate
        own = self._disk.read(path)
        if "chain-out-of-order" in self._faults:
            issuers = (self._disk.read(f"{self._policy.trusted_dir}/{name}") for name in self._all)
            return b"".join((*issuers, own))
        return own

    @property
    def _all(self) -> tuple[str, ...]:
        return self._disk.names(self._policy.trusted_dir)

    @cached_property
    def _other(self) -> FaultyPair | None:
        """A key and a certificate that were never made for this server, for its address."""
        return faulty_pair(self._faults, self._address, self._overlay, self._password)
