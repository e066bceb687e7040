"""Files as people bring them: every form of a key and a chain, and every way to mangle them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)
from pki_making import Made

from wizard.pki.keys import private_key_pem
from wizard.secret import Secret

PASSWORD = Secret("k9WmQz7Rt2XvB4nY")
_SEAL = BestAvailableEncryption(PASSWORD.reveal().encode())

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def clear(key: Key, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return key.private_bytes(Encoding.PEM, form, NoEncryption())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


KEY_FORMS: dict[str, Callable[[Key], bytes]] = {
    "PKCS#8": clear,
    "PKCS#8 as DER": lambda key: key.private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    ),
    "PKCS#8 sealed": lambda key: private_key_pem(key, PASSWORD),
    "PKCS#8 sealed as DER": lambda key: key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, _SEAL),
    "traditional": lambda key: clear(key, PrivateFormat.TraditionalOpenSSL),
    "traditional sealed": lambda key: key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, _SEAL
    ),
    "OpenSSH": lambda key: clear(key, PrivateFormat.OpenSSH),
}


def store(leaf: Made, *above: x509.Certificate, password: Secret | None = PASSWORD) -> bytes:
    seal = NoEncryption() if password is None else _SEAL
    return pkcs12.serialize_key_and_certificates(
        b"server", leaf.key, leaf.certificate, list(above), seal
    )


CERTIFICATE_FORMS: dict[str, Callable[[x509.Certificate], bytes]] = {
    "PEM": pem,
    "DER": lambda one: one.public_bytes(Encoding.DER),
    "PKCS#7": lambda one: pkcs7.serialize_certificates([one], Encoding.DER),
    "PKCS#7 as PEM": lambda one: pkcs7.serialize_certificates([one], Encoding.PEM),
    "Base64 alone": lambda one: base64.b64encode(one.public_bytes(Encoding.DER)),
}

MANGLED: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "line ends of Windows": lambda data: data.replace(b"\n", b"\r\n"),
    "line ends of an old Macintosh": lambda data: data.replace(b"\n", b"\r"),
    "indented": lambda data: b"".join(b"   " + line for line in data.splitlines(keepends=True)),
    "without line breaks": lambda data: data.replace(b"-----\n", b"----- ").replace(b"\n", b""),
    "with a text before": lambda data: b"Bag Attributes\n    friendlyName: server\n" + data,
}


def kubernetes_secret(**entries: bytes) -> bytes:
    data = {name.replace("_", "."): base64.b64encode(raw).decode() for name, raw in entries.items()}
    return json.dumps({"apiVersion": "v1", "kind": "Secret", "data": data}).encode()
