"""Faults in what the policy loader reads: the files on disk stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath

from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import load_authority, make_authority
from wizard.pki.key_opening import opens_to_garbage
from wizard.pki.keys import PrivateKey, load_private_key, make_key, private_key_pem
from wizard.pki.loader.directory import LocalFiles, PolicyDirectory
from wizard.pki.material import LeafRequest, ServerMaterial, make_material
from wizard.practice.neo4j.order import Order
from wizard.secret import Secret

_NOTES = b"Certificates of all servers, copied here last Tuesday.\n"
_FOREIGN = "elsewhere"
_LIFETIME_DAYS = 30
_WRONG = Secret("not-the-password-of-this-key")


def faulty_password(
    faults: frozenset[str], password: Secret | None, key_path: str
) -> Secret | None:
    """Return the password of the key in this file as the loader is to see it."""
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

    def exists(self, path: str) -> bool:
        """Say whether anything stands there; under one fault trusted/ does not."""
        if path == self._policy.trusted_dir and "missing-trusted-directory" in self._faults:
            return False
        if path == self._policy.revoked_dir and "certificate-in-revoked" in self._faults:
            return True
        return self._disk.exists(path)

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, with a stray one or without any."""
        if path == self._policy.trusted_dir and "missing-trusted-file" in self._faults:
            return ()
        names = self._disk.names(path) if self._disk.exists(path) else ()
        if path == self._policy.trusted_dir and "stray-file" in self._faults:
            return (*names, "notes.txt")
        if path == self._policy.revoked_dir and "certificate-in-revoked" in self._faults:
            return (*names, "public.crt")
        return names

    def read(self, path: str) -> bytes:
        """Return a file, or what stands in its place."""
        if path == self._policy.private_key:
            return self._read_key(path)
        if path == self._policy.public_certificate:
            return self._read_chain(path)
        place = PurePosixPath(path)
        if place.name == "notes.txt" and "stray-file" in self._faults:
            return _NOTES
        if (
            str(place.parent) == self._policy.revoked_dir
            and "certificate-in-revoked" in self._faults
        ):
            return self._disk.read(self._policy.public_certificate)
        return self._disk.read(path)

    def _read_key(self, path: str) -> bytes:
        if {"swapped-certificate", "expired-leaf"} & self._faults:
            return self._other.private_key_pem.reveal()
        if "swapped-key" in self._faults:
            return private_key_pem(make_key(KeyAlgorithm.EC_P256), self._password)
        raw = self._disk.read(path)
        if "password-on-plain-key" in self._faults and self._password is not None:
            return private_key_pem(load_private_key(raw, self._password), None)
        if "wrong-password" in self._faults and self._password is None:
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
        if {"swapped-certificate", "expired-leaf"} & self._faults:
            return self._other.certificate_pem
        return self._disk.read(path)

    @cached_property
    def _other(self) -> ServerMaterial:
        """A key and a certificate that were never made for this server, for its address."""
        now = datetime.now(UTC)
        if "expired-leaf" in self._faults:
            now -= timedelta(days=2 * _LIFETIME_DAYS)
            certificate, key = self._overlay["also_trusted"], self._overlay["authority_key"]
            authority = load_authority(certificate.encode(), key.encode(), None)
        else:
            authority = make_authority(_FOREIGN, now)
        request = LeafRequest(
            server="server",
            subject=Subject(common_name=self._address),
            dns_names=(self._address,),
            ip_addresses=(),
            password=self._password,
        )
        made = make_material(
            [request],
            trust=TrustModel.PRIVATE_CA,
            algorithm=KeyAlgorithm.EC_P256,
            now=now,
            lifetime_days=_LIFETIME_DAYS,
            authority=authority,
        )
        return made["server"]
