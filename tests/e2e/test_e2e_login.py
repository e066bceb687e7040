"""A Neo4j login in the answers: the gate before a change, and the word of Neo4j after it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import tomli_w
from black_box import Served, private, served, wizard
from fake_bolt import Answer, FakeBolt, listening

PASSWORD = "the right one"


def with_login(cluster: Served, folder: Path, password: str = PASSWORD) -> list[str]:
    """The practice cluster's answers and secrets, with a Neo4j login added."""
    answers = tomllib.loads(cluster.answers.read_text())
    secrets = cluster.secrets | {"neo4j_password": password}
    answers |= {"neo4j_login": {"user": "neo4j"}}
    del answers["secrets"]
    place = private(folder / "answers.toml", tomli_w.dumps(answers))
    return [
        *("--answers", str(place)),
        *("--secrets", str(private(folder / "secrets.toml", tomli_w.dumps(secrets)))),
    ]


class Neo4j:
    """What stands behind the Bolt ports of practice servers: they themselves hang up there."""

    def __init__(self) -> None:
        self.unavailable = ""
        self.nodes: set[str] = set()
        self.written = 0

    @contextmanager
    def behind(self, cluster: Served) -> Iterator[None]:
        names: dict[str, str] = {}
        bolt = FakeBolt(answer=lambda statement, given: self.answer(names, statement, given))
        with ExitStack() as stack:
            for one in cluster.servers:
                names[one["name"]] = f"127.0.0.1:{stack.enter_context(listening(bolt))}"
                send_drivers_to(names[one["name"]], Path(one["home"]) / "conf" / "neo4j.conf")
            yield

    def answer(self, names: dict[str, str], statement: str, given: dict[str, Any]) -> Answer:
        if statement.startswith("SHOW SERVERS"):
            return [
                {
                    "name": name,
                    "address": address,
                    "state": "Enabled",
                    "health": "Unavailable" if name == self.unavailable else "Available",
                }
                for name, address in names.items()
            ]
        if statement.startswith("SHOW DATABASES"):
            return [
                {
                    "name": "neo4j",
                    "type": "standard",
                    "access": "read-write",
                    "address": address,
                    "role": "primary",
                    "writer": name == "server1",
                    "requestedStatus": "online",
                    "currentStatus": "online",
                    "statusMessage": "",
                    "default": True,
                    "currentPrimariesCount": 3,
                    "requestedPrimariesCount": 3,
                }
                for name, address in names.items()
            ]
        if "CREATE" in statement:
            self.written += 1
            self.nodes.add(given["proof"])
        if "DELETE" in statement:
            self.nodes.discard(given["proof"])
        return [{"proof": given["proof"]}]


def send_drivers_to(address: str, conf: Path) -> None:
    """Let a neo4j.conf name another address for Bolt."""
    lines = [
        f"{line.partition('=')[0]}={address}" if "bolt." in line and "_address" in line else line
        for line in conf.read_text().splitlines()
    ]
    conf.write_text("\n".join([*lines, ""]))


def test_an_unhealthy_cluster_is_not_touched_and_a_healthy_one_is_proved_by_neo4j(
    tmp_path: Path,
) -> None:
    neo4j = Neo4j()
    with served() as cluster, neo4j.behind(cluster):
        before = cluster.trees()
        answers = with_login(cluster, tmp_path)

        neo4j.unavailable = "server2"
        refused = wizard("apply", *answers, "--yes", "--json")
        assert refused.exit_code == 1, refused.stdout
        assert ("server-not-available", "server2") in refused.problems
        assert refused.of("change_started") == []
        assert cluster.trees() == before

        neo4j.unavailable = ""
        applied = wizard("apply", *answers, "--yes", "--json")
        assert applied.exit_code == 0, applied.stdout
        codes = {code for code, _server in applied.problems}
        assert {"health-proved", "proof-writes"} <= codes
        assert "health-not-proved" not in codes
        assert any("deleted again" in said["message"] for said in applied.of("said"))
        assert (neo4j.written, neo4j.nodes) == (1, set())

        verified = wizard("verify", *answers, "--json")
        assert verified.exit_code == 0, verified.stdout
        assert neo4j.written == 1
        neo4j.unavailable = "server3"
        verified = wizard("verify", *answers, "--json")
        assert verified.exit_code == 1
        assert ("server-not-available", "server3") in verified.problems
        for ended in (refused, applied, verified):
            assert PASSWORD not in ended.stdout + ended.stderr


def test_a_wrong_password_changes_nothing_and_a_missing_one_is_asked_for(tmp_path: Path) -> None:
    with served() as cluster, Neo4j().behind(cluster):
        refused = wizard("apply", *with_login(cluster, tmp_path, "a wrong one"), "--yes", "--json")
        assert refused.exit_code == 1, refused.stdout
        assert "neo4j-login-refused" in {code for code, _server in refused.problems}
        assert refused.of("change_started") == []
        answers = with_login(cluster, tmp_path)[:2]
        secrets = ["--secrets", str(cluster.folder / "secrets.toml")]
        missing = wizard("apply", *answers, *secrets, "--yes", "--json")
        assert missing.exit_code == 2
        assert "neo4j_password" in missing.stdout + missing.stderr


def test_where_there_is_no_bolt_that_is_said_and_stands_in_nobodys_way(tmp_path: Path) -> None:
    with served() as cluster:
        answers = with_login(cluster, tmp_path)
        planned = wizard("plan", *answers, "--json")
        assert planned.exit_code == 0, planned.stdout
        (note,) = [p for p in planned.of("problem") if p["problem"] == "health-not-proved"]
        assert note["severity"] == "note"
        assert "Bolt" in note["message"]
        assert wizard("plan", *answers, "--json").stdout == planned.stdout
        applied = wizard("apply", *answers, "--yes", "--json")
        assert applied.exit_code == 0, applied.stdout
