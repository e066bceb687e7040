"""Files as people bring them: every form of a key and a chain, and every way to mangle them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)
from pki_making import Made

from wizard.pki.der import split_first
from wizard.pki.keys import private_key_pem
from wizard.secret import Secret

PASSWORD = Secret("k9WmQz7Rt2XvB4nY")
_SSH_SEAL = (
    PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(1).build(PASSWORD.reveal().encode())
)
OLD_SEAL = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(2000)
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())  # noqa: S303 - what old programs seal with
    .build(PASSWORD.reveal().encode())
)
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
    "OpenSSH sealed": lambda key: key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, _SSH_SEAL),
}


def store(
    leaf: Made,
    *above: x509.Certificate,
    password: Secret | None = PASSWORD,
    seal: KeySerializationEncryption = _SEAL,
) -> bytes:
    seal = NoEncryption() if password is None else seal
    return pkcs12.serialize_key_and_certificates(
        b"server", leaf.key, leaf.certificate, list(above), seal
    )


def open_ended(data: bytes) -> bytes:
    """Write DER as old exports do: every length left open, every string in two pieces."""
    found = b""
    while data:
        element, data = split_first(data)
        half = len(element.content) // 2
        pieces = b"".join(
            _octets(part) for part in (element.content[:half], element.content[half:])
        )
        if element.tag & 0x20:
            found += bytes((element.tag, 0x80)) + open_ended(element.content) + b"\0\0"
        elif element.tag == 0x04:
            found += b"\x24\x80" + pieces + b"\0\0"
        elif element.tag == 0x80:
            found += b"\xa0\x80" + pieces + b"\0\0"
        else:
            found += bytes((element.tag,)) + _length(len(element.content)) + element.content
    return found


def _octets(content: bytes) -> bytes:
    return b"\x04" + _length(len(content)) + content


def _length(size: int) -> bytes:
    return bytes((0x84,)) + size.to_bytes(4, "big")


def der_bundle(*certificates: x509.Certificate) -> bytes:
    return pkcs7.serialize_certificates([*certificates], Encoding.DER)


def streamed(bundle: bytes) -> bytes:
    """Leave the lengths of a PKCS#7 open, down to the certificates: those are signed."""
    outer, _ = split_first(bundle)
    kind, explicit = outer.children()
    (signed,) = explicit.children()
    inside = b"".join(
        bytes((part.tag, 0x80)) + part.content + b"\0\0"
        if part.tag == 0xA0
        else bytes((part.tag,)) + _length(len(part.content)) + part.content
        for part in signed.children()
    )
    told = b"\x06" + _length(len(kind.content)) + kind.content
    return b"\x30\x80" + told + b"\xa0\x80\x30\x80" + inside + b"\0\0" * 3


CERTIFICATE_FORMS: dict[str, Callable[[x509.Certificate], bytes]] = {
    "PEM": pem,
    "DER": lambda one: one.public_bytes(Encoding.DER),
    "PKCS#7": der_bundle,
    "PKCS#7 as BER": lambda one: streamed(der_bundle(one)),
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


def kubernetes_yaml(**entries: bytes) -> bytes:
    """Write a secret as `kubectl get secret NAME -o yaml` prints it."""
    data = "".join(
        f"  {name.replace('_', '.')}: {base64.b64encode(raw).decode()}\n"
        for name, raw in entries.items()
    )
    return f"""apiVersion: v1
data:
{data}kind: Secret
metadata:
  creationTimestamp: "2026-03-01T09:12:44Z"
  name: server1-tls
  namespace: payments
type: kubernetes.io/tls
""".encode()


def _as_files(leaf: Made, above: Sequence[x509.Certificate]) -> dict[str, bytes]:
    return {
        "tls_crt": pem(leaf.certificate, *above),
        "tls_key": clear(leaf.key),
        "ca_crt": pem(*above[-1:]),
    }


WHOLE: dict[str, Callable[[Made, Sequence[x509.Certificate]], bytes]] = {
    "PKCS#12": lambda leaf, above: store(leaf, *above),
    "PKCS#12 with old seals": lambda leaf, above: store(leaf, *above, seal=OLD_SEAL),
    "PKCS#12 as BER": lambda leaf, above: open_ended(store(leaf, *above)),
    "PKCS#12 with old seals as BER": lambda leaf, above: open_ended(
        store(leaf, *above, seal=OLD_SEAL)
    ),
    "Kubernetes JSON": lambda leaf, above: kubernetes_secret(**_as_files(leaf, above)),
    "Kubernetes YAML": lambda leaf, above: kubernetes_yaml(**_as_files(leaf, above)),
    "PEM": lambda leaf, above: clear(leaf.key) + pem(*above, leaf.certificate),
}
"""A server's key, certificate and CAs in one file."""
