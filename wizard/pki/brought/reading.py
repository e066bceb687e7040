"""One brought file, given as bytes, becomes the things in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs7

from wizard.model.text import shown
from wizard.pki import der
from wizard.pki.brought.blocks import Block, bare_base64, pem_blocks, text_in
from wizard.pki.brought.junk import Useless, junk, kind_of_unknown
from wizard.pki.brought.key_reading import ReadKey, is_openssh, read_der_key, read_pem_key
from wizard.pki.brought.kubernetes import secret_entries
from wizard.pki.brought.limits import (
    MOST_CERTIFICATES,
    MOST_FILE_BYTES,
    MOST_KEY_BYTES,
    Effort,
    TooCostlyError,
    rounds_of_key_block,
    rounds_of_openssh,
    written_out,
)
from wizard.pki.brought.parsed import (
    UNREADABLE,
    Made,
    crl_of,
    is_certificate,
    is_public_key,
    is_readable,
    request_of,
    without_trailer,
)
from wizard.pki.brought.pkcs12 import is_pkcs12, read_pkcs12
from wizard.pki.brought.things import (
    Brought,
    BroughtCertificate,
    BroughtKey,
    Form,
    Origin,
    Thing,
)
from wizard.pki.keys import KeyBytes
from wizard.secret import Secret

_CERTIFICATES = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_REQUESTS = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")
_BUNDLES = ("PKCS7", "CMS", "PKCS #7 SIGNED DATA")
_PARAMETERS = ("EC PARAMETERS", "DH PARAMETERS", "DSA PARAMETERS")
_OPEN_LENGTH = b"\x80"  # X.690 section 8.1.3.6
_JAVA_STORES = {b"\xfe\xed\xfe\xed": "JKS", b"\xce\xce\xce\xce": "JCEKS"}


def read_all(files: Iterable[tuple[str, bytes]], passwords: Sequence[Secret] = ()) -> Brought:
    """Return what stands in files, given by name and bytes, in their order; never raises."""
    kept = [(name, KeyBytes(data)) for name, data in files]
    things = [thing for name, data in kept for thing in read_things(name, data.reveal(), passwords)]
    return Brought(things=tuple(things), files=tuple(kept))


def read_things(name: str, data: bytes, passwords: Sequence[Secret] = ()) -> tuple[Thing, ...]:
    """Return what stands in a file, in its order; never raises, whatever the bytes.

    Args:
        name: the file's name, as it is to be told to people.
        data: its bytes.
        passwords: tried in this order on whatever is encrypted.
    """
    with warnings.catch_warnings():
        # Odd serial numbers and the like are warned of while reading; the doctor judges them.
        warnings.simplefilter("ignore")
        return _Reader(name, data, tuple(passwords)).things()


class _Reader:
    """Reads one file; what stands inside a secret shares the effort of the whole."""

    def __init__(
        self,
        name: str,
        data: bytes,
        passwords: tuple[Secret, ...],
        effort: Effort | None = None,
        entry: str = "",
    ) -> None:
        self._name, self._data, self._passwords = name, data, passwords
        self._effort, self._entry = effort or Effort(), entry
        self._found: list[Thing] = []

    def things(self) -> tuple[Thing, ...]:
        if len(self._data) > MOST_FILE_BYTES:
            return (junk(Useless.TOO_LARGE, self._origin(Form.PEM)),)
        try:
            self._read()
        except TooCostlyError as error:
            self._found.append(junk(Useless.TOO_COSTLY, self._origin(Form.PEM), str(error)))
        if not self._found:
            self._found.append(junk(kind_of_unknown(self._data), self._origin(Form.PEM)))
        return tuple(self._found)

    def _read(self) -> None:
        java = _JAVA_STORES.get(self._data[:4])
        if java is not None:
            self._found.append(junk(Useless.JAVA_STORE, self._origin(Form.DER), java))
            return
        if self._data[:1] == b"\x30":
            self._read_der(self._data, Form.DER)
            return
        text = text_in(self._data)
        if not self._entry and self._read_secret(text):
            return
        blocks = [*pem_blocks(text)]
        for block in blocks:
            self._count_key_block(block)
        for block in blocks:
            self._read_block(block)
        bare = None if self._found else bare_base64(text)
        if bare is not None:
            self._read_der(bare, Form.BASE64)

    def _read_secret(self, text: str) -> bool:
        """Read Kubernetes secrets as `kubectl get secret -o json` or `-o yaml` prints them."""
        entries = secret_entries(text)
        for name, inner in entries or ():
            file = f"{self._name}:{name}"
            if inner is None:
                origin = Origin(file=file, index=1, form=Form.BASE64)
                self._found.append(junk(Useless.DAMAGED, origin, "entry of the secret"))
            else:
                self._found += _Reader(file, inner, self._passwords, self._effort, name).things()
        return entries is not None

    def _read_block(self, block: Block) -> None:
        label = block.label
        origin = self._origin(Form.PEM, label)
        if label in _PARAMETERS:
            return
        if block.content is None:
            self._found.append(junk(Useless.DAMAGED, origin, label.lower()))
        elif label.endswith("PRIVATE KEY"):
            self._add_key(origin, read_pem_key(block, self._passwords))
        elif label in _CERTIFICATES:
            self._add_certificate(origin, block.content)
        elif label == "X509 CRL":
            self._add(origin, lambda: crl_of(origin, block.content or b""))
        elif label in _REQUESTS:
            self._add(origin, lambda: request_of(origin, block.content or b""))
        elif label in _BUNDLES:
            self._read_bundle(block.content)
        elif label.endswith("PUBLIC KEY"):
            self._found.append(junk(Useless.PUBLIC_KEY, origin))
        else:
            self._found.append(junk(Useless.OTHER_BLOCK, origin, label))

    def _count_key_block(self, block: Block) -> None:
        """Count what opening a key costs; a file that costs too much is refused before any is."""
        if not block.label.endswith("PRIVATE KEY") or block.content is None:
            return
        if len(block.text) > MOST_KEY_BYTES:
            raise TooCostlyError(f"it has a key of more than {MOST_KEY_BYTES >> 10} KiB")
        self._effort.spend(rounds_of_key_block(block.content))
        if is_openssh(block):
            self._effort.spend(rounds_of_openssh(block.content))

    def _add_key(self, origin: Origin, read: ReadKey) -> None:
        self._found.append(
            BroughtKey(
                origin=origin,
                format=read.format,
                key=read.key,
                reason=read.reason,
                encryption=read.encryption,
                raw=KeyBytes(self._data),
            )
        )

    def _read_der(self, content: bytes, form: Form) -> None:
        origin = self._origin(form)
        try:
            content = _with_lengths(content)
        except der.DerError:
            self._found.append(junk(Useless.DAMAGED, origin, "file"))
            return
        if is_pkcs12(content):
            self._found += read_pkcs12(self._name, content, self._passwords, self._effort)
            return
        for make in (crl_of, request_of):
            try:
                self._found.append(make(origin, content))
            except (*UNREADABLE, UnsupportedAlgorithm):
                continue
            return
        if is_certificate(content):
            self._add_certificate(origin, content)
        elif is_public_key(content):
            self._found.append(junk(Useless.PUBLIC_KEY, origin))
        elif not self._read_bundle(content):
            self._read_der_key(origin, content)

    def _read_der_key(self, origin: Origin, content: bytes) -> None:
        if len(content) > MOST_KEY_BYTES:
            return
        self._effort.spend(rounds_of_key_block(content))
        read = read_der_key(content, self._passwords)
        if read is not None:
            self._add_key(origin, read)

    def _read_bundle(self, content: bytes) -> bool:
        try:
            inside = pkcs7.load_der_pkcs7_certificates(_with_lengths(content))
        except (ValueError, UnsupportedAlgorithm):
            return False
        for certificate in inside:
            self._add_made(certificate, self._origin(Form.PKCS7))
        return True

    def _add_certificate(self, origin: Origin, content: bytes) -> None:
        try:
            certificate = x509.load_der_x509_certificate(without_trailer(content))
        except UNREADABLE:
            self._found.append(junk(Useless.DAMAGED, origin, "certificate"))
        else:
            self._add_made(certificate, origin)

    def _add_made(self, certificate: x509.Certificate, origin: Origin) -> None:
        count = sum(isinstance(thing, BroughtCertificate) for thing in self._found)
        if count == MOST_CERTIFICATES:
            raise TooCostlyError(f"it holds more than {MOST_CERTIFICATES} certificates")
        if not is_readable(certificate):
            self._found.append(junk(Useless.DAMAGED, origin, "certificate"))
            return
        self._found.append(BroughtCertificate(origin=origin, certificate=certificate))

    def _add(self, origin: Origin, make: Callable[[], Made]) -> None:
        try:
            self._found.append(make())
        except (*UNREADABLE, UnsupportedAlgorithm):
            self._found.append(junk(Useless.DAMAGED, origin, origin.label.lower() or "block"))

    def _origin(self, form: Form, label: str = "") -> Origin:
        return Origin(
            file=self._name,
            index=len(self._found) + 1,
            form=form,
            label=shown(label, 60),
            entry=self._entry,
        )


def _with_lengths(content: bytes) -> bytes:
    """Write BER whose length was left open as DER; DerError when it can't be read."""
    return written_out(content) if content[1:2] == _OPEN_LENGTH else content
