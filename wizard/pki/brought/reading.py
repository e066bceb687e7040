"""One brought file, given as bytes, becomes the things in it."""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Callable, Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key, pkcs7

from wizard.model.text import shown
from wizard.pki import der
from wizard.pki.brought import junk
from wizard.pki.brought.blocks import Block, bare_base64, pem_blocks, text_in
from wizard.pki.brought.key_reading import ReadKey, read_der_key, read_pem_key
from wizard.pki.brought.limits import (
    MOST_CERTIFICATES,
    MOST_FILE_BYTES,
    MOST_KEY_BYTES,
    TooCostlyError,
    check_key_block,
)
from wizard.pki.brought.pkcs12 import is_pkcs12, read_pkcs12
from wizard.pki.brought.things import (
    Brought,
    BroughtCertificate,
    BroughtCrl,
    BroughtKey,
    BroughtRequest,
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
_JAVA_STORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_UNREADABLE = (
    *(ValueError, TypeError, OverflowError, x509.InvalidVersion),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What cryptography raises when a part of a damaged certificate, list or request is read."""

Made = BroughtCertificate | BroughtCrl | BroughtRequest


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
    def __init__(self, name: str, data: bytes, passwords: tuple[Secret, ...]) -> None:
        self._name, self._data, self._passwords = name, data, passwords
        self._found: list[Thing] = []

    def things(self) -> tuple[Thing, ...]:
        if len(self._data) > MOST_FILE_BYTES:
            return (junk.too_large(self._origin(Form.PEM)),)
        try:
            self._read()
        except TooCostlyError as error:
            self._found.append(junk.too_costly(self._origin(Form.PEM), str(error)))
        if not self._found:
            self._found.append(junk.unknown(self._origin(Form.PEM), self._data))
        return tuple(self._found)

    def _read(self) -> None:
        if self._data[:4] in _JAVA_STORES:
            self._found.append(junk.java_store(self._origin(Form.DER)))
            return
        if self._data[:1] == b"\x30":
            self._read_der(self._data, Form.DER)
            return
        text = text_in(self._data)
        if text.lstrip()[:1] == "{" and self._read_secret(text):
            return
        for block in pem_blocks(text):
            self._read_block(block)
        bare = None if self._found else bare_base64(text)
        if bare is not None:
            self._read_der(bare, Form.BASE64)

    def _read_secret(self, text: str) -> bool:
        """Read a Kubernetes secret as `kubectl get secret -o json` prints it."""
        try:
            entries = dict(json.loads(text)["data"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return False
        for name, value in entries.items():
            try:
                inner = base64.b64decode(value, validate=True)
            except (ValueError, TypeError):
                continue
            if inner[:1] != b"{":  # no secret within a secret
                self._found += read_things(f"{self._name}:{name}", inner, self._passwords)
        return True

    def _read_block(self, block: Block) -> None:
        label = block.label
        origin = self._origin(Form.PEM, label)
        if label in _PARAMETERS:
            return
        if block.content is None:
            self._found.append(junk.damaged(origin, label))
        elif label.endswith("PRIVATE KEY"):
            self._read_key_block(origin, block)
        elif label in _CERTIFICATES:
            self._add_certificate(origin, block.content)
        elif label == "X509 CRL":
            self._add(origin, lambda: _crl(origin, block.content or b""))
        elif label in _REQUESTS:
            self._add(origin, lambda: _request(origin, block.content or b""))
        elif label in _BUNDLES:
            self._read_bundle(block.content)
        elif label.endswith("PUBLIC KEY"):
            self._found.append(junk.public_key(origin))
        else:
            self._found.append(junk.other_block(origin, label))

    def _read_key_block(self, origin: Origin, block: Block) -> None:
        if len(block.text) > MOST_KEY_BYTES:
            raise TooCostlyError(f"it has a key of more than {MOST_KEY_BYTES >> 10} KiB")
        check_key_block(block.content or b"")
        self._add_key(origin, read_pem_key(block, self._passwords))

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
        if is_pkcs12(content):
            self._found += read_pkcs12(self._name, content, self._passwords)
            return
        for make in (_crl, _request):
            try:
                self._found.append(make(origin, content))
            except (*_UNREADABLE, UnsupportedAlgorithm):
                continue
            return
        if _is_certificate(content):
            self._add_certificate(origin, content)
        elif _is_public_key(content):
            self._found.append(junk.public_key(origin))
        elif not self._read_bundle(content):
            self._read_der_key(origin, content)

    def _read_der_key(self, origin: Origin, content: bytes) -> None:
        if len(content) > MOST_KEY_BYTES:
            return
        check_key_block(content)
        read = read_der_key(content, self._passwords)
        if read is not None:
            self._add_key(origin, read)

    def _read_bundle(self, content: bytes) -> bool:
        try:
            inside = pkcs7.load_der_pkcs7_certificates(content)
        except (ValueError, UnsupportedAlgorithm):
            return False
        for certificate in inside:
            self._add_made(certificate, self._origin(Form.PKCS7))
        return True

    def _add_certificate(self, origin: Origin, content: bytes) -> None:
        try:
            certificate = x509.load_der_x509_certificate(_without_trailer(content))
        except _UNREADABLE:
            self._found.append(junk.damaged(origin, "certificate"))
        else:
            self._add_made(certificate, origin)

    def _add_made(self, certificate: x509.Certificate, origin: Origin) -> None:
        count = sum(isinstance(thing, BroughtCertificate) for thing in self._found)
        if count == MOST_CERTIFICATES:
            raise TooCostlyError(f"it holds more than {MOST_CERTIFICATES} certificates")
        if not _is_readable(certificate):
            self._found.append(junk.damaged(origin, "certificate"))
            return
        self._found.append(BroughtCertificate(origin=origin, certificate=certificate))

    def _add(self, origin: Origin, make: Callable[[], Made]) -> None:
        try:
            self._found.append(make())
        except (*_UNREADABLE, UnsupportedAlgorithm):
            self._found.append(junk.damaged(origin, origin.label))

    def _origin(self, form: Form, label: str = "") -> Origin:
        return Origin(
            file=self._name, index=len(self._found) + 1, form=form, label=shown(label, 60)
        )


def _crl(origin: Origin, content: bytes) -> BroughtCrl:
    crl = x509.load_der_x509_crl(content)
    str(crl.issuer), crl.last_update_utc, len(crl)
    return BroughtCrl(origin=origin, crl=crl)


def _request(origin: Origin, content: bytes) -> BroughtRequest:
    request = x509.load_der_x509_csr(content)
    str(request.subject)
    list(request.extensions)
    return BroughtRequest(origin=origin, request=request)


def _is_certificate(content: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(content)
    except _UNREADABLE:
        return False
    return True


def _is_public_key(content: bytes) -> bool:
    try:
        load_der_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def _is_readable(certificate: x509.Certificate) -> bool:
    """Say whether all of a certificate can be read: it is parsed lazily, part by part."""
    try:
        list(certificate.extensions)
        str(certificate.subject), str(certificate.issuer)
        certificate.public_key()
        certificate.not_valid_before_utc, certificate.not_valid_after_utc  # noqa: B018 - may fail
    except UnsupportedAlgorithm:
        return True  # a key or a signature of a kind that is judged later
    except _UNREADABLE:
        return False
    return True


def _without_trailer(content: bytes) -> bytes:
    """Cut OpenSSL's trust settings off, which stand behind a TRUSTED CERTIFICATE."""
    try:
        return der.first_bytes(content)
    except der.DerError:
        return content
