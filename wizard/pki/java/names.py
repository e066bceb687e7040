"""Does a certificate cover the name that was dialled? Java's answer, with Java's words.

Sources: `sun.security.util.HostnameChecker` (for TLS), `javax.net.ssl.SNIHostName` and
`java.net.IDN` of JDK 17. Java's list of public suffixes only matters below a public CA, which the
cluster policy never has: `*.com` is accepted here as it is there.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST_NAME = 253


def host_failure(certificate: x509.Certificate, host: str) -> str | None:
    """Return the message of the CertificateException for a name or address dialled, or None.

    Args:
        certificate: the peer's leaf.
        host: what was dialled; a dot at its end and brackets around an address are dropped, as
            `X509TrustManagerImpl.checkIdentity` does.
    """
    name = host.removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        ip_address(name)
    except ValueError:
        return _dns_failure(certificate, name)
    return _ip_failure(certificate, name)


def names_cover(certificate: x509.Certificate, host: str) -> bool:
    """Say whether Java would accept this certificate for a host it dialled.

    A DNS name is looked for among the DNS alternative names, and only where there is none of
    these in the common name; an address only among the IP alternative names.
    """
    return host_failure(certificate, host) is None


def _ip_failure(certificate: x509.Certificate, address: str) -> str | None:
    """Only iPAddress entries count; neither a DNS name nor the CN stands in (`matchIP`)."""
    names = _alternative_names(certificate)
    if names is None:
        return "No subject alternative names present"
    if ip_address(address) in names.get_values_for_type(x509.IPAddress):
        return None
    return f"No subject alternative names matching IP address {address} found"


def _dns_failure(certificate: x509.Certificate, name: str) -> str | None:
    """The common name counts only where there is no DNS entry at all (`matchDNS`)."""
    dialled = _ascii_form(name)
    if not _is_legal(dialled):
        return f"Illegal given domain name: {name}"
    names = _alternative_names(certificate)
    dns_names = names.get_values_for_type(x509.DNSName) if names else []
    if dns_names:
        if any(_matches(dialled, pattern) for pattern in dns_names):
            return None
        return f"No subject alternative DNS name matching {name} found."
    common_names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if common_names:
        common_name = str(common_names[-1].value)
        if not unicodedata.is_normalized("NFKC", common_name):
            return f"Not a formal name {common_name}"
        if _matches(dialled, common_name):
            return None
    return f"No name matching {name} found"


def _ascii_form(name: str) -> str:
    """Write a name of other letters as `java.net.IDN` does, by IDNA 2003; else as it is."""
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _matches(name: str, pattern: str) -> bool:
    """Compare label by label; a wildcard stands for (a part of) one label (`isMatched`)."""
    if not _is_usable_pattern(pattern):
        return False
    labels, patterns = name.lower().split("."), pattern.lower().split(".")
    return len(labels) == len(patterns) and all(map(_label_matches, labels, patterns))


def _is_usable_pattern(pattern: str) -> bool:
    """`IDN.toASCII` and `hasIllegalWildcard` refuse before anything is compared.

    A label with an underscore therefore never matches, and neither does a bare `*` or a `*` with
    no dot behind it.
    """
    if "*" in pattern and "." not in pattern[pattern.rindex("*") :]:
        return False
    plain = pattern.replace("*", "a")
    return plain not in ("a", "a.") and _is_legal(plain)


def _label_matches(label: str, pattern: str) -> bool:
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), label) is not None


def _is_legal(name: str) -> bool:
    """Letters, digits and hyphens by the STD 3 rules (`IDN.USE_STD3_ASCII_RULES`)."""
    return len(name) <= _LONGEST_NAME and all(_LABEL.fullmatch(part) for part in name.split("."))


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME and isinstance(
            extension.value, x509.SubjectAlternativeName
        ):
            return extension.value
    return None
