"""Whom the servers of a cluster dial, by which host, and who answers there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from wizard.errors import WizardError
from wizard.model.facts import ServerFacts
from wizard.model.settings import DETECT, ServerSettings, Settings
from wizard.neo4j.addresses import advertised_hosts
from wizard.neo4j.conf import Conf
from wizard.neo4j.members import member_hosts
from wizard.planning.view import ServerView, bare_host, fallback_host, is_ip, version_of

_LOOKED_UP = re.compile(r"[^\s\x00-\x20\x7f-][^\s\x00-\x20\x7f]*")
"""What may be given to a resolver as one word that is not an option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """A host that is dialled.

    Attributes:
        host: as it is compared: in small letters, without brackets and a dot at the end.
        of: the servers that answer there; none when it is not known whom it leads to.
        listed_by: the server whose list of members names it, where nobody advertises it.
    """

    host: str
    of: tuple[str, ...]
    listed_by: str | None = None


def dialled_hosts(views: Sequence[ServerView]) -> tuple[Dialled, ...]:
    """Return every host that is dialled: what is advertised, and then what only lists name."""
    advertised = dict.fromkeys(host for view in views for host in view.dialled)
    found = [
        Dialled(host=host, of=tuple(v.name for v in views if host in v.dialled))
        for host in advertised
    ]
    listed: dict[str, str] = {}
    for view in views:
        for host in member_hosts(view.conf, view.version):
            listed.setdefault(bare_host(host), view.name)
    found += [
        Dialled(host=host, of=_reached(host, views), listed_by=by)
        for host, by in listed.items()
        if host not in advertised
    ]
    return tuple(found)


def hosts_to_look_up(settings: Settings, facts: Sequence[ServerFacts]) -> tuple[str, ...]:
    """Return every host the servers may dial, as far as answers and neo4j.conf tell, each once.

    A neo4j.conf that can't be read tells nothing here; the plan says what is wrong with it.
    """
    by_name = {one.server: one for one in facts}
    found = [server.address for server in settings.servers if server.address != DETECT]
    for server in settings.servers:
        with suppress(KeyError, WizardError):
            found += _hosts_of(settings, server, by_name[server.name])
    return tuple(dict.fromkeys(host for host in found if _LOOKED_UP.fullmatch(host)))


def _hosts_of(settings: Settings, server: ServerSettings, facts: ServerFacts) -> Iterator[str]:
    version = version_of(settings, facts)
    if version is not None:
        conf = Conf.parse(facts.conf)
        yield from advertised_hosts(conf, version, fallback_host(server))
        yield from member_hosts(conf, version)


def addresses_from(host: str, views: Sequence[ServerView]) -> frozenset[str]:
    """Return every address that one of these servers resolves a host to."""
    return frozenset({host} if is_ip(host) else ()).union(*(view.resolve(host) for view in views))


def _reached(host: str, views: Sequence[ServerView]) -> tuple[str, ...]:
    """Return the servers that a host leads to, by the addresses all servers resolve it to."""
    wanted = addresses_from(host, views)
    return tuple(
        view.name
        for view in views
        if wanted & frozenset().union(*(addresses_from(own, views) for own in view.dialled))
    )
