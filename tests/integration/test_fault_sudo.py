"""What real sudo does by its rules: lets in, asks, lectures, wants a terminal, forbids."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_neo4j import make_home, snapshot
from sshd import Sshd, password_user, running_sshd

from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, Become, ServerSettings
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.survey import survey
from wizard.secret import Secret

pytestmark = pytest.mark.sshd


@dataclass(frozen=True, kw_only=True)
class Place:
    """An sshd whose own sudoers file lets a user with a password do what a test says."""

    sshd: Sshd
    user: str
    password: str
    home: Path


@contextlib.contextmanager
def place(folder: Path, rules: str, **environment: str) -> Iterator[Place]:
    """Run an sshd in a mount namespace where these are the only rules of sudo."""
    if not shutil.which("sudo") or os.geteuid() != 0 or not shutil.which("unshare"):
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("this test needs root, sudo and unshare")
    sudoers = folder / "sudoers"
    (folder / "sshd" / "home").mkdir(parents=True)
    with password_user(folder / "sshd" / "home", "/bin/sh") as (user, password):
        sudoers.write_text(rules.format(user=user) + "\n", "utf-8")
        sudoers.chmod(0o440)
        subprocess.run(["visudo", "-c", "-q", "-f", sudoers], check=True, timeout=20)
        shutil.chown(folder / "sshd" / "home", user)
        mount = f"mount --bind '{sudoers}' /etc/sudoers && mount -t tmpfs none /etc/sudoers.d"
        lectures = 'mount -t tmpfs none /var/lib/sudo; mount -t tmpfs none /run/sudo; exec "$@"'
        script = f"{mount} && {{ {lectures}; }}"
        within = ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh")
        for path in (*folder.parents[:3], folder):
            path.chmod(0o755)
        with running_sshd(folder / "sshd", within=within, environment=environment) as sshd:
            home = make_home(folder / "a home")
            (home / "conf").chmod(0o700)
            yield Place(sshd=sshd, user=user, password=password, home=home)


def log_in(at: Place, become: Become, password: str = "") -> Connection:
    """Log in by key, and give sudo this password."""
    return connect(
        AccessSettings(identity_file=str(at.sshd.identity_file), become=become),
        ServerSettings(name="server1", ssh=f"{at.user}@{at.sshd.host}:{at.sshd.port}"),
        Secrets(common={"sudo_password": Secret(password or at.password)}),
        HostKeys([at.sshd.known_hosts], at.sshd.directory / "own"),
        10,
    )


def look(at: Place, become: Become, password: str = "") -> bytes:
    """Survey as root would: only root can read this neo4j.conf."""
    with contextlib.closing(log_in(at, become, password)) as connection:
        server = ServerSettings(name="server1", ssh=at.sshd.ssh, home=str(at.home))
        return survey(connection, server, ()).conf


ALL = "{user} ALL=(ALL) "


@pytest.mark.parametrize(
    ("rules", "become"),
    [
        (ALL + "NOPASSWD: ALL", Become.SUDO),
        (ALL + "NOPASSWD: ALL", Become.SUDO_PASSWORD),
        (ALL + "ALL", Become.SUDO_PASSWORD),
        ("Defaults lecture=always\n" + ALL + "ALL", Become.SUDO_PASSWORD),
        ("Defaults use_pty\n" + ALL + "ALL", Become.SUDO_PASSWORD),
        ("Defaults badpass_message=nein\nDefaults insults\n" + ALL + "ALL", Become.SUDO_PASSWORD),
        (
            "Defaults secure_path=/usr/bin:/bin\nDefaults env_reset\n" + ALL + "ALL",
            Become.SUDO_PASSWORD,
        ),
    ],
    ids=["free", "free-though-offered", "asks", "lectures", "own-pty", "insults", "poor-path"],
)
def test_sudo_lets_us_in_by_its_rules(tmp_path: Path, rules: str, become: Become) -> None:
    with place(tmp_path, rules) as at:
        assert look(at, become) == (at.home / "conf" / "neo4j.conf").read_bytes()


@pytest.mark.parametrize(
    ("rules", "become", "password", "tries"),
    [
        (ALL + "ALL", Become.SUDO, "", 0),
        (ALL + "ALL", Become.SUDO_PASSWORD, "wrong", 1),
        ("Defaults requiretty\n" + ALL + "NOPASSWD: ALL", Become.SUDO, "", 0),
        ("Defaults requiretty\n" + ALL + "ALL", Become.SUDO_PASSWORD, "", 0),
        (ALL + "NOPASSWD: /usr/bin/systemctl", Become.SUDO, "", 0),
        ("root ALL=(ALL) ALL", Become.SUDO_PASSWORD, "", 1),
    ],
    ids=["no-password", "wrong-password", "tty", "tty-and-password", "one-command", "nobody"],
)
def test_sudo_that_does_not_let_us_in_says_why_before_anything_is_done(
    tmp_path: Path, rules: str, become: Become, password: str, tries: int
) -> None:
    with place(tmp_path, "Defaults logfile=" + str(tmp_path / "sudo.log") + "\n" + rules) as at:
        before = snapshot(at.home)
        with pytest.raises(RemoteError) as caught:
            look(at, become, password)
        assert caught.value.code == "become-refused"
        assert caught.value.message.startswith("sudo on server1 did not let us in: ")
        assert at.password not in caught.value.message
        assert snapshot(at.home) == before
        log = tmp_path / "sudo.log"
        told = log.read_text("utf-8", errors="replace") if log.exists() else ""
        assert told.count("incorrect password attempt") in {0, tries}
        assert "3 incorrect" not in told


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "C.UTF-8", "tr_TR.UTF-8"])
def test_the_language_of_the_server_makes_no_difference(tmp_path: Path, language: str) -> None:
    words = {"LC_ALL": language, "LANG": language, "LANGUAGE": language[:2]}
    with place(tmp_path, 'Defaults passprompt="Bitte: "\n' + ALL + "ALL", **words) as at:
        assert look(at, Become.SUDO_PASSWORD) == (at.home / "conf" / "neo4j.conf").read_bytes()
