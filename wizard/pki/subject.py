"""The subject of a certificate as text: placeholders filled and fields checked.

cryptography checks only the country and the common name, so the bounds of RFC 5280 appendix A.1
are kept here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, replace

from wizard.model.settings import Subject

_LONGEST_COMMON_NAME = 64
_LONGEST_EMAIL = 255

_LONGEST = {  # RFC 5280 appendix A.1, upper bounds, in characters
    "country": 2,
    "state": 128,
    "locality": 128,
    "organization": 64,
    "organizational_unit": 64,
    "common_name": _LONGEST_COMMON_NAME,
    "email": _LONGEST_EMAIL,
}

_WORDS = {
    "country": "country",
    "state": "state or province",
    "locality": "locality",
    "organization": "organization",
    "organizational_unit": "organizational unit",
    "common_name": "common name",
    "email": "e-mail address",
}

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def check_subject_field(field: str, text: str) -> str | None:
    """Return a sentence saying why a certificate can't hold this text, or None.

    Args:
        field: the name of a field of Subject, such as `locality`.
        text: what was typed, with its placeholders filled; an empty text leaves the field out.
    """
    word = _WORDS[field]
    if any(unicodedata.category(character) in _INVISIBLE for character in text):
        return f"The {word} has characters that can't be seen; type it anew."
    if text != text.strip() or "  " in text:
        return f"The {word} has spaces at an end or two in a row; keep single spaces inside."
    if len(text) > _LONGEST[field]:
        return f"The {word} has more than {_LONGEST[field]} characters; shorten it."
    return _CHECKS[field](text) if field in _CHECKS else None


def fill_subject(subject: Subject, name: str, address: str) -> Subject:
    """Return the subject of one server, with `{name}` and `{address}` replaced in every field.

    A common name that the address makes longer than the 64 bytes it may have becomes the server's
    name instead: peers look at the SAN, so the common name is only for people. A long name that
    was typed out is not shortened; it is refused later.
    """
    filled = {
        field.name: _fill(getattr(subject, field.name), name, address) for field in fields(subject)
    }
    if common_name_note(subject, name, address):
        filled["common_name"] = name
    return replace(subject, **filled)


def common_name_note(subject: Subject, name: str, address: str) -> str | None:
    """Return the sentence to show when the server's name stands in for a longer common name."""
    if "{address}" not in subject.common_name:
        return None
    if len(_fill(subject.common_name, name, address).encode()) <= _LONGEST_COMMON_NAME:
        return None
    return (
        f"The address of {name} is too long for a common name, so {name} is used there; "
        "the whole address stands among the alternative names, which is where peers look."
    )


def _fill(text: str, name: str, address: str) -> str:
    # Plain replacement: str.format would read braces and attributes out of a person's text.
    return text.replace("{name}", name).replace("{address}", address)


def _check_country(text: str) -> str | None:
    if re.fullmatch("([A-Z]{2})?", text):
        return None
    return "The country is a code of two capital letters from ISO 3166, such as GB or DE."


def _check_email(text: str) -> str | None:
    if not text or _EMAIL.fullmatch(text):
        return None
    return "The e-mail address is not one that a certificate can hold; write it like a@example.org."


def _check_common_name(text: str) -> str | None:
    if len(text.encode()) <= _LONGEST_COMMON_NAME:
        return None
    return "The common name takes more than 64 bytes; shorten it."


_CHECKS = {
    "country": _check_country,
    "email": _check_email,
    "common_name": _check_common_name,
}
