"""Certificates and CRLs as Java's CertificateFactory reads them from a file.

It differs from every other reader, so it is followed step by step: `sun.security.provider.
X509Factory` of JDK 17, with its messages as a JDK 17.0.15 printed them for each of these cases.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from wizard.pki import der
from wizard.pki.java_failure import JavaError

_CERTIFICATE_ERROR = "java.security.cert.CertificateException"
_PARSING_ERROR = "java.security.cert.CertificateParsingException"
_CRL_ERROR = "java.security.cert.CRLException"
_IO_ERROR = "java.io.IOException"

_BEGIN = re.compile(rb"(?:\A|(?<=[\r\n]))-----")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOUNCY_BEGIN = re.compile(r"-----BEGIN ([^-]+)-----")
_FOOTER_END = re.compile(rb"[\r\n]|\Z")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_SIGNED_DATA = "1.2.840.113549.1.7.2"  # RFC 5652 section 5.1
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
            f"{_CERTIFICATE_ERROR}: {_IO_ERROR}: {error}", f"{_IO_ERROR}: {error}"
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
            raise _could_not_parse(str(error)) from error
        if block is None:
            raise _could_not_parse("Empty input")
        found.append(_certificate(block))
    return tuple(found)


def certificates_by_bouncy_castle(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read the PEM blocks of a file, as `PkiUtils.loadCertificates` of Neo4j 4 with `PemReader`.

    A block begins with its line and ends at a line that starts with its end; everything between
    blocks is ignored, and so is what follows an end on its line.

    Raises:
        JavaError: what Java or BouncyCastle says.
    """
    found = []
    lines = iter(bouncy_text(data).splitlines())
    for line in lines:
        match = _BOUNCY_BEGIN.fullmatch(line)
        if match:
            found.append(_certificate(_bouncy_body(lines, match[1])))
    return tuple(found)


def bouncy_text(data: bytes) -> str:
    """Read a file as the text it must be for Neo4j 4's readers (`Files.newBufferedReader`).

    Raises:
        JavaError: it is no UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise JavaError("java.nio.charset.MalformedInputException: Input length = 1") from error


def _bouncy_body(lines: Iterator[str], label: str) -> bytes:
    body: list[str] = []
    for line in lines:
        if line.startswith(f"-----END {label}"):
            return base64.b64decode("".join(body))
        if ":" not in line:
            body.append(line.strip())
    raise JavaError(f"{_IO_ERROR}: -----END {label}----- not found")


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
            raise _BlockError("Incomplete data") from error
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
    """Decode base64 like Java's MIME decoder, which skips what is no base64."""
    try:
        return base64.b64decode(_NOT_BASE64.sub(b"", body))
    except binascii.Error as error:
        raise _BlockError("Input byte array has incorrect ending byte") from error


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
    try:
        parts = der.split_first(block)[0].children()
    except der.DerError:
        parts = ()
    if len(parts) < _SIGNED_PARTS:
        short = f"{_IO_ERROR}: Too short"
        raise JavaError(f"{_CERTIFICATE_ERROR}: Unable to initialize, {short}", short)
    over = sum(len(der.encode(part.tag, part.content)) for part in parts[_SIGNED_PARTS:])
    if over:
        raise JavaError(f"{_PARSING_ERROR}: signed overrun, bytes = {over}")
    if parts[0].tag != der.SEQUENCE:
        raise JavaError(f"{_PARSING_ERROR}: {words}")


def _bundle(block: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PKCS#7 bundle, or none when this is something else."""
    try:
        kind = der.split_first(block)[0].children()[0].oid
    except (der.DerError, IndexError):
        return ()
    return tuple(pkcs7.load_der_pkcs7_certificates(block)) if kind == _SIGNED_DATA else ()


def _revocation_list(block: bytes) -> x509.CertificateRevocationList:
    try:
        _check_signed(block, "signed CRL fields invalid")
    except JavaError as failure:
        words = "Parsing error: Too short" if "Too short" in failure.message else failure.message
        raise JavaError(f"{_CRL_ERROR}: {words}") from failure
    try:
        return x509.load_der_x509_crl(block)
    except ValueError as error:
        words = "Parsing error: algid parse error, not a sequence"  # said of a certificate
        raise JavaError(f"{_CRL_ERROR}: {words}") from error


def _could_not_parse(words: str) -> JavaError:
    inner = f"{_IO_ERROR}: {words}"
    return JavaError(f"{_CERTIFICATE_ERROR}: Could not parse certificate: {inner}", inner)
