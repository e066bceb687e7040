"""The subject of a certificate as the X.509 name that stands in it."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID

from wizard.errors import MaterialError
from wizard.model.settings import Subject
from wizard.pki.subject import check_subject_field, fill_subject

_OIDS = {  # in the order a distinguished name is usually written, country first
    "country": NameOID.COUNTRY_NAME,
    "state": NameOID.STATE_OR_PROVINCE_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizational_unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "common_name": NameOID.COMMON_NAME,
    "email": NameOID.EMAIL_ADDRESS,
}


def subject_name(subject: Subject, name: str, address: str) -> x509.Name:
    """Return the X.509 name of one server's certificate.

    Raises:
        MaterialError: a field holds what a certificate can't, or all fields are empty.
    """
    filled = fill_subject(subject, name, address)
    for field in _OIDS:
        sentence = check_subject_field(field, getattr(filled, field))
        if sentence:
            raise MaterialError(sentence, hint=f"Change `subject.{field}` in the answers.")
    attributes = [
        x509.NameAttribute(oid, getattr(filled, field))
        for field, oid in _OIDS.items()
        if getattr(filled, field)
    ]
    if not attributes:
        raise MaterialError(
            "All fields of the subject are empty, and Java needs a certificate to have a name.",
            hint="Set `subject.common_name` in the answers, for instance to {address}.",
        )
    return x509.Name(attributes)
