"""Whose certificate covers what is dialled: shown before any certificate is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address

from wizard.model.problems import Problem, blocker
from wizard.model.text import shown
from wizard.planning.dialling import Dialled, dialled_hosts
from wizard.planning.naming import reverse_names
from wizard.planning.plan import Coverage
from wizard.planning.telling import note, warning
from wizard.planning.view import ServerView, is_ip

Names = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""By server, the DNS names and IP addresses its certificate will hold."""


def coverage_of(views: Sequence[ServerView], names: Names) -> tuple[Coverage, ...]:
    """Return a row for every host that is dialled, and for the name peers find for an address.

    Args:
        views: every server.
        names: what each server's certificate will hold.
    """
    by_name = {view.name: view for view in views}
    rows: list[Coverage] = []
    for one in dialled_hosts(views):
        rows.append(_row(one.host, one, names))
        for owner in one.of:
            rows += [
                _row(name, one, names, found_for=one.host)
                for name, confirmed in reverse_names(one.host, by_name[owner], views)
                if confirmed
            ]
    return tuple(dict.fromkeys(rows))


def not_covered(
    rows: Sequence[Coverage], *, verify_hostname: bool, brought: bool = False
) -> Iterator[Problem]:
    """Yield a problem for every host that is dialled and that nobody's certificate covers.

    It stands in the way where peers are made to check names; else it is told of. Of certificates
    that were brought it is said who can put the name into them.
    """
    for row in rows:
        if row.covered_by:
            continue
        message, hint = _words(row, brought=brought)
        owner = row.of[0] if row.of else row.listed_by
        if verify_hostname:
            yield blocker(owner, "name-not-covered", message, hint)
        elif row.of:
            yield note(owner, "name-not-covered", message, hint)
        else:
            yield warning(owner, "name-not-covered", message, hint)


def _row(host: str, one: Dialled, names: Names, found_for: str | None = None) -> Coverage:
    return Coverage(
        host=host,
        of=one.of,
        covered_by=tuple(owner for owner in one.of if _holds(names[owner], host)),
        listed_by=one.listed_by,
        found_for=found_for,
    )


def _holds(names: tuple[tuple[str, ...], tuple[str, ...]], host: str) -> bool:
    dns, addresses = names
    return str(ip_address(host)) in addresses if is_ip(host) else host in dns


def _words(row: Coverage, *, brought: bool) -> tuple[str, str]:
    host = shown(row.host)
    if not row.of:
        why = f"The list of members on {row.listed_by} names {host}, where none of these servers is"
        return (
            f"{why} reached; a server of the cluster that is left out will be cut off.",
            "Add that server to the answers, or take the entry out of the list.",
        )
    owners = " and ".join(row.of)
    why = f"{owners} is dialled by {host}"
    if row.found_for is not None:
        why = f"The peers of {owners} find the name {host} for {row.found_for}"
    if brought:
        return (
            f"{why}, and its certificate is not for that name.",
            "Have one issued that names it, or switch `policy.verify_hostname` off in the answers.",
        )
    return (
        f"{why}, which its certificate can't hold.",
        "Give it a host name of letters, digits, hyphens and dots, and advertise that name.",
    )
