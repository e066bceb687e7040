"""What a server's certificate must hold, and whether peers can be made to check it.

A peer checks the name it dials: the advertised host of the channel. So everything that may be
dialled goes into the SAN, and verify_hostname is switched on only where it can't cause an outage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from wizard.model.problems import Problem
from wizard.model.settings import Settings, VerifyHostname
from wizard.model.text import shown
from wizard.pki.host_names import MOST_NAMES, check_host_name
from wizard.planning.dialling import Dialled, dialled_hosts
from wizard.planning.telling import warning
from wizard.planning.view import ServerView, bare_host, is_ip

_UNCHECKED = "so names are not checked."


def alternative_names(
    view: ServerView, views: Sequence[ServerView]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the DNS names and IP addresses of a server's SAN.

    They are every host its peers may dial, the short form of a full name, the addresses that the
    other servers resolve these names to, and the names they find for its IP addresses. A server's
    own answers do not count: many systems map their own name to 127.0.1.1.
    """
    hosts = [one.host for one in dialled_hosts(views) if view.name in one.of]
    names = [host for host in hosts if not is_ip(host)]
    short = [name.partition(".")[0] for name in names if "." in name]
    found = [name for host in hosts for name, _ in reverse_names(host, view, views)]
    dns = [n for n in dict.fromkeys((*names, *short, *found)) if check_host_name(n) is None]
    addresses = [host for host in hosts if is_ip(host)]
    for other in _peers(view, views):
        addresses += [a for name in names for a in sorted(other.resolve(name))]
    plain = [str(ip_address(a)) for a in addresses if is_ip(a) and "%" not in a]
    kept = tuple(dns[:MOST_NAMES])
    return kept, tuple(dict.fromkeys(plain))[: MOST_NAMES - len(kept)]


def reverse_names(
    host: str, view: ServerView, views: Sequence[ServerView]
) -> Iterator[tuple[str, bool]]:
    """Yield the names that a server's peers find for an IP address it is dialled by.

    With each goes whether it leads back to the address: Java takes it in place of the address only
    then (InetAddress.getHostFromNameService). The name of another server never counts, because
    that server's peers must not take this one for it.
    """
    others = {name for other in _peers(view, views) for name in other.dialled}
    told: set[str] = set()
    for peer in _peers(view, views):
        found = peer.facts.reverse.get(host)
        name = "" if found is None else bare_host(found.name)
        if found is not None and name not in others | told:
            told.add(name)
            yield name, found.confirmed


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
    reasons = (_reason(one, views) for one in dialled_hosts(views))
    return next((reason for reason in reasons if reason is not None), None)


def unresolved(views: Sequence[ServerView]) -> Iterator[Problem]:
    """Yield a warning for each server that can't find a name its peers are dialled by."""
    names = dict.fromkeys(host for v in views for host in v.dialled if not is_ip(host))
    for view in views:
        missing = [shown(name) for name in names if not view.resolve(name)]
        if missing:
            yield warning(
                view.name,
                "name-not-resolved",
                f"{view.name} can't find an address for {', '.join(missing)}.",
                "Add the name to DNS, or to /etc/hosts on that server.",
            )


def _reason(one: Dialled, views: Sequence[ServerView]) -> str | None:
    if not one.of:
        return (
            f"The list of members on {one.listed_by} names {shown(one.host)}, which no certificate "
            f"of these servers covers, {_UNCHECKED}"
        )
    owner = one.of[0]
    if is_ip(one.host):
        return (
            f"{owner} is dialled by the IP address {one.host}, and Neo4j may look up a "
            f"name for it that the certificate can't know, {_UNCHECKED}"
        )
    if check_host_name(one.host) is not None:
        return (
            f"{owner} is dialled by {one.host!a}, which Java does not take for a DNS "
            f"name, {_UNCHECKED}"
        )
    return _disagreement(one, views)


def _disagreement(one: Dialled, views: Sequence[ServerView]) -> str | None:
    answers = {view.name: view.resolve(one.host) for view in views}
    for owner in one.of:
        if (own := answers[owner]) and all(_is_loopback(address) for address in own):
            # A server may well know itself by a loopback address; its peers' answers count.
            del answers[owner]
    missing = [name for name, addresses in answers.items() if not addresses]
    if missing:
        return f"{missing[0]} can't resolve {one.host}, {_UNCHECKED}"
    if len(set(answers.values())) > 1:
        return f"The servers resolve {one.host} to different addresses, {_UNCHECKED}"
    return None


def _peers(view: ServerView, views: Sequence[ServerView]) -> list[ServerView]:
    return [other for other in views if other.name != view.name]


def _is_loopback(address: str) -> bool:
    return is_ip(address) and ip_address(address).is_loopback
