"""A key's password that a command in neo4j.conf prints: from the plan to the last byte put back."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from test_engine_walk import exit_code, problems, request_for, told, trees
from waiting import until

from wizard.engine.events import ChangePlanned
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, resume_walk, undo_walk, verify_walk
from wizard.interview.answers import load, to_toml
from wizard.model.settings import KeyPasswordIn
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import PASSWORD, password_file
from wizard.practice.cluster import PracticeCluster

FLAG = "--expand-commands"
_COMMAND_S = 60


def restart(cluster: PracticeCluster, *flags: str) -> None:
    """As whoever looks after the servers starts them."""
    for server in cluster.servers:
        command = [str(Path(server.home) / "bin" / "neo4j"), "restart", *flags]
        subprocess.run(command, check=True, timeout=_COMMAND_S, capture_output=True)


def wanted(cluster: PracticeCluster, **changes: Any) -> Request:
    request = request_for(cluster)
    settings = replace(request.settings, key_password_in=KeyPasswordIn.COMMAND)
    answers = load(cluster.answers_path).with_answer("keys.password_in", "command")
    return replace(request, settings=settings, answers_toml=to_toml(answers), **changes)


def test_there_and_back_again_with_a_command() -> None:
    with PracticeCluster() as cluster:
        restart(cluster, FLAG)
        before, request = trees(cluster), wanted(cluster)

        applied = told(apply_walk, request)
        assert exit_code(applied) == 0, problems(applied)
        for server in cluster.servers:
            conf = Conf.parse((Path(server.home) / "conf" / "neo4j.conf").read_bytes())
            named = password_file(conf.values[PASSWORD])
            assert named is not None
            file = Path(named)
            password = file.read_text(encoding="ascii").strip()
            assert file.stat().st_mode & 0o777 == 0o400
            assert (
                file.parent
                == Path(server.home)
                / conf.values[PASSWORD.replace("private_key_password", "base_directory")]
            )
            assert password.encode() not in conf.to_bytes()

        assert exit_code(told(verify_walk, request)) == 0
        again = told(apply_walk, request)
        assert exit_code(again) == 0
        assert not any(isinstance(event, ChangePlanned) for event in again)
        assert exit_code(told(undo_walk, request)) == 0
        assert trees(cluster) == before


def test_without_the_flag_nothing_is_changed() -> None:
    with PracticeCluster(servers=1) as cluster:
        before = trees(cluster)
        events = told(apply_walk, wanted(cluster))
        assert exit_code(events) == 1
        assert ("expand-commands-missing", "server1") in problems(events)
        assert trees(cluster) == before


def test_a_staged_run_is_gone_on_with_and_a_server_refuses_to_start_without_the_flag() -> None:
    with PracticeCluster(servers=1) as cluster:
        restart(cluster, FLAG)
        (server,) = cluster.servers
        conf = Path(server.home) / "conf" / "neo4j.conf"
        assert exit_code(told(apply_walk, wanted(cluster, until_staged=True))) == 0
        assert exit_code(told(resume_walk, wanted(cluster))) == 0
        assert exit_code(told(verify_walk, wanted(cluster))) == 0

        assert "not explicitly told to expand it" in refusal(server.home)
        conf.chmod(0o644)
        words = refusal(server.home, FLAG)
        assert "does not have the correct file permissions to evaluate commands" in words
        conf.chmod(0o640)
        restart(cluster, FLAG)
        assert exit_code(told(verify_walk, wanted(cluster))) == 0


def refusal(home: str, *flags: str) -> str:
    """Start it so that it does not stay, and return what it logs of that."""
    log = Path(home) / "logs" / "neo4j.log"
    before = log.stat().st_size
    neo4j = str(Path(home) / "bin" / "neo4j")
    for words in (["stop"], ["start", *flags]):
        subprocess.run([neo4j, *words], check=False, timeout=_COMMAND_S, capture_output=True)
    pid = Path(home) / "run" / "neo4j.pid"
    until(lambda: not pid.exists(), "it refuses to start")
    return log.read_bytes()[before:].decode()
