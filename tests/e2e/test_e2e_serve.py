"""`practice --serve` in one terminal, every verb from another: the whole walk without a screen."""

from __future__ import annotations

import json
from pathlib import Path

from black_box import Ended, mentions, served, tree, wizard


def finished(ended: Ended) -> tuple[str, int]:
    last = ended.events[-1]
    return last["result"], last["exit_code"]


def test_the_walk_from_another_terminal_and_back_again() -> None:
    with served() as cluster:
        before = {home: tree(home) for home in cluster.homes}

        assert wizard("verify", "--answers", cluster.answers, "--json").exit_code == 1

        applied = wizard("apply", "--answers", cluster.answers, "--yes", "--json")
        assert (applied.exit_code, finished(applied)) == (0, ("ok", 0)), applied.stderr
        assert applied.events[0]["event"] == "started"
        assert {(link["server"], link["peer"]) for link in applied.of("link")} == {
            (one["name"], other["name"])
            for one in cluster.servers
            for other in cluster.servers
            if one is not other
        }

        verified = wizard("verify", "--answers", cluster.answers, "--json")
        assert verified.exit_code == 0, verified.stdout
        assert all(probe["ok"] for probe in verified.of("probe") if "ok" in probe)
        strangers = [p for p in verified.of("probe") if p["kind"] != "ours"]
        assert {probe["verdict"] for probe in strangers} == {"refused"}

        again = wizard("apply", "--answers", cluster.answers, "--yes", "--json")
        assert again.exit_code == 0
        assert again.of("change_started") == []

        assert "applied" in wizard("runs").stdout

        undone = wizard("undo", "--yes", "--json")
        assert (undone.exit_code, finished(undone)) == (0, ("ok", 0)), undone.stderr
        assert {home: tree(home) for home in cluster.homes} == before

        plaintext = wizard("verify", "--answers", cluster.answers, "--json")
        assert plaintext.exit_code == 1
        assert "policy-not-enabled" in {code for code, _server in plaintext.problems}
        assert wizard("undo", "--yes").exit_code == 0


def test_a_plan_changes_nothing_and_is_the_same_bytes_twice() -> None:
    with served() as cluster:
        before = {home: tree(home) for home in cluster.homes}
        first = wizard("plan", "--answers", cluster.answers, "--json")
        second = wizard("plan", "--answers", cluster.answers, "--json")
        assert first.exit_code == 0, first.stderr
        assert first.stdout == second.stdout
        assert all("at" not in event for event in first.events)
        assert first.of("change_planned")
        assert {home: tree(home) for home in cluster.homes} == before


def test_verify_names_a_server_that_is_out_of_reach() -> None:
    with served() as cluster:
        text = cluster.answers.read_text()
        ssh = cluster.servers[1]["ssh"]
        port = ssh.rsplit(":", 1)[1]
        away = cluster.answers.with_name("away.toml")
        away.write_text(text.replace(ssh, ssh.removesuffix(port) + "1"))
        away.chmod(0o600)
        for verb, more in (("plan", ()), ("apply", ("--yes",)), ("verify", ())):
            ended = wizard(verb, "--answers", away, "--json", *more)
            assert ended.exit_code == 5, ended.stdout
            assert ("unreachable", "server2") in ended.problems


def test_an_unknown_host_key_without_a_terminal_changes_nothing() -> None:
    with served() as cluster:
        strange = cluster.answers.with_name("strange.toml")
        text = cluster.answers.read_text()
        strange.write_text(text.replace("known_hosts = ", 'known_hosts = "/dev/null" # '))
        strange.chmod(0o600)
        ended = wizard("apply", "--answers", strange, "--yes", "--json")
        assert ended.exit_code == 5
        assert "host-key-unknown" in {code for code, _server in ended.problems}


def test_apply_without_yes_and_without_a_terminal_is_refused() -> None:
    with served() as cluster:
        ended = wizard("apply", "--answers", cluster.answers, "--json")
        assert (ended.exit_code, finished(ended)) == (2, ("refused", 2))


def test_serving_leaves_no_process_and_no_file() -> None:
    with served() as cluster:
        folder = cluster.answers.parent
        assert folder.stat().st_mode & 0o077 == 0
        assert mentions(str(folder))
    assert not folder.exists()
    assert mentions(str(folder)) == []


def test_auto_prints_the_boards_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    ended = wizard("practice", "--auto", TMPDIR=str(place))
    assert ended.exit_code == 0, ended.stderr
    assert "6 of 6 links" in ended.stdout
    for server in ("server1", "server2", "server3"):
        assert server in ended.stdout
    assert list(place.iterdir()) == []
    assert mentions(str(place)) == []


def test_auto_in_json_is_one_stream() -> None:
    ended = wizard("practice", "--auto", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert ended.events[0]["event"] == "started"
    assert ended.events[-1] == ended.events[-1] | {"event": "finished", "exit_code": 0}
    assert all(json.dumps(event) for event in ended.events)
