"""What is planned for Neo4j 3.5: policies with free names, keys without passwords."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planning_world import NAMES, applied, changed, codes, facts_of, settings

from wizard.model.facts import ServerFacts
from wizard.model.problems import Severity
from wizard.model.settings import KeyPassword, TrustModel
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_of, startup_refusal
from wizard.planning.plan import Plan
from wizard.planning.planner import make_plan

V3 = Version(3, 5, 35)
APPLY = "causal_clustering.ssl_policy"
POLICY = "dbms.ssl.policy."


def cluster(*more: str, version: Version = V3) -> list[ServerFacts]:
    """Three cores; further lines stand on server2 alone."""
    return [
        replace(
            facts_of(name),
            version=version,
            conf="\n".join(
                (
                    "dbms.mode=CORE",
                    f"dbms.connectors.default_advertised_address={name}.example.com",
                    *(more if name == "server2" else ()),
                    "",
                )
            ).encode(),
        )
        for name in NAMES
    ]


def conf_after(plan: Plan, facts: list[ServerFacts]) -> Conf:
    """The neo4j.conf of server2 as it will be."""
    return Conf.parse(changed(facts[1].conf, plan.servers[1]))


@pytest.mark.parametrize("version", [V3, Version(3, 6, 2)])
def test_the_cluster_will_name_a_policy_that_neo4j_loads(version: Version) -> None:
    facts = cluster(version=version)
    plan = make_plan(settings(), facts)
    assert not codes(plan, blocking=True)
    conf = conf_after(plan, facts)
    assert startup_refusal(conf, version, home="/opt/neo4j") is None
    policy = policy_of(conf, version, "/opt/neo4j")
    assert policy.enabled
    assert (policy.name, policy.password, policy.tls_versions) == ("cluster", None, ("TLSv1.2",))
    assert policy.revoked_dir == f"{plan.servers[1].base_directory}/revoked"
    assert conf.values[f"{POLICY}cluster.base_directory"] == plan.servers[1].base_directory
    assert f"{POLICY}cluster.enabled" not in conf.values


def test_a_generated_password_is_left_out_and_that_is_said() -> None:
    plan = make_plan(settings(), cluster())
    assert not any(server.needs_password for server in plan.servers)
    (told,) = [p for p in plan.problems if p.code == "key-without-password"]
    assert (told.severity, told.key) == (Severity.NOTE, "keys.password")
    assert "key-without-password" not in codes(
        make_plan(settings(key_password=KeyPassword.NONE), cluster())
    )
    assert "key-without-password" not in codes(
        make_plan(settings(), [facts_of(name) for name in NAMES])
    )


def test_a_password_that_was_asked_for_is_refused_by_the_name_of_its_answer() -> None:
    plan = make_plan(settings(key_password=KeyPassword.ASK), cluster())
    (told,) = [p for p in plan.problems if p.blocks]
    assert (told.code, told.key) == ("key-password-not-possible", "keys.password")
    assert "`keys.password`" in told.message
    assert not plan.changes
    later = make_plan(settings(key_password=KeyPassword.ASK), [facts_of(name) for name in NAMES])
    assert not codes(later, blocking=True)


def test_another_policy_loses_its_place_and_keeps_its_lines() -> None:
    base = f"{POLICY}house.base_directory=/etc/house"
    facts = cluster(f"{APPLY}=house", base, "bolt.ssl_policy=house")
    plan = make_plan(settings(), facts)
    assert "policy-replaced" in codes(plan, blocking=False)
    conf = conf_after(plan, facts)
    assert conf.values[APPLY] == "cluster"
    assert conf.values[f"{POLICY}house.base_directory"] == "/etc/house"
    assert conf.values["bolt.ssl_policy"] == "house"
    assert ("-", f"{APPLY}=house") in [(d.sign, d.text) for d in plan.servers[1].conf_diff]
    assert "policy-replaced" not in codes(make_plan(settings(), cluster()))


def test_bolt_on_the_cluster_s_own_policy_is_warned_of() -> None:
    base = f"{POLICY}cluster.base_directory=/etc/cluster"
    told = make_plan(settings(), cluster(base, "bolt.ssl_policy=cluster"))
    (warned,) = [p for p in told.problems if p.code == "policy-shared"]
    assert (warned.server, warned.severity) == ("server2", Severity.WARNING)
    assert "bolt.ssl_policy" in warned.message
    assert "policy-shared" not in codes(make_plan(settings(), cluster(base)))


def test_a_policy_whose_name_differs_in_case_is_another_one() -> None:
    other = f"{POLICY}Cluster.base_directory"
    facts = cluster(f"{other}=/etc/other")
    plan = make_plan(settings(), facts)
    conf = conf_after(plan, facts)
    assert conf.values[other] == "/etc/other"
    assert conf.values[f"{POLICY}cluster.base_directory"] == plan.servers[1].base_directory
    assert policy_of(conf, V3, "/opt/neo4j").base_directory == plan.servers[1].base_directory


def test_self_signed_servers_trust_themselves_too_as_the_manual_of_3_5_wants() -> None:
    def trusted(facts: list[ServerFacts]) -> set[str]:
        plan = make_plan(settings(trust=TrustModel.SELF_SIGNED), facts)
        return {one.path for one in plan.servers[0].files if one.path.startswith("trusted/")}

    assert trusted(cluster()) == {f"trusted/{name}.crt" for name in NAMES}
    assert trusted([facts_of(name) for name in NAMES]) == {
        f"trusted/{name}.crt" for name in NAMES[1:]
    }


def test_what_was_applied_is_in_place() -> None:
    facts = cluster()
    plan = make_plan(settings(), facts)
    after = applied(plan, facts)
    assert not make_plan(settings(), after, leaf_state=lambda *_: None).changes
    assert make_plan(settings(), after, leaf_state=lambda *_: "It is worn out.").changes


def test_what_stays_unencrypted_is_told_by_the_settings_of_3_5() -> None:
    def told(*more: str) -> str:
        lines = ("dbms.ssl.policy.house.base_directory=/etc/house", *more)
        facts = [
            replace(one, conf=one.conf + "\n".join((*lines, "")).encode()) for one in cluster()
        ]
        return " ".join(make_plan(settings(), facts).stays_unencrypted)

    assert "Backups by" in told()
    assert "Bolt, which" in told()
    assert "Backups by" not in told("dbms.backup.ssl_policy=house")
    assert "Bolt, which" not in told("dbms.connector.bolt.tls_level=REQUIRED")
    assert "Backups by" in told("dbms.ssl.policy.backup.base_directory=/etc/backup")
