"""A password that a command prints is planned only where Neo4j was seen to run commands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from planning_world import applied, changed, codes, everywhere, settings

from wizard.model.facts import FileStat, ServerFacts
from wizard.model.settings import KeyPassword, KeyPasswordIn
from wizard.model.version import Version
from wizard.neo4j.lint import lint
from wizard.neo4j.policy import PASSWORD, password_command, password_file
from wizard.planning.key_words import key_words
from wizard.planning.plan import FileRole, Plan
from wizard.planning.planner import make_plan, with_run
from wizard.planning.render import plan_text

COMMAND = KeyPasswordIn.COMMAND
CLOSED = FileStat(mode=0o640, uid=7474, gid=7474)


def ready(**changes: Any) -> list[ServerFacts]:
    return everywhere(**{"conf_stat": CLOSED, "expands_commands": True, **changes})


def planned(facts: list[ServerFacts], **changes: Any) -> Plan:
    wanted = settings(**{"key_password_in": COMMAND, **changes})
    return make_plan(wanted, facts, leaf_state=lambda *_: None)


def test_the_file_stands_beside_the_key_and_a_command_names_it() -> None:
    plan = with_run(planned(ready()), "20261122-110000-abcd")
    assert plan.changes
    for server in plan.servers:
        (file,) = (one for one in server.files if one.role is FileRole.KEY_PASSWORD)
        value = next(one.value for one in server.conf_settings if one.key == PASSWORD)
        assert value == password_command(server.base_directory)
        assert password_file(value or "") == f"{server.base_directory}/{file.path}"
        assert (file.mode, server.conf_mode_after) == (0o400, 0o640)
    text = " ".join(" ".join(plan_text(plan)).split())
    assert "private_key_password=$(/bin/cat /opt/neo4j/certificates/cluster-2026" in text
    assert "bin/neo4j start --expand-commands" in text
    assert "No neo4j.conf holds a password" in " ".join(key_words(plan))
    assert "No neo4j.conf holds" not in " ".join(
        key_words(planned(ready(), key_password_in="conf"))
    )


def test_what_is_written_is_no_error_for_lint() -> None:
    facts = ready()
    plan = planned(facts)
    raw = changed(facts[0].conf, plan.servers[0])
    assert not [p for p in lint(raw, Version(5, 26)) if p.severity != "note"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expands_commands": False}, "expand-commands-missing"),
        ({"expands_commands": False, "service": "systemd:graph"}, "expand-commands-missing"),
        ({"conf_stat": FileStat(mode=0o644, uid=7474, gid=7474)}, "conf-open-for-commands"),
        ({"conf_stat": FileStat(mode=0o660, uid=7474, gid=7474)}, "conf-open-for-commands"),
        ({"version": Version(4, 2, 19)}, "conf-open-for-commands"),
        ({"version": Version(4, 1, 13)}, "commands-not-run"),
        ({"version": Version(3, 5, 35)}, "commands-not-run"),
        ({"certificates": "/opt/neo4j it's/certificates"}, "commands-not-run"),
    ],
)
def test_what_can_not_be_shown_blocks(changes: dict[str, Any], code: str) -> None:
    plan = planned(ready(**changes))
    assert code in codes(plan, blocking=True)
    assert not plan.changes
    assert code not in codes(planned(ready(**changes), key_password=KeyPassword.NONE))
    assert code not in codes(planned(ready(**changes), key_password_in=KeyPasswordIn.CONF))


def test_the_unit_and_the_flag_are_named() -> None:
    plan = planned(ready(expands_commands=False, service="systemd:graph"))
    problem = next(p for p in plan.problems if p.code == "expand-commands-missing")
    assert "The unit graph" in problem.message
    assert "systemctl edit graph" in problem.hint
    assert "--expand-commands" in problem.hint
    assert problem.key == "keys.password_in"


def test_where_command_and_file_stand_nothing_has_to_change() -> None:
    facts = ready()
    standing = applied(planned(facts), facts)
    there = [replace(f, certificates_entries=("./cluster-RUN/private.password",)) for f in standing]
    assert not planned(there).changes
    assert planned(standing).changes  # the file is gone
    assert planned(there, key_password_in=KeyPasswordIn.CONF).changes
    in_conf = applied(planned(facts, key_password_in=KeyPasswordIn.CONF), facts)
    assert not planned(in_conf, key_password_in=KeyPasswordIn.CONF).changes
    assert planned(in_conf).changes
