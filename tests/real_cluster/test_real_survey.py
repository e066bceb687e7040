"""The wizard's survey finds a real core behind its sshd, and each sees its own disk and network."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from real_artifacts import POLICY
from real_cores import RealCluster
from real_server import HOME

from wizard.model.facts import Edition, Platform, ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.model.version import Version
from wizard.remote.host_keys import HostKeys
from wizard.remote.login import connect
from wizard.remote.survey import survey

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]


def _look(cluster: RealCluster, own: Path, names: tuple[str, ...]) -> list[ServerFacts]:
    answers = tomllib.loads(cluster.answers.read_text())
    access = AccessSettings(identity_file=answers["access"]["identity_file"])
    keys = HostKeys([Path(answers["access"]["known_hosts"])], own)
    found = []
    for server in answers["servers"]:
        settings = ServerSettings(name=server["name"], ssh=server["ssh"], home=server["home"])
        with contextlib.closing(connect(access, settings, Secrets(), keys, 10)) as connection:
            found.append(survey(connection, settings, names))
    return found


def test_the_survey_finds_three_enterprise_servers_of_3_5(
    laid: Callable[[Path], AbstractContextManager[RealCluster]], tmp_path: Path
) -> None:
    with laid(tmp_path / "real") as cluster:
        names = tuple(server.address for server in cluster.servers)
        facts = _look(cluster, tmp_path / "own", names)
        expected = {server.address: (server.ip,) for server in cluster.servers}
    for server, one in zip(cluster.servers, facts, strict=True):
        assert (one.platform, one.edition) == (Platform.SERVER, Edition.ENTERPRISE)
        assert one.version == Version.parse(POLICY)
        assert (one.home, one.service, one.running) == (HOME, "bin", False)
        assert f"default_advertised_address={server.address}".encode() in one.conf
        assert one.resolved == expected
        assert (server.ip, 22) in one.listening
