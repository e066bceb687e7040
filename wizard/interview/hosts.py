"""Host names and IPs, checked the way Java's hostname verification will read them."""

from __future__ import annotations

import ipaddress
import re

LONGEST_NAME = 253  # RFC 1035, section 2.3.4
LONGEST_LABEL = 63  # RFC 1035, section 2.3.4

_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

# Each pattern that no name may hold, and what to write instead, in the order they are told. Java
# refuses a name with an underscore as non-LDH and never matches a trailing dot
# (sun.security.util.HostnameChecker).
_REFUSED = (
    (r"://|/", "Write only the name or IP, without a protocol in front or a path behind."),
    (r"@", "Write only the name or IP, without a user in front of an @."),
    (
        r"[:\[\]%]",
        "Write only the name or IP: no port, no brackets, no zone; neo4j.conf names the ports.",
    ),
    (
        r"[^\x00-\x7f]",
        "Write the name with plain letters; one with others has a form that starts with xn--.",
    ),
    (
        r"_",
        "Java accepts no underscore in a certificate; write a name without one, or the IP.",
    ),
    (r"\*", "Write this server's own name; a wildcard would let any server take its place."),
    (r"\.$", "Leave out the dot at the end; Java would never match it."),
    (
        r"^([0-9.]+|0[xX][0-9a-fA-F.]+)$",
        "This looks like an IP but is none; write four numbers from 0 to 255, such as 10.0.0.1.",
    ),
)


def host(text: str) -> str | None:
    """Check a host name or IP without a port."""
    if is_ip(text):
        return None
    for pattern, sentence in _REFUSED:
        if re.search(pattern, text):
            return sentence
    if len(text) > LONGEST_NAME:
        return f"Use a name of at most {LONGEST_NAME} characters."
    if all(_HOST_LABEL.fullmatch(part) for part in text.split(".")):
        return None
    return "Write a name of letters, digits, hyphens and dots, such as server1.example.com."


def is_ip(text: str) -> bool:
    """True for an IPv4 or IPv6 address without a zone."""
    if "%" in text:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
