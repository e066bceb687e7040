"""A command that prints the key's password: Neo4j's own classes run it where the wizard says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from judge_artifacts import ALL_VERSIONS, Installed
from judge_bench import Bench
from judge_process import Judge
from judge_verdicts import neo4j_start

from wizard.errors import ConfError
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import PASSWORD_FILE, password_command
from wizard.neo4j.versions import rules_for
from wizard.pki.keys import private_key_pem
from wizard.practice.neo4j.command_expansion import expanded
from wizard.secret import Secret

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles

SEALED_WITH = "k9WmQz7Rt2XvB4nY"
EXPANDING = sorted(one for one in ALL_VERSIONS if rules_for(one).expands_commands)
ASKED = (*EXPANDING[:2], EXPANDING[-1])
"""The two between which the rule on the file's mode changes, and the newest."""


@pytest.fixture(params=ASKED, ids=str)
def judge(request: pytest.FixtureRequest, installed: dict[Version, Installed]) -> Iterator[Judge]:
    with Judge(installed[request.param]) as running:
        yield running


def test_neo4j_opens_the_key_by_a_command_where_its_mode_allows_that(
    judge: Judge, tmp_path: Path
) -> None:
    bench = Bench(tmp_path, judge.version, 1)
    server = bench.one
    leaf = bench.leaf(server)
    server.show(leaf)
    server.put("private.key", private_key_pem(leaf.key, Secret(SEALED_WITH)))
    server.put(PASSWORD_FILE, SEALED_WITH.encode() + b"\n")
    command = password_command(str(server.base))
    server.say("private_key_password", command)
    server.write_conf()
    for mode in (0o600, 0o400, 0o640, 0o440, 0o644, 0o660, 0o604, 0o700):
        server.conf.chmod(mode)
        start = neo4j_start(judge.load(f"{mode:o}", server.conf, server.home, expand=True))
        assert (start.outcome == "yes") is not bool(
            mode & ~rules_for(judge.version).command_conf_mode
        )
        assert (start.outcome == "yes") is _runs(server.conf, judge.version), start
    server.conf.chmod(0o600)
    refused = neo4j_start(judge.load("without", server.conf, server.home))
    assert "is a command, but config is not explicitly told to expand it" in str(refused)
    server.put(PASSWORD_FILE, b"another1234567890\n")
    assert neo4j_start(judge.load("other", server.conf, server.home, expand=True)).outcome != "yes"


def _runs(conf: Path, version: Version) -> bool:
    """What a practice server makes of the same file."""
    try:
        expanded(Conf.parse(conf.read_bytes()), conf, version)
    except ConfError as error:
        return "does not have the correct file permissions" not in error.message
    return True
