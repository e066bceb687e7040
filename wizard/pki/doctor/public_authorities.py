"""Which CA certificates belong to the public web: whoever trusts one trusts all its customers."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

from wizard.model.text import shown

_NAMES = re.compile(
    r"let'?s encrypt|internet security research group|\bisrg\b|digicert|sectigo|comodo|usertrust"
    r"|globalsign|godaddy|starfield technologies|entrust|google trust services|amazon"
    r"|microsoft (rsa|ecc|corporation)|asseco|certum|ssl corp|ssl\.com|buypass|hellenic academic"
    r"|identrust|digital signature trust|quovadis|swisssign|t-systems|d-trust|actalis|geotrust"
    r"|thawte|verisign|rapidssl|zerossl|baltimore|affirmtrust|secom|certigna|dhimyotis|trustwave"
    r"|taiwan-ca|chunghwa telecom|network solutions|trust asia|trustasia|wisekey|certsign"
    r"|izenpe|firmaprofesional|harica|gehirn|cybertrust",
    re.IGNORECASE,
)
"""Organisations in the common root programmes (Mozilla's list of included CAs, 2026)."""


def public_authority(certificate: x509.Certificate) -> str | None:
    """Return the public CA's name, as the certificate gives it, or None when it is none."""
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            if _NAMES.search(str(attribute.value)):
                return shown(str(attribute.value), 80)
    return None
