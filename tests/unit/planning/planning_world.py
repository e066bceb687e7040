"""A cluster of three that is ready to be encrypted, for the tests of the planner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.model.facts import Edition, FileStat, Platform, PolicyFiles, ServerFacts
from wizard.model.settings import ServerSettings, Settings
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.planning.conf_change import preview
from wizard.planning.plan import Plan, ServerPlan

NAMES = ("server1", "server2", "server3")
RESOLVED = {f"{name}.example.com": (f"10.0.0.{n}",) for n, name in enumerate(NAMES, start=1)}


def conf_of(name: str, *more: str) -> bytes:
    lines = (
        "# the cluster",
        f"server.default_advertised_address={name}.example.com",
        "server.default_listen_address=0.0.0.0",
        "dbms.security.ldap.authorization.system_password=CanaryLdap",
        *more,
    )
    return "\n".join(lines).encode() + b"\n"


def settings(**changes: Any) -> Settings:
    servers = tuple(ServerSettings(name=name, ssh=f"admin@{name}:22") for name in NAMES)
    return replace(Settings(cluster="payments", servers=servers), **changes)


def facts_of(name: str, **changes: Any) -> ServerFacts:
    home = "/opt/neo4j"
    mine = FileStat(mode=0o755, uid=7474, gid=7474)
    standing = ServerFacts(
        server=name,
        platform=Platform.SERVER,
        edition=Edition.ENTERPRISE,
        version=Version(5, 26),
        login="admin",
        home=home,
        home_stat=mine,
        conf_file=f"{home}/conf/neo4j.conf",
        conf=conf_of(name),
        conf_stat=FileStat(mode=0o644, uid=7474, gid=7474),
        conf_is_link=False,
        certificates=f"{home}/certificates",
        certificates_stat=mine,
        logs=f"{home}/logs",
        neo4j_log=f"{home}/logs/neo4j.log",
        service="bin",
        running=True,
        managed_by=None,
        resolved=RESOLVED,
        clock_offset_s=0.0,
        free_kib=10_000_000,
        listening=(),
        policy_files=None,
    )
    return replace(standing, **changes)


def cluster(**changes: Any) -> list[ServerFacts]:
    """Every server; what is changed is changed on server2 alone."""
    return [facts_of(name, **(changes if name == "server2" else {})) for name in NAMES]


def everywhere(**changes: Any) -> list[ServerFacts]:
    return [facts_of(name, **changes) for name in NAMES]


def changed(raw: bytes, server: ServerPlan) -> bytes:
    return preview(Conf.parse(raw), server).to_bytes()


def applied(plan: Plan, facts: list[ServerFacts]) -> list[ServerFacts]:
    """The facts a survey would bring after the plan was carried out."""
    by_name = {fact.server: fact for fact in facts}
    return [
        replace(
            by_name[server.server],
            conf=changed(by_name[server.server].conf, server),
            policy_files=PolicyFiles(
                directory=server.base_directory,
                public_certificate=b"leaf of " + server.server.encode(),
                private_key_exists=True,
                trusted={"ca.crt": b"ca"},
            ),
        )
        for server in plan.servers
    ]


def codes(plan: Plan, *, blocking: bool | None = None) -> set[str]:
    return {p.code for p in plan.problems if blocking is None or p.blocks is blocking}
