"""PEM files as Neo4j 4 reads them: as text, line by line, with BouncyCastle's PemReader."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from cryptography import x509

from wizard.pki.java.failure import JavaError
from wizard.pki.java.pem import certificates

_BEGIN = re.compile(r"-----BEGIN ([^-]+)-----")
_IO_ERROR = "java.io.IOException"


def certificates_by_lines(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read the PEM blocks of a file, as `PkiUtils.loadCertificates` of Neo4j 4 with `PemReader`.

    A block begins with its line and ends at a line that starts with its end; everything between
    blocks is ignored, and so is what follows an end on its line.

    Raises:
        JavaError: what Java or BouncyCastle says.
    """
    found: list[x509.Certificate] = []
    lines = iter(text_of(data).splitlines())
    for line in lines:
        match = _BEGIN.fullmatch(line.rstrip())
        if match:
            found += certificates(_body(lines, match[1]))
    return tuple(found)


def text_of(data: bytes) -> str:
    """Read a file as the text it must be for Neo4j 4's readers (`Files.newBufferedReader`).

    Raises:
        JavaError: it is no UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise JavaError("java.nio.charset.MalformedInputException: Input length = 1") from error


def _body(lines: Iterator[str], label: str) -> bytes:
    body: list[str] = []
    for line in lines:
        if line.startswith(f"-----END {label}"):
            return _decoded("".join(body))
        if ":" not in line:
            body.append(line.strip())
    raise JavaError(f"{_IO_ERROR}: -----END {label}----- not found")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        words = "invalid characters encountered in base64 data"
        raise JavaError(
            "org.bouncycastle.util.encoders.DecoderException: unable to decode base64 string: "
            + words,
            f"{_IO_ERROR}: {words}",
        ) from error
