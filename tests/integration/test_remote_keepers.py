"""What else looks after a server, found by a real survey on machines made of a few files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_neo4j import make_home
from sshd import Sshd, running_sshd

from wizard.model.facts import ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd

SYSTEMCTL = """#!/bin/sh
case $* in
list-units*) printf '%s\\n' {units} ;;
show*ActiveState*) printf 'ActiveState={state}\\nRestart=always\\n' ;;
*) exit 1 ;;
esac
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that stands for the machine; empty until a test puts something there."""
    return tmp_path_factory.mktemp("machine")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory, machine: Path) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("sshd")
    home = make_home(folder / "neo4j")
    variables = {
        "NEO4J_HOME": str(home),
        "NEO4J_TLS_MACHINE": str(machine),
        "PATH": f"{machine}/bin:{os.environ['PATH']}",
    }
    with running_sshd(folder / "sshd", environment=variables) as server:
        yield server


@contextlib.contextmanager
def standing(machine: Path, files: dict[str, str]) -> Iterator[None]:
    made = [machine / name for name in files]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[str(path.relative_to(machine))])
        path.chmod(0o755)
    yield
    for path in made:
        path.unlink()


def look(sshd: Sshd, tmp_path: Path) -> ServerFacts:
    server = ServerSettings(name="server1", ssh=sshd.ssh)
    access = AccessSettings(identity_file=str(sshd.identity_file))
    keys = HostKeys([sshd.known_hosts], tmp_path / "own")
    connection = connect(access, server, Secrets(), keys, 10)
    try:
        return survey(connection, server, ())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"bin/systemctl": "#!/bin/sh\nexit 1\n"}, set()),
        ({"proc/12/comm": "puppet\n", "proc/13/comm": "sh\n"}, {("puppet", "process")}),
        ({"proc/12/comm": "monit\n", "etc/monitrc": "check process sshd\n"}, set()),
        ({"proc/12/comm": "monit\n", "etc/monit/conf.d/n": "check Neo4j"}, {("monit", "process")}),
        ({"etc/monitrc": "check process neo4j\n"}, set()),
        ({"etc/cron.d/x": "# puppet agent\n* * * * * root chef-client\n"}, {("chef", "cron")}),
        (
            {"opt/puppetlabs/puppet/cache/state/agent_disabled.lock": "{}"},
            {("puppet", "disabled")},
        ),
        (
            {
                "bin/systemctl": SYSTEMCTL.format(
                    units="'puppet.timer loaded' puppetserver.service salt-minion.service",
                    state="active",
                )
            },
            {("puppet", "unit"), ("salt", "unit"), ("systemd", "unit")},
        ),
        ({"bin/systemctl": SYSTEMCTL.format(units="", state="inactive")}, set()),
    ],
)
def test_keepers_are_found_by_their_signs(
    sshd: Sshd, machine: Path, tmp_path: Path, files: dict[str, str], found: set[tuple[str, str]]
) -> None:
    quiet = {"bin/systemctl": "#!/bin/sh\nexit 1\n"}
    with standing(machine, quiet | files):
        facts = look(sshd, tmp_path)
    assert {(keeper.word, keeper.kind.value) for keeper in facts.keepers} == found


def test_a_keepers_sign_from_a_hostile_machine_is_text(
    sshd: Sshd, machine: Path, tmp_path: Path
) -> None:
    name = "etc/cron.d/$(touch never) \033[2J"
    with standing(machine, {name: "* * * * * root puppet agent -t\n"}):
        (keeper,) = look(sshd, tmp_path).keepers
    assert keeper.sign == str(machine / name)
