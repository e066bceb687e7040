"""What a server's certificate must hold, and whether peers can be made to check it.

A peer checks the name it dials: the advertised host of the channel. So everything that may be
dialled goes into the SAN, and verify_hostname is switched on only where it can't cause an outage.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from wizard.model.problems import Problem, Severity
from wizard.model.settings import Settings, VerifyHostname
from wizard.pki.host_names import MOST_NAMES, check_host_name
from wizard.planning.view import ServerView, is_ip


def alternative_names(
    view: ServerView, views: Sequence[ServerView]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the DNS names and IP addresses of a server's SAN.

    They are every host its peers may dial, the short form of a full name, and the addresses that
    the other servers resolve these names to. A server's own answer does not count: many systems
    map their own name to 127.0.1.1.
    """
    names = [host for host in view.dialled if not is_ip(host)]
    short = [name.partition(".")[0] for name in names if "." in name]
    dns = [name for name in dict.fromkeys((*names, *short)) if check_host_name(name) is None]
    addresses = [host for host in view.dialled if is_ip(host)]
    for other in views:
        if other.name != view.name:
            addresses += [a for name in names for a in sorted(other.resolve(name))]
    plain = [str(ip_address(a)) for a in addresses if is_ip(a) and "%" not in a]
    return tuple(dns[:MOST_NAMES]), tuple(dict.fromkeys(plain))[: MOST_NAMES - len(dns)]


def verify_hostname(settings: Settings, views: Sequence[ServerView]) -> tuple[bool, str]:
    """Return whether peers are to check names, and why, in one full sentence."""
    wanted = settings.policy.verify_hostname
    if wanted is not VerifyHostname.AUTO:
        state = "on" if wanted is VerifyHostname.TRUE else "off"
        return wanted is VerifyHostname.TRUE, f"The answers switch verify_hostname {state}."
    if (reason := why_not(views)) is not None:
        return False, reason
    return True, (
        "Every advertised address is a DNS name that the servers resolve alike, so peers can "
        "check each other's names."
    )


def why_not(views: Sequence[ServerView]) -> str | None:
    """Return why checking names could cut servers off, or None when it can't."""
    for view in views:
        for host in view.dialled:
            if is_ip(host):
                return (
                    f"{view.name} is dialled by the IP address {host}, and Neo4j may look up a "
                    "name for it that the certificate can't know, so names are not checked."
                )
            if check_host_name(host) is not None:
                return (
                    f"{view.name} is dialled by {host!a}, which Java does not take for a DNS "
                    "name, so names are not checked."
                )
            if (reason := _disagreement(view, host, views)) is not None:
                return reason
    return None


def unresolved(views: Sequence[ServerView]) -> tuple[Problem, ...]:
    """Return a warning for each server that can't find a name its peers are dialled by."""
    names = dict.fromkeys(host for v in views for host in v.dialled if not is_ip(host))
    return tuple(
        Problem(
            code="name-not-resolved",
            severity=Severity.WARNING,
            message=f"{view.name} can't find an address for {', '.join(missing)}.",
            hint="Add the name to DNS, or to /etc/hosts on that server.",
            server=view.name,
        )
        for view in views
        if (missing := [name for name in names if not view.resolve(name)])
    )


def _disagreement(owner: ServerView, host: str, views: Sequence[ServerView]) -> str | None:
    answers = {view.name: view.resolve(host) for view in views}
    if (own := answers[owner.name]) and all(_is_loopback(address) for address in own):
        # A server may well know itself by a loopback address; its peers' answers count.
        del answers[owner.name]
    missing = [name for name, addresses in answers.items() if not addresses]
    if missing:
        return f"{missing[0]} can't resolve {host}, so names are not checked."
    if len(set(answers.values())) > 1:
        return f"The servers resolve {host} to different addresses, so names are not checked."
    return None


def _is_loopback(address: str) -> bool:
    return is_ip(address) and ip_address(address).is_loopback
