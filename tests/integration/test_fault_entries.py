"""Ways in that close: passwords that have run out, keys taken back, logins that run no command."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import make_home
from sshd import Sshd, make_key, password_user, running_sshd
from waiting import started, until

from wizard.errors import RemoteError, UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.staging import stage, validate
from wizard.remote.steps import restore
from wizard.remote.survey import survey
from wizard.secret import Secret

pytestmark = pytest.mark.sshd


def enter(sshd: Sshd, access: AccessSettings, user: str = "", **words: str) -> Connection:
    return connect(
        access,
        ServerSettings(name=SERVER, ssh=f"{user or sshd.user}@{sshd.host}:{sshd.port}"),
        Secrets(common={name: Secret(word) for name, word in words.items()}),
        HostKeys([sshd.known_hosts], sshd.directory / "own"),
        10,
    )


@contextlib.contextmanager
def with_agent(folder: Path, *keys: Path) -> Iterator[str]:
    """An agent that holds these keys, in this order."""
    place = str(folder / "agent")
    with started(["ssh-agent", "-D", "-a", place], stdout=subprocess.DEVNULL):
        until(Path(place).exists, "the agent does not listen")
        for key in keys:
            command = ["ssh-add", "-q", str(key)]
            subprocess.run(command, env={**os.environ, "SSH_AUTH_SOCK": place}, check=True)
        yield place


# Without PAM sshd asks nobody who comes with a key for a password.
@pytest.mark.parametrize(("pam", "way"), [("no", "password"), ("yes", "password"), ("yes", "key")])
def test_a_password_that_has_to_be_changed_first_is_told_at_the_first_look(
    tmp_path: Path, pam: str, way: str
) -> None:
    # The user who logs in may not enter the folder of the test, where the key stands.
    keys = tmp_path / "sshd" / "authorized_keys"
    by_root = (f"AuthorizedKeysCommand /bin/cat {keys}", "AuthorizedKeysCommandUser root")
    with (
        running_sshd(tmp_path / "sshd", options=(f"UsePAM {pam}", *by_root)) as sshd,
        password_user(sshd.home) as (name, password),
    ):
        sshd.directory.chmod(0o755)
        access = AccessSettings(identity_file=str(sshd.identity_file))
        if way == "password":
            access = AccessSettings(ask_password=True)
        subprocess.run(["chage", "-d", "0", name], check=True, timeout=20)
        with contextlib.closing(enter(sshd, access, name, ssh_password=password)) as connection:
            server = ServerSettings(name=SERVER, ssh=sshd.ssh)
            with pytest.raises(
                RemoteError, match="password of the login on server1 has expired"
            ) as caught:
                survey(connection, server, ())
        assert caught.value.code == "login-expired"
        assert "\\x" not in caught.value.message
        assert list(sshd.home.iterdir()) == []


# paramiko closes its socket to an agent when nobody holds a key of it any more
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_lets_us_try_once_is_told_which_key_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [make_key(tmp_path / name) for name in ("first", "second")]
    with (
        running_sshd(tmp_path / "sshd", options=("MaxAuthTries 1",)) as sshd,
        with_agent(tmp_path, *others, sshd.identity_file) as agent,
    ):
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        with pytest.raises(UnreachableError, match="after our first try") as caught:
            enter(sshd, AccessSettings(agent=True))
        assert "access.identity_file" in caught.value.hint
        assert sshd.log().count("Failed publickey") == 1
        named = AccessSettings(agent=True, identity_file=str(sshd.identity_file))
        enter(sshd, named).close()
        assert sshd.log().count("Failed publickey") == 1
        del caught
        gc.collect()


def test_a_key_taken_back_between_two_steps_ends_no_connection_that_is_held(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd:
        one = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        before, order = one.trees(), one.order()
        with contextlib.closing(one.log_in()) as held:
            stage(held, order)
            (sshd.directory / "authorized_keys").write_bytes(b"")
            with pytest.raises(UnreachableError) as caught:
                one.log_in()
            assert caught.value.code == "login-refused"
            assert sshd.log().count("Failed publickey") == 1
            validate(held, order)
            assert restore(held, RUN, SERVER).restored
        assert one.trees() == before


FORCED = {
    "files only": ("ForceCommand internal-sftp",),
    "files only, locked in": ("ForceCommand internal-sftp", "ChrootDirectory /run/sshd"),
    "a menu": ("ForceCommand echo Welcome; exit 1",),
    "nobody": ("ForceCommand /bin/false",),
}


@pytest.mark.parametrize("case", FORCED)
def test_a_login_that_runs_no_command_of_ours_is_told_before_anything_is_done(
    tmp_path: Path, case: str
) -> None:
    with running_sshd(tmp_path / "sshd", options=FORCED[case]) as sshd:
        one = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        before = one.trees()
        server = ServerSettings(name=SERVER, ssh=sshd.ssh, home=str(one.home))
        with contextlib.closing(one.log_in()) as connection:
            for act in (
                lambda: survey(connection, server, ()),
                lambda: stage(connection, one.order()),
            ):
                with pytest.raises(RemoteError, match="did not run a POSIX shell") as caught:
                    act()
                assert caught.value.code == "no-shell"
                assert "forced commands" in caught.value.hint
        assert one.trees() == before
