"""Names of subjects and issuers as Java prints them in its messages."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID

_KEYWORDS = {  # sun.security.x509.AVAKeyword, JDK 17
    NameOID.COUNTRY_NAME: "C",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.LOCALITY_NAME: "L",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COMMON_NAME: "CN",
    NameOID.EMAIL_ADDRESS: "EMAILADDRESS",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
    NameOID.DOMAIN_COMPONENT: "DC",
}
_QUOTED = set(',+=\n<>#;\\"')


def java_name(name: x509.Name) -> str:
    """Write a name like `X500Principal.toString`: the last field first, with quotes if needed."""
    return ", ".join(_attribute(attribute) for rdn in reversed(name.rdns) for attribute in rdn)


def _attribute(attribute: x509.NameAttribute[str | bytes]) -> str:
    keyword = _KEYWORDS.get(attribute.oid, f"OID.{attribute.oid.dotted_string}")
    value = attribute.value
    text = value if isinstance(value, str) else f"#{value.hex()}"
    if not _QUOTED & set(text) and text == text.strip():
        return f"{keyword}={text}"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{keyword}="{escaped}"'
