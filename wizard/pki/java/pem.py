"""Certificates and CRLs as Java's CertificateFactory reads them from a file.

It differs from every other reader, so it is followed step by step: `sun.security.provider.
X509Factory` of JDK 17, with its messages as a JDK 17.0.15 printed them for each of these cases.
JDK 25 finds a BEGIN anywhere in a line, so behind a byte order mark too; the older JDKs that most
servers run do not, and decide here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from wizard.pki import der
from wizard.pki.java.failure import JavaError

_CERTIFICATE_ERROR = "java.security.cert.CertificateException"
_PARSING_ERROR = "java.security.cert.CertificateParsingException"
_CRL_ERROR = "java.security.cert.CRLException"
_IO_ERROR = "java.io.IOException"
_ARGUMENT_ERROR = "java.lang.IllegalArgumentException"

_BEGIN = re.compile(rb"(?:\A|(?<=[\r\n]))-----")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_FOOTER_END = re.compile(rb"[\r\n]|\Z")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_BLANKS = re.compile(rb"\s+")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2, RFC 5652 section 5.1
_SIGNED_PARTS = 3  # what is signed, the algorithm, the signature


def certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read all certificates of a file, as `generateCertificates` (Neo4j 5 and later).

    Text before the first and after the last block is ignored; an empty file holds none.

    Raises:
        JavaError: what Java says of anything else.
    """
    try:
        blocks = iter(_blocks(data))
        first = next(blocks, None)
        if first is None:
            if data:
                raise JavaError(f"{_CERTIFICATE_ERROR}: No certificate data found")
            return ()
        return _bundle(first) or tuple(_certificate(block) for block in (first, *blocks))
    except _BlockError as error:
        raise JavaError(
            f"{_CERTIFICATE_ERROR}: {_IO_ERROR}: {error}", *_causes_of(error)
        ) from error


def certificates_one_by_one(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read certificates until the last byte, as `generateCertificate` in Neo4j 4's loader.

    Anything after the last block, even an empty line, fails, because Java then looks for another
    certificate and finds none.

    Raises:
        JavaError: what Java says.
    """
    found = []
    while data:
        try:
            block, data = _next_block(data)
        except _BlockError as error:
            raise _could_not_parse(error) from error
        if block is None:
            raise _could_not_parse(_BlockError("Empty input"))
        found.append(_certificate(block))
    return tuple(found)


def revocation_lists(data: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    """Read all CRLs of a file, as `generateCRLs`; a certificate there is a failure.

    Raises:
        JavaError: what Java says.
    """
    try:
        blocks = tuple(_blocks(data))
        found = tuple(_revocation_list(block) for block in blocks if not _bundle(block))
    except _BlockError as error:
        raise JavaError(f"{_CRL_ERROR}: {error}") from error
    if data and not blocks:
        raise JavaError(f"{_CRL_ERROR}: No CRL data found")
    return found


class _BlockError(Exception):
    """The PEM frame or the DER length is wrong."""


def _blocks(data: bytes) -> Iterator[bytes]:
    while data:
        block, data = _next_block(data)
        if block is None:
            return
        yield block


def _next_block(data: bytes) -> tuple[bytes | None, bytes]:
    """Return the next DER or decoded PEM block and the rest (`X509Factory.readOneBlock`)."""
    if data[0] == der.SEQUENCE:
        try:
            _, rest = der.split_first(data)
        except der.DerError as error:
            raise _BlockError("Incomplete BER/DER data") from error
        return data[: len(data) - len(rest)], rest
    begin = _BEGIN.search(data)
    return _pem_block(data[begin.start() :]) if begin else (None, b"")


def _pem_block(data: bytes) -> tuple[bytes, bytes]:
    line_end = _LINE_END.search(data)
    body_end = data.find(b"-", line_end.end()) if line_end else -1
    if line_end is None or body_end < 0:
        raise _BlockError("Incomplete data")
    footer_end = _FOOTER_END.search(data, body_end)
    last = footer_end.end() if footer_end else len(data)
    # Java drops the carriage return of a CRLF and reads on to the line feed.
    if data[last - 1 : last + 1] == b"\r\n":
        last += 1
    _check_frame(data[: line_end.start()], data[body_end:last])
    return _decoded(data[line_end.end() : body_end]), data[last:]


def _check_frame(header: bytes, footer: bytes) -> None:
    """Compare the two lines around a block (`X509Factory.checkHeaderFooter`)."""
    first, last = header.strip().decode("latin-1"), footer.strip().decode("latin-1")
    for line, word, name in ((first, "-----BEGIN ", "header"), (last, "-----END ", "footer")):
        if not (line.startswith(word) and line.endswith("-----") and len(line) >= len(word) + 5):
            raise _BlockError(f"Illegal {name}: {line}")
    if first[len("-----BEGIN ") :] != last[len("-----END ") :]:
        raise _BlockError(f"Header and footer do not match: {first} {last}")


def _decoded(body: bytes) -> bytes:
    """Decode base64 like `java.util.Base64.getDecoder`: no foreign letter, padding may be left out.

    What is left out must be all of it.
    """
    text = _BLANKS.sub(b"", body)
    foreign = _NOT_BASE64.search(text)
    if foreign:
        raise _BlockError(f"{_ARGUMENT_ERROR}: Illegal base64 character {foreign[0][0]:x}")
    letters, padded, _ = text.partition(b"=")
    missing = -len(letters) % 4
    if padded and text != letters + b"=" * missing:
        raise _BlockError(f"{_ARGUMENT_ERROR}: Input byte array has wrong 4-byte ending unit")
    try:
        return base64.b64decode(letters + b"=" * missing)
    except binascii.Error as error:
        raise _BlockError(
            f"{_ARGUMENT_ERROR}: Last unit does not have enough valid bits"
        ) from error


def _certificate(block: bytes) -> x509.Certificate:
    _check_signed(block, "signed fields invalid")
    try:
        # What follows the certificate in a block (OpenSSL's TRUSTED form) is not looked at.
        return x509.load_der_x509_certificate(der.first_bytes(block))
    except ValueError as error:
        # The words differ by what is wrong inside; these are the ones for a CRL and a request.
        words = "DerValue.getOID, not an OID 49"
        if _is_revocation_list(block):
            words = "Invalid encoded CertificateValidity, starting sequence tag missing."
        inner = f"{_IO_ERROR}: {words}"
        raise JavaError(f"{_PARSING_ERROR}: {inner}", inner) from error


def _is_revocation_list(block: bytes) -> bool:
    try:
        x509.load_der_x509_crl(block)
    except ValueError:
        return False
    return True


def _check_signed(block: bytes, words: str) -> None:
    """Look at the outer frame as `X509CertImpl.parse` does, before anything inside is read."""
    if block and block[0] != der.SEQUENCE:
        raise JavaError(f"{_PARSING_ERROR}: invalid DER-encoded certificate data")
    try:
        parts = der.split_first(block)[0].children() if block else ()
    except der.DerError as error:
        short = "java.io.EOFException: not enough content"
        raise JavaError(f"{_CERTIFICATE_ERROR}: Unable to initialize, {short}", short) from error
    if len(parts) < _SIGNED_PARTS:
        short = f"{_IO_ERROR}: Too short"
        raise JavaError(f"{_CERTIFICATE_ERROR}: Unable to initialize, {short}", short)
    over = sum(part.size for part in parts[_SIGNED_PARTS:])
    if over:
        raise JavaError(f"{_PARSING_ERROR}: signed overrun, bytes = {over}")
    if parts[0].tag != der.SEQUENCE:
        raise JavaError(f"{_PARSING_ERROR}: {words}")


def _bundle(block: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PKCS#7 bundle, or none when this is something else."""
    try:
        kind = der.split_first(block)[0].children()[0].content
    except (der.DerError, IndexError):
        return ()
    return tuple(pkcs7.load_der_pkcs7_certificates(block)) if kind == _SIGNED_DATA else ()


def _revocation_list(block: bytes) -> x509.CertificateRevocationList:
    try:
        _check_signed(block, "signed CRL fields invalid")
    except JavaError as failure:
        words = failure.message.replace(
            "invalid DER-encoded certificate", "Invalid DER-encoded CRL"
        )
        if words.startswith("Unable to initialize"):
            words = f"Parsing error: {words.rpartition(': ')[2]}"
        raise JavaError(f"{_CRL_ERROR}: {words}") from failure
    try:
        return x509.load_der_x509_crl(block)
    except ValueError as error:
        words = "Parsing error: algid parse error, not a sequence"  # said of a certificate
        raise JavaError(f"{_CRL_ERROR}: {words}") from error


def _could_not_parse(error: _BlockError) -> JavaError:
    words = f"{_CERTIFICATE_ERROR}: Could not parse certificate: {_IO_ERROR}: {error}"
    return JavaError(words, *_causes_of(error))


def _causes_of(error: _BlockError) -> tuple[str, ...]:
    """An exception of the base64 decoder stands below one of reading, with the same words."""
    outer = f"{_IO_ERROR}: {error}"
    return (outer, str(error)) if str(error).startswith(_ARGUMENT_ERROR) else (outer,)
