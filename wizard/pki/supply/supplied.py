"""What was brought for a cluster, and which part of it is whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from cryptography import x509

from wizard.pki.brought.things import Brought, BroughtCertificate, BroughtKey, Origin
from wizard.pki.doctor.examination import leaves_of
from wizard.pki.keys import PrivateKey, public_half
from wizard.pki.material import fingerprint


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file of one server's own: its name, safe to show, and all files in it."""

    name: str
    files: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that was brought, read once.

    Attributes:
        brought: what stands in the files, its keys opened where a password was at hand.
        now: the moment everything is judged at, aware.
        place: the folder or file it comes from, safe to show.
        own_keys: by server, the file of the key that was made for it here; None where keys are
            brought as well, and a certificate is matched to its server by names.
        places: by server, where alone its certificate is looked for; the others get none from
            there. CAs count wherever they lie.
    """

    brought: Brought
    now: datetime
    place: str
    own_keys: Mapping[str, str] | None = None
    places: Mapping[str, Place] = field(default_factory=dict)

    def leaves(self) -> tuple[BroughtCertificate, ...]:
        """Return each server certificate once, with the first file by name that holds it."""
        found = leaves_of(self.brought)
        return tuple(one for one in self.certificates() if one.certificate in found)

    def leaves_for(self, server: str) -> tuple[BroughtCertificate, ...]:
        """Return the server certificates that may be this server's, by where they lie."""
        own = self.places.get(server)
        others = {file for place in self.places.values() for file in place.files}
        here = {
            one.certificate
            for one in self.brought.certificates
            if (one.origin.path in own.files if own else one.origin.path not in others)
        }
        return tuple(one for one in self.leaves() if one.certificate in here)

    def place_for(self, server: str) -> str:
        """Return where a server's certificate has to lie, safe to show."""
        own = self.places.get(server)
        return own.name if own else self.place

    def authorities(self) -> tuple[BroughtCertificate, ...]:
        """Return each CA certificate once, with the first file by name that holds it."""
        leaves = leaves_of(self.brought)
        return tuple(one for one in self.certificates() if one.certificate not in leaves)

    def certificates(self) -> tuple[BroughtCertificate, ...]:
        """Return each certificate once, in an order that the files' own order does not change."""
        found: dict[x509.Certificate, BroughtCertificate] = {}
        for one in sorted(self.brought.certificates, key=lambda one: place_of(one.origin)):
            found.setdefault(one.certificate, one)
        return tuple(sorted(found.values(), key=lambda one: fingerprint(one.certificate)))

    def keys(self) -> Mapping[bytes, BroughtKey]:
        """Return the opened keys by their public half."""
        found: dict[bytes, BroughtKey] = {}
        for one in sorted(self.brought.keys, key=lambda one: place_of(one.origin)):
            half = None if one.key is None else public_half(one.key)
            if half is not None:
                found.setdefault(half, one)
        return MappingProxyType(found)

    def key_made_for(self, server: str) -> BroughtKey | None:
        """Return the key that was made here for a server, opened or not."""
        file = (self.own_keys or {}).get(server)
        return next((one for one in self.brought.keys if one.origin.file == file), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A server that needs a certificate.

    Attributes:
        address: what it advertises.
        names: every name and address that its peers may dial.
    """

    server: str
    address: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate with its key, for one server."""

    leaf: BroughtCertificate
    key: PrivateKey = field(repr=False)


def place_of(origin: Origin) -> tuple[str, int]:
    """Return what things are sorted by: file, then place in it."""
    return origin.file, origin.index
