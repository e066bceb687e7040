"""What is dialled, by whom, and whose certificate covers it."""

from __future__ import annotations

import pytest
from planning_world import (
    NAMES,
    RESOLVED,
    codes,
    conf_of,
    everywhere,
    facts_of,
    settings,
)

from wizard.model.facts import ReverseName, ServerFacts
from wizard.model.problems import Severity
from wizard.model.settings import PolicySettings, VerifyHostname
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.members import member_hosts
from wizard.planning.dialling import hosts_to_look_up
from wizard.planning.plan import Coverage, Plan
from wizard.planning.planner import make_plan

FORCED = settings(policy=PolicySettings(verify_hostname=VerifyHostname.TRUE))
MEMBERS = ",".join(f"{name}.example.com:5000" for name in NAMES)


def listed(members: str) -> list[ServerFacts]:
    line = f"dbms.cluster.discovery.endpoints={members}"
    return [facts_of(name, conf=conf_of(name, line)) for name in NAMES]


def by_ip(**reverse: ReverseName) -> list[ServerFacts]:
    """The cluster, with server2 advertised by its address, and what the servers call that."""
    conf = b"server.default_advertised_address=10.0.0.2\n"
    return [
        facts_of(
            name,
            reverse={"10.0.0.2": reverse[name]} if name in reverse else {},
            **({"conf": conf} if name == "server2" else {}),
        )
        for name in NAMES
    ]


def row(plan: Plan, host: str) -> Coverage:
    (found,) = (one for one in plan.coverage if one.host == host)
    return found


def test_every_advertised_host_is_covered_by_its_server() -> None:
    plan = make_plan(settings(), listed(MEMBERS))
    assert [(one.host, one.of, one.covered_by) for one in plan.coverage] == [
        (f"{name}.example.com", (name,), (name,)) for name in NAMES
    ]
    assert plan.verify_hostname
    assert "name-not-covered" not in codes(plan)


@pytest.mark.parametrize(
    ("version", "key"),
    [
        (Version(4, 4, 40), "causal_clustering.initial_discovery_members"),
        (Version(5, 4), "dbms.cluster.discovery.endpoints"),
        (Version(5, 26), "dbms.cluster.discovery.v2.endpoints"),
        (Version(2025, 4), "dbms.cluster.endpoints"),
    ],
)
def test_the_members_are_read_as_each_version_names_them(version: Version, key: str) -> None:
    conf = Conf.parse(f"{key}=a.example:5000, [fd00::1]:5000,10.0.0.3 ,a.example:5001\n".encode())
    assert member_hosts(conf, version) == ("a.example", "fd00::1", "10.0.0.3")
    assert member_hosts(Conf.parse(b"other=a.example:5000\n"), version) == ()


@pytest.mark.parametrize(
    "more",
    [
        "dbms.cluster.discovery.resolver_type=DNS",
        "dbms.cluster.discovery.endpoints=$(list-members)",
    ],
)
def test_what_is_not_dialled_as_it_stands_is_not_read(more: str) -> None:
    conf = Conf.parse(f"dbms.cluster.discovery.endpoints=a.example:5000\n{more}\n".encode())
    assert member_hosts(conf, Version(5, 26)) == ()


def test_an_alias_in_the_list_of_members_goes_into_the_certificate_it_leads_to() -> None:
    facts = [
        facts_of(
            name,
            conf=conf_of(name, "dbms.cluster.discovery.endpoints=seed.example.com:5000"),
            resolved={**RESOLVED, "seed.example.com": ("10.0.0.2",)},
        )
        for name in NAMES
    ]
    plan = make_plan(settings(), facts)
    assert row(plan, "seed.example.com").covered_by == ("server2",)
    assert "seed.example.com" in plan.servers[1].dns_names
    assert "seed.example.com" not in plan.servers[0].dns_names
    assert plan.verify_hostname


def test_a_server_that_only_the_list_of_members_names_is_shown() -> None:
    plan = make_plan(settings(), listed(f"{MEMBERS},server4.example.com:5000"))
    left_out = row(plan, "server4.example.com")
    assert (left_out.of, left_out.covered_by, left_out.listed_by) == ((), (), "server1")
    (problem,) = (p for p in plan.problems if p.code == "name-not-covered")
    assert (problem.severity, problem.blocks) == (Severity.WARNING, False)
    assert "server4.example.com" in problem.message
    assert not plan.verify_hostname
    assert "server4.example.com" in plan.verify_hostname_why
    assert plan.changes


def test_a_name_nobody_covers_stands_in_the_way_where_names_would_be_checked() -> None:
    knows = {**RESOLVED, "my_server": ("10.0.0.2",)}
    odd = b"server.default_advertised_address=my_server\n"
    facts = [
        facts_of(n, resolved=knows, **({"conf": odd} if n == "server2" else {})) for n in NAMES
    ]
    for wanted, blocks in ((FORCED, True), (settings(), False)):
        plan = make_plan(wanted, facts)
        (problem,) = (p for p in plan.problems if p.code == "name-not-covered")
        assert problem.blocks is blocks
        assert problem.server == "server2"
        assert bool(plan.changes) is not blocks


def test_the_name_peers_find_for_an_address_is_covered_too() -> None:
    name = ReverseName(name="DB2.example.net.", confirmed=True)
    plan = make_plan(FORCED, by_ip(server1=name, server3=name))
    assert plan.servers[1].dns_names == ("db2.example.net",)
    assert plan.servers[1].ip_addresses == ("10.0.0.2",)
    found = row(plan, "db2.example.net")
    assert (found.found_for, found.covered_by) == ("10.0.0.2", ("server2",))
    assert plan.changes


def test_a_servers_own_name_for_its_address_does_not_count() -> None:
    plan = make_plan(settings(), by_ip(server2=ReverseName(name="localhost", confirmed=True)))
    assert plan.servers[1].dns_names == ()


def test_the_name_of_another_server_is_never_put_into_a_certificate() -> None:
    stolen = ReverseName(name="server3.example.com", confirmed=True)
    plan = make_plan(settings(), by_ip(server1=stolen))
    assert plan.servers[1].dns_names == ()


@pytest.mark.parametrize(("confirmed", "blocked"), [(True, True), (False, False)])
def test_a_reverse_name_java_refuses_matters_only_where_it_leads_back(
    confirmed: bool,  # noqa: FBT001 - columns of the table above
    blocked: bool,  # noqa: FBT001 - the same
) -> None:
    odd = ReverseName(name="my_host.example.com", confirmed=confirmed)
    plan = make_plan(FORCED, by_ip(server1=odd))
    assert ("name-not-covered" in codes(plan, blocking=True)) is blocked
    assert plan.servers[1].dns_names == ()


def test_every_host_of_every_conf_is_asked_for_once() -> None:
    facts = listed(f"{MEMBERS},10.0.0.9:5000,server4.example.com:5000")
    wanted = hosts_to_look_up(settings(), facts)
    assert wanted == (
        *("server1.example.com", "server2.example.com", "server3.example.com"),
        *("10.0.0.9", "server4.example.com"),
    )


def test_what_could_be_an_option_or_a_line_is_never_looked_up() -> None:
    odd = [
        facts_of(n, conf=f"server.default_advertised_address={v}\n".encode())
        for n, v in zip(NAMES, ("-i", "a\\nb", "x y"), strict=True)
    ]
    assert hosts_to_look_up(settings(), odd) == ()


def test_a_conf_that_can_not_be_read_asks_for_nothing() -> None:
    assert hosts_to_look_up(settings(), everywhere(conf=b"a=\\uZZZZ\n")) == ()


def test_where_neo4j_conf_names_no_host_the_ssh_address_is_looked_up() -> None:
    assert hosts_to_look_up(settings(), everywhere(conf=b"")) == NAMES
