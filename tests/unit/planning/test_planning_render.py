"""A plan as people and programs read it: complete, the same each time, and without secrets."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from planning_world import NAMES, applied, changed, cluster, conf_of, everywhere, settings

from wizard.engine.events import ChangePlanned, ProblemFound, to_json
from wizard.engine.planned import plan_events
from wizard.model.settings import ClientAuth, KeyPassword, PolicySettings, TrustModel
from wizard.model.version import Version
from wizard.planning.plan import Plan
from wizard.planning.planner import make_plan
from wizard.planning.render import WIDTH, plan_text


def as_lines(plan: Plan) -> str:
    return "\n".join(json.dumps(to_json(event)) for event in plan_events(plan))


def test_every_change_is_an_event_without_a_time() -> None:
    plan = make_plan(settings(), cluster())
    events = list(plan_events(plan))
    assert [e.change for e in events if isinstance(e, ChangePlanned)] == [
        change.id for change in plan.changes
    ]
    assert [e.problem for e in events if isinstance(e, ProblemFound)] == list(plan.problems)
    assert '"at"' not in as_lines(plan)


def test_the_details_name_files_names_conf_and_commands() -> None:
    facts = cluster(service="systemd:neo4j")
    lines = [json.loads(line) for line in as_lines(make_plan(settings(), facts)).splitlines()]
    details = {line["change"]: line["details"] for line in lines if "change" in line}
    assert {
        "path": "/opt/neo4j/certificates/cluster-RUN/private.key",
        "mode": "0400",
        "owner": "7474:7474",
        "role": "private_key",
    } in details["stage:server1"]["files"]
    assert "server1.example.com" in details["stage:server1"]["names"]
    conf = details["commit:server1"]["conf"]
    assert (conf["mode_before"], conf["mode_after"]) == ("0644", "0640")
    assert "+dbms.ssl.policy.cluster.private_key_password=********" in conf["diff"]
    assert details["stop:server1"]["commands"] == ["/opt/neo4j/bin/neo4j stop"]
    assert details["start:server2"]["commands"] == ["systemctl start neo4j"]


def test_the_text_is_complete_and_fits_a_terminal() -> None:
    text = plan_text(make_plan(settings(), cluster()))
    for name in NAMES:
        assert any(line.startswith(name) for line in text)
    joined = "\n".join(text)
    for word in ("0400", "private.key", "verify_hostname=true", "client_auth=REQUIRE", "Bolt"):
        assert word in joined
    assert max(map(len, text)) <= WIDTH + 12  # paths and lines of neo4j.conf are never broken


def test_a_blocked_plan_shows_what_to_mend_and_nothing_else() -> None:
    text = "\n".join(plan_text(make_plan(settings(), cluster(free_kib=1))))
    assert text.startswith("Nothing can be changed until")
    assert "!!" in text
    assert "private.key" not in text


def test_a_plan_without_changes_says_so() -> None:
    facts = applied(make_plan(settings(), cluster()), cluster())
    plan = make_plan(settings(), facts, leaf_state=lambda _leaf, _names, _trusted: None)
    assert plan_text(plan)[0] == "Everything is in place: nothing would change."


ODD_LINES = st.sampled_from(
    [
        "dbms.ssl.policy.bolt.private_key_password=CanaryBolt",
        "# dbms.ssl.policy.cluster.private_key_password = CanaryComment",
        "dbms.ssl.policy.cluster.private_key_password : CanaryEarlier",
        "dbms.ssl.policy.cluster.private_key_\\u0070assword=CanaryEscaped",
        "dbms.ssl.policy.CLUSTER.private_key_password=CanaryCase",
        "db.tx_log.rotation.retention_policy=\x1b[2J\x9b1m",
        "a=b\\",
        "server.memory.pagecache.size=1g",
    ]
)


@budget(max_examples=60, deadline=None)
@given(
    more=st.lists(ODD_LINES, max_size=5),
    password=st.sampled_from(list(KeyPassword)),
    client_auth=st.sampled_from(list(ClientAuth)),
    trust=st.sampled_from(list(TrustModel)),
    version=st.sampled_from([Version(4, 4), Version(5, 26), Version(2026, 2)]),
)
def test_planning_twice_gives_equal_bytes_without_a_secret_or_a_control_character(
    more: list[str],
    password: KeyPassword,
    client_auth: ClientAuth,
    trust: TrustModel,
    version: Version,
) -> None:
    wanted = settings(
        key_password=password, policy=PolicySettings(client_auth=client_auth), trust=trust
    )
    facts = everywhere(version=version, conf=conf_of("server1", *more))
    one, two = make_plan(wanted, facts), make_plan(wanted, facts)
    assert one == two
    assert as_lines(one) == as_lines(two)
    shown = as_lines(one) + "\n".join(plan_text(one))
    assert "Canary" not in shown + repr(one)
    assert shown.replace("\n", "").isprintable()
    for server in one.servers:
        once = changed(facts[0].conf, server)
        assert changed(once, server) == once
