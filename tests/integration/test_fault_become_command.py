"""A command of the person's own that gains the rights: real sudo, to another user than root."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import snapshot
from sshd import password_user
from test_fault_sudo import Place, place

from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, Become, ServerSettings
from wizard.planning.rescue import rescue_commands
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.staging import StageOrder, commit, stage, validate
from wizard.remote.steps import restore
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd

RULE = "{{user}} ALL=({owner}) NOPASSWD: ALL"


@dataclass(frozen=True, kw_only=True)
class Owned:
    """A Neo4j whose files belong to a user that nobody logs in as."""

    place: Place
    owner: str
    own_home: Path

    @property
    def access(self) -> AccessSettings:
        return self.access_by(f"sudo -n -u {self.owner} --")

    def access_by(self, command: str) -> AccessSettings:
        return AccessSettings(
            identity_file=str(self.place.sshd.identity_file),
            become=Become.COMMAND,
            become_command=command,
        )

    def order(self) -> StageOrder:
        stat = (self.place.home / "conf" / "neo4j.conf").stat()
        order = Scene(sshd=self.place.sshd, home=self.place.home).order()
        return replace(order, owner_uid=stat.st_uid, owner_gid=stat.st_gid)

    def log_in(self, access: AccessSettings) -> Connection:
        sshd = self.place.sshd
        server = ServerSettings(name=SERVER, ssh=f"{self.place.user}@{sshd.host}:{sshd.port}")
        return connect(
            access, server, Secrets(), HostKeys([sshd.known_hosts], sshd.directory / "own"), 10
        )


@pytest.fixture
def owned(tmp_path: Path) -> Iterator[Owned]:
    own_home = tmp_path / "home of the owner"
    own_home.mkdir()
    with (
        password_user(own_home) as (owner, _password),
        place(tmp_path, RULE.format(owner=owner)) as at,
    ):
        for path in (own_home, at.home, *at.home.rglob("*")):
            shutil.chown(path, owner, owner)
        yield Owned(place=at, owner=owner, own_home=own_home)


def test_files_are_changed_and_put_back_as_the_user_the_command_leads_to(owned: Owned) -> None:
    mine = owned.order()
    before, own_before = snapshot(owned.place.home), snapshot(owned.own_home)
    with contextlib.closing(owned.log_in(owned.access)) as connection:
        server = ServerSettings(name=SERVER, ssh="a@b", home=str(owned.place.home))
        assert survey(connection, server, ()).conf_stat.uid == mine.owner_uid
        stage(connection, mine)
        validate(connection, mine)
        commit(connection, mine)
        key = Path(mine.base_directory) / "private.key"
        assert (key.stat().st_uid, key.stat().st_mode & 0o777) == (mine.owner_uid, 0o400)
        run_folder = owned.own_home / ".neo4j-tls" / RUN / SERVER
        _, undo, _ = rescue_commands(RUN, SERVER, owned.access)
        assert (run_folder / "undo.sh").exists()
        assert not (owned.place.sshd.home / ".neo4j-tls").exists()
        assert undo == f"sudo -n -u {owned.owner} -- sh -c 'sh ~/.neo4j-tls/{RUN}/{SERVER}/undo.sh'"
        assert restore(connection, RUN, SERVER).restored
    assert snapshot(owned.place.home) == before
    assert snapshot(owned.own_home) == own_before


def test_the_way_back_by_hand_works_as_it_is_told(owned: Owned) -> None:
    before = snapshot(owned.place.home)
    mine = owned.order()
    with contextlib.closing(owned.log_in(owned.access)) as connection:
        for step in (stage, validate, commit):
            step(connection, mine)
    assert snapshot(owned.place.home) != before
    _, undo, _ = rescue_commands(RUN, SERVER, owned.access)
    sshd = owned.place.sshd
    options = ("-p", str(sshd.port), "-i", str(sshd.identity_file), "-o", "BatchMode=yes")
    known = f"UserKnownHostsFile={sshd.known_hosts}"
    line = ["ssh", "-F", "none", *options, "-o", known, f"{owned.place.user}@{sshd.host}", undo]
    done = subprocess.run(line, check=False, input=b"yes\n", capture_output=True, timeout=60)
    assert done.returncode == 0, done
    assert snapshot(owned.place.home) == before


@pytest.mark.parametrize(
    ("command", "name"),
    [("doas-that-is-not-there -n", "doas-that-is-not-there"), ("sudo -n -u root --", "sudo")],
)
def test_a_command_that_does_not_let_us_in_is_named(owned: Owned, command: str, name: str) -> None:
    before = snapshot(owned.place.home)
    with (
        contextlib.closing(owned.log_in(owned.access_by(command))) as connection,
        pytest.raises(RemoteError) as caught,
    ):
        survey(connection, ServerSettings(name=SERVER, ssh="a@b", home=str(owned.place.home)), ())
    assert caught.value.code == "become-refused"
    assert caught.value.message.startswith(f"{name} on {SERVER} did not let us in: ")
    assert "access.become_command" in str(caught.value.hint)
    assert snapshot(owned.place.home) == before
