"""Files as their owner, and Neo4j's unit by one narrow rule of real sudo; or refused beforehand."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cuts import SERVER, Scene
from test_fault_services import SYSTEMCTL
from test_fault_sudo import Place, log_in, place

from wizard.errors import RemoteError
from wizard.model.facts import Control
from wizard.model.settings import Become, ServerSettings
from wizard.remote.connection import Connection
from wizard.remote.steps import Service, is_running, start, stop
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd

ROOT_ALONE = """
case $1 in start | stop)
    [ "$(id -u)" = 0 ] || { echo "Interactive authentication required." >&2; exit 1; } ;;
esac
"""
LOADED = """[ "$1$3" != showLoadState ] || { echo LoadState=loaded; exit; }
"""
EXACT = "{user} ALL=(root) NOPASSWD: {bin}/systemctl stop neo4j, {bin}/systemctl start neo4j"
WIDE = "{user} ALL=(root) NOPASSWD: {bin}/systemctl * neo4j"
OTHER = "{user} ALL=(root) NOPASSWD: {bin}/systemctl restart neo4j"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A server whose files are the login's own, and whose unit is root's."""

    at: Place
    folder: Path

    @property
    def service(self) -> Service:
        return replace(Scene(sshd=self.at.sshd, home=self.at.home).service, service="systemd:neo4j")

    def logged_in(self) -> Connection:
        return log_in(self.at, Become.NONE)

    def control(self) -> Control:
        server = ServerSettings(
            name=SERVER, ssh="a@b", home=str(self.at.home), service="systemd:neo4j"
        )
        with contextlib.closing(self.logged_in()) as connection:
            return survey(connection, server, ()).control


@pytest.fixture
def unit(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Unit]:
    manager = tmp_path / "manager"
    (manager / "bin").mkdir(parents=True)
    systemctl = manager / "bin" / "systemctl"
    first, rest = SYSTEMCTL.replace('kill -0 "', '[ -d "/proc/').split("\n", 1)
    rest = rest.replace('")" 2>/dev/null; }', '")" ]; }', 1)
    systemctl.write_text(f"{first}\n{LOADED}{ROOT_ALONE}{rest}")
    systemctl.chmod(0o755)
    rule = request.param.replace("{bin}", str(manager / "bin"))
    path = f"{manager / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin"
    with place(tmp_path, rule, PATH=path) as at:
        for one in (at.home, *at.home.rglob("*")):
            shutil.chown(one, at.user, at.user)
        manager.chmod(0o755)
        (manager / "pid").touch()
        for one in (manager / "pid", manager / "asked"):
            one.touch()
            one.chmod(0o666)
        yield Unit(at=at, folder=manager)
    with contextlib.suppress(ProcessLookupError, ValueError):
        os.kill(int((manager / "pid").read_text()), signal.SIGKILL)


@pytest.mark.parametrize("unit", [EXACT, WIDE], indirect=True, ids=["exact", "wide"])
def test_one_rule_for_the_unit_is_enough(unit: Unit) -> None:
    assert unit.control() is Control.YES
    with contextlib.closing(unit.logged_in()) as connection:
        start(connection, unit.service, [])
        assert is_running(connection, unit.service)
        stop(connection, unit.service, 20)
        assert not is_running(connection, unit.service)


@pytest.mark.parametrize("unit", [OTHER], indirect=True, ids=["other"])
def test_without_such_a_rule_it_is_known_beforehand(unit: Unit) -> None:
    wanted = Control.UNKNOWN if shutil.which("pkcheck") else Control.NO
    assert unit.control() is wanted
    with (
        contextlib.closing(unit.logged_in()) as connection,
        pytest.raises(RemoteError, match="authentication"),
    ):
        start(connection, unit.service, [])
