"""Countries by ISO 3166-1, searchable by name; the list is loaded when it is first asked for."""

from __future__ import annotations

from functools import cache

MOST_FOUND = 8
"""More suggestions than this help nobody; typing one more letter does."""

# What people type for a country, where ISO 3166 knows another code or a longer name.
EVERYDAY_NAMES = {
    "UK": "GB",
    "ENGLAND": "GB",
    "SCOTLAND": "GB",
    "WALES": "GB",
    "GREAT BRITAIN": "GB",
    "USA": "US",
    "AMERICA": "US",
    "HOLLAND": "NL",
    "SOUTH KOREA": "KR",
    "CZECH REPUBLIC": "CZ",
    "TURKEY": "TR",
}


@cache
def _names() -> dict[str, str]:
    """Every code with the country's everyday name, sorted by name."""
    import pycountry  # noqa: PLC0415 - several megabytes that only this field needs

    found = {
        country.alpha_2: getattr(country, "common_name", country.name)
        for country in pycountry.countries
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))


@cache
def _all_names() -> dict[str, str]:
    """Every code with the everyday and the official name, in capitals, to search in."""
    import pycountry  # noqa: PLC0415 - as above

    official = {
        country.alpha_2: getattr(country, "official_name", "") for country in pycountry.countries
    }
    return {code: f"{name} {official[code]}".upper() for code, name in _names().items()}


def is_code(text: str) -> bool:
    """True for a two-letter code in capitals."""
    return text in _names()


def name_of(code: str) -> str:
    """Return a country's everyday name."""
    return _names()[code]


def code_of(text: str) -> str | None:
    """Return the code that was meant by a code, a name or a suggestion, or None."""
    wanted = text.strip().upper()
    code = wanted.partition(" - ")[0]
    if is_code(code):
        return code
    by_name = {name.upper(): code for code, name in _names().items()}
    return EVERYDAY_NAMES.get(wanted) or by_name.get(wanted)


def tidy(text: str) -> str:
    """Turn a name or a suggestion into its code; leave anything else as it was typed."""
    return code_of(text) or text.strip()


def suggestions(text: str) -> tuple[str, ...]:
    """Return countries such as `GB - United Kingdom` that fit what was typed so far."""
    wanted = text.strip().upper()
    exact = code_of(wanted)
    starts = [code for code, name in _names().items() if name.upper().startswith(wanted)]
    holds = [code for code, names in _all_names().items() if wanted in names]
    ordered = dict.fromkeys([*([exact] if exact else []), *starts, *holds])
    return tuple(f"{code} - {name_of(code)}" for code in list(ordered)[:MOST_FOUND])
