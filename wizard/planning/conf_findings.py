"""What one server's neo4j.conf says of the server, and who will be able to read it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Problem, blocker
from wizard.model.settings import DETECT
from wizard.model.text import shown
from wizard.neo4j.addresses import command_settings
from wizard.neo4j.modes import ServerMode, server_mode
from wizard.planning.named_policies import of_named_policies
from wizard.planning.plan import FileRole, ServerPlan
from wizard.planning.telling import note, warning
from wizard.planning.view import ServerView, bare_host

OTHERS_READ = 0o004


def of_conf(view: ServerView) -> Iterator[Problem]:
    """Yield what neo4j.conf tells of one server that a person should know."""
    if server_mode(view.conf.values, view.version) is ServerMode.SINGLE:
        yield blocker(
            view.name,
            "not-a-cluster",
            f"Neo4j on {view.name} runs alone (dbms.mode is SINGLE), so it has no cluster ports.",
            "Name servers of a cluster: up to Neo4j 4 they have dbms.mode CORE or READ_REPLICA.",
            view.facts.conf_file,
        )
    yield from _of_address(view)
    yield from of_named_policies(view)


def _of_address(view: ServerView) -> Iterator[Problem]:
    wanted = view.settings.address
    if commands := command_settings(view.conf, view.version):
        yield warning(
            view.name,
            "address-is-a-command",
            f"On {view.name} a command works out {commands[0]} when Neo4j starts, so the "
            f"certificate is made for {shown(view.address)}.",
            f"Set `servers.{view.name}.address` in the answers to what the others dial.",
        )
    if wanted != DETECT and bare_host(wanted) not in {bare_host(p.host) for p in view.ports}:
        yield note(
            view.name,
            "address-not-advertised",
            f"The answers name {view.name} {wanted}, but its neo4j.conf advertises "
            f"{shown(view.ports[0].host)}; the certificate will hold both.",
            f"Correct `servers.{view.name}.address` if it is wrong.",
        )


def of_modes(view: ServerView, plan: ServerPlan) -> Iterator[Problem]:
    """Yield a warning where others on the server will be able to read the key's password."""
    if not plan.needs_password or any(f.role is FileRole.KEY_PASSWORD for f in plan.files):
        return
    yield from _of_access_list(view, plan)
    if plan.conf_mode_after & OTHERS_READ:
        yield warning(
            view.name,
            "conf-readable-by-others",
            f"Everybody on {view.name} can read neo4j.conf, which will hold the password "
            "of the private key, and Neo4j's own user could not read it otherwise.",
            "Give neo4j.conf the group of Neo4j's user and the mode 0640.",
            view.facts.conf_file,
        )


def _of_access_list(view: ServerView, plan: ServerPlan) -> Iterator[Problem]:
    """Whom somebody has let read the file by name is not shut out, and not passed over either."""
    stat = view.facts.conf_stat
    known = {(False, plan.owner_uid), (True, plan.owner_gid), (True, stat.gid)}
    readers = [
        f"{'group' if one.group else 'user'} {shown(one.name)}"
        for one in view.facts.conf_place.access_list
        if one.reads and (one.group, one.number) not in known
    ]
    if readers:
        yield warning(
            view.name,
            "conf-readable-by-list",
            f"The access list of neo4j.conf on {view.name} lets {', '.join(readers)} read it, and "
            "it will hold the password of the private key; the list is kept as it is.",
            "Take that right away with setfacl -x, unless it is meant.",
            view.facts.conf_file,
        )
