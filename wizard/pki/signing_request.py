"""Certificate signing requests: what a CA of somebody else's needs to know of a server."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.model.settings import Subject
from wizard.pki.authority import signature_hash
from wizard.pki.distinguished_name import subject_name
from wizard.pki.host_names import alternative_names
from wizard.pki.keys import PrivateKey
from wizard.pki.leaf import BOTH_WAYS, key_usage


def make_signing_request(
    key: PrivateKey,
    subject: Subject,
    dns_names: tuple[str, ...],
    ip_addresses: tuple[str, ...],
) -> bytes:
    """Return a request as PEM, which asks for all that a server and a client of a cluster need.

    Args:
        key: the server's own key.
        subject: with its placeholders filled.
        dns_names: every name the others may dial.
        ip_addresses: every address the others may dial.

    Raises:
        MaterialError: a name or subject that Java would not match.
    """
    names, addresses = alternative_names(dns_names, ip_addresses)
    alternatives = [*map(x509.DNSName, names), *map(x509.IPAddress, addresses)]
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject_name(subject, "", ""))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(key), critical=True)
        .add_extension(x509.ExtendedKeyUsage(BOTH_WAYS), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, signature_hash(key))
    )
    return request.public_bytes(Encoding.PEM)
