"""Which names and addresses may stand in a certificate, so that Java matches them later."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from wizard.errors import MaterialError

IpAddress = IPv4Address | IPv6Address

MOST_NAMES = 100
"""Java 17 refuses handshake messages over 32 KiB, which about 900 names fill (seen with 1000)."""

_LONGEST_NAME = 253  # RFC 1035 section 3.1, written without the final dot
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NUMERIC = re.compile(r"[0-9.]+|0[xX][0-9A-Fa-f]+")


def check_host_name(text: str) -> str | None:
    """Return a sentence saying why Java would never match this DNS name, or None.

    The rules are those of `HostnameChecker` and `SNIHostName` in the JDK, and a wildcard is
    refused as well: a server's certificate names that server only.
    """
    if not text:
        return "The host name is empty; write the name that the other servers dial."
    if not text.isascii():
        return f"The host name {text!a} is not ASCII; write it in its xn-- form."
    if len(text) > _LONGEST_NAME:
        return "The host name is longer than 253 characters, which DNS does not allow."
    if _NUMERIC.fullmatch(text):
        return f"{text!a} is an IP address and not a host name; list it with the IP addresses."
    return _check_shape(text)


def _check_shape(text: str) -> str | None:
    if "_" in text:
        return (
            f"The host name {text!a} has an underscore, and Java then refuses every connection "
            "that verifies host names; give the server a name without one."
        )
    if "*" in text:
        return f"The host name {text!a} has a wildcard; write the server's own name."
    if text.endswith("."):
        return f"The host name {text!a} ends in a dot, which never matches; leave the dot out."
    if all(_LABEL.fullmatch(label) for label in text.split(".")):
        return None
    return (
        f"{text!a} is not a host name: only letters, digits, hyphens and dots may stand in it, and "
        "each part has 1 to 63 characters and no hyphen at its ends."
    )


def check_ip_address(text: str) -> str | None:
    """Return a sentence saying why this is no IP address for a certificate, or None."""
    if "%" in text:
        return f"The IP address {text!a} names a network interface; leave the part from % on out."
    try:
        ip_address(text)
    except ValueError:
        return f"{text!a} is not an IP address; write it like 10.0.0.1 or 2001:db8::1."
    return None


def alternative_names(
    dns_names: tuple[str, ...], ip_addresses: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[IpAddress, ...]]:
    """Return the names of a SAN, checked, in lower case and each once.

    Raises:
        MaterialError: a name would never match, there is none at all, or there are too many.
    """
    for sentence in (*map(check_host_name, dns_names), *map(check_ip_address, ip_addresses)):
        if sentence:
            raise MaterialError(sentence, hint="Correct the advertised address of this server.")
    names = tuple(dict.fromkeys(name.lower() for name in dns_names))
    addresses = tuple(dict.fromkeys(ip_address(text) for text in ip_addresses))
    _check_number(len(names) + len(addresses))
    return names, addresses


def _check_number(number: int) -> None:
    if number == 0:
        raise MaterialError(
            "A certificate needs at least one host name or IP address that the others dial.",
            hint="Set the advertised address of this server.",
        )
    if number > MOST_NAMES:
        raise MaterialError(
            f"A certificate with {number} names is too large for Java's handshake.",
            hint=f"Keep it to {MOST_NAMES} names and addresses a server.",
        )
