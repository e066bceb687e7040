"""What was found in the files people bring, as frozen values that know where each came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.model.text import shown
from wizard.pki.keys import KeyBytes


class Form(StrEnum):
    """How a thing is written down."""

    PEM = "PEM"
    DER = "DER"
    PKCS7 = "PKCS#7"
    PKCS12 = "PKCS#12"
    BASE64 = "Base64 without a frame"


class KeyFormat(StrEnum):
    """The container of a private key; which Neo4j loads which is told by the doctor."""

    PKCS8 = "PKCS#8"
    PKCS8_ENCRYPTED = "PKCS#8, encrypted"
    TRADITIONAL = "traditional (PKCS#1 or SEC1)"
    TRADITIONAL_ENCRYPTED = "traditional (PKCS#1 or SEC1), encrypted"
    OPENSSH = "OpenSSH"
    PKCS12 = "inside PKCS#12"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a thing was found.

    Attributes:
        file: its path as it was named; from outside, so not safe to show as it is.
        index: its place among the things of that file, from 1.
        label: what stands behind BEGIN in PEM; empty elsewhere.
        entry: the name inside a Kubernetes secret, with which the file's name then ends.
    """

    file: str
    index: int
    form: Form
    label: str = ""
    entry: str = ""

    @property
    def path(self) -> str:
        """The file on this computer."""
        return self.file.removesuffix(f":{self.entry}") if self.entry else self.file

    @property
    def shown_file(self) -> str:
        """The file's name, safe to show."""
        return shown(self.file, 1000)

    @property
    def words(self) -> str:
        """The place in words that are safe to show."""
        return shown(self.file, 200) if self.index == 1 else f"{shown(self.file, 200)}#{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtKey:
    """A private key, opened or not.

    Attributes:
        key: None when it was not opened.
        reason: a problem code saying why it was not opened; empty when it was.
        encryption: what seals it, in words; empty for a key in clear.
        raw: the bytes of the whole file, for asking what Neo4j's loader says of it.
    """

    origin: Origin
    format: KeyFormat
    key: PrivateKeyTypes | None = field(default=None, repr=False)
    reason: str = ""
    encryption: str = ""
    raw: KeyBytes = field(repr=False)

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed to open it."""
        return bool(self.encryption)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtCertificate:
    """A certificate."""

    origin: Origin
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtCrl:
    """A certificate revocation list."""

    origin: Origin
    crl: x509.CertificateRevocationList


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtRequest:
    """A certificate signing request, which a CA has yet to answer."""

    origin: Origin
    request: x509.CertificateSigningRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Junk:
    """Something that is of no use here.

    Attributes:
        code: the problem it is told as.
        sentence: what it is, in words that are safe to show.
        hint: what to do about it.
    """

    origin: Origin
    code: str
    sentence: str
    hint: str


Thing = BroughtKey | BroughtCertificate | BroughtCrl | BroughtRequest | Junk


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Everything that was found, in the order of the files and of the things in them.

    Attributes:
        files: each file's name and bytes, for asking what Neo4j's loader says of it.
        open_to_all: the files that everybody on this computer can read.
    """

    things: tuple[Thing, ...] = ()
    files: tuple[tuple[str, KeyBytes], ...] = ()
    open_to_all: frozenset[str] = frozenset()

    def of_file(self, name: str) -> tuple[Thing, ...]:
        """Return what stands in one file."""
        return tuple(thing for thing in self.things if thing.origin.file == name)

    def exposed_keys(self) -> tuple[BroughtKey, ...]:
        """Return the private keys in files that everybody on this computer can read."""
        return tuple(key for key in self.keys if key.origin.path in self.open_to_all)

    @property
    def keys(self) -> tuple[BroughtKey, ...]:
        """The private keys."""
        return tuple(thing for thing in self.things if isinstance(thing, BroughtKey))

    @property
    def certificates(self) -> tuple[BroughtCertificate, ...]:
        """The certificates, of which some may stand there several times."""
        return tuple(thing for thing in self.things if isinstance(thing, BroughtCertificate))

    @property
    def crls(self) -> tuple[BroughtCrl, ...]:
        """The revocation lists."""
        return tuple(thing for thing in self.things if isinstance(thing, BroughtCrl))

    @property
    def requests(self) -> tuple[BroughtRequest, ...]:
        """The signing requests."""
        return tuple(thing for thing in self.things if isinstance(thing, BroughtRequest))

    @property
    def junk(self) -> tuple[Junk, ...]:
        """What is of no use."""
        return tuple(thing for thing in self.things if isinstance(thing, Junk))

    def distinct_certificates(self) -> tuple[x509.Certificate, ...]:
        """Return each certificate once, in the order they were found."""
        by_bytes = {
            thing.certificate.public_bytes(Encoding.DER): thing.certificate
            for thing in self.certificates
        }
        return tuple(by_bytes.values())
