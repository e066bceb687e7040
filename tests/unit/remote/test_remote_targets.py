"""Where an `ssh` answer leads, with and without the person's ssh_config."""

from __future__ import annotations

import getpass
import shutil
from pathlib import Path

import pytest

from wizard.errors import UnreachableError
from wizard.remote.home_path import home_path
from wizard.remote.ssh.targets import resolve


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/nonexistent"}


@pytest.mark.parametrize(
    ("answer", "user", "host", "port"),
    [
        ("admin@10.0.0.1", "admin", "10.0.0.1", 22),
        ("admin@10.0.0.1:2222", "admin", "10.0.0.1", 2222),
        (" admin@db1.example.com:22 ", "admin", "db1.example.com", 22),
        ("admin@[2001:db8::1]:2222", "admin", "2001:db8::1", 2222),
        ("admin@[2001:db8::1]", "admin", "2001:db8::1", 22),
        ("admin@2001:db8::1", "admin", "2001:db8::1", 22),
        ("DOMAIN\\me@corp@db1", "DOMAIN\\me@corp", "db1", 22),
        ("10.0.0.1:2222", getpass.getuser(), "10.0.0.1", 2222),
    ],
)
def test_an_answer_is_read(
    answer: str, user: str, host: str, port: int, environ: dict[str, str]
) -> None:
    target = resolve(answer, "server1", environ)
    assert (target.user, target.host, target.port, target.jump) == (user, host, port, None)


@pytest.mark.parametrize(
    "answer",
    ["", "admin@", "admin@db1:port", "admin@db1:99999", "admin@-oProxyCommand=x", "a@b c", "a@[x"],
)
def test_an_answer_that_leads_nowhere_is_refused(answer: str, environ: dict[str, str]) -> None:
    with pytest.raises(UnreachableError, match="can't be read"):
        resolve(answer, "server1", environ)


CONFIG = """\
Host db1
  HostName 10.9.8.7
  Port 2200
  User neo
  IdentityFile ~/.ssh/special
  ProxyJump bastion
Host db2
  ProxyCommand nc %h %p
"""


@pytest.fixture(params=["ssh", "without ssh"])
def configured(request: pytest.FixtureRequest, environ: dict[str, str]) -> dict[str, str]:
    folder = Path(environ["HOME"]) / ".ssh"
    folder.mkdir()
    (folder / "config").write_text(CONFIG, "ascii")
    if request.param == "ssh":
        if shutil.which("ssh") is None:
            pytest.skip("ssh is not installed here")
        environ["PATH"] = "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin"
    return environ


def test_an_alias_brings_everything_with_it(configured: dict[str, str]) -> None:
    target = resolve("db1", "server1", configured)
    assert (target.user, target.host, target.port) == ("neo", "10.9.8.7", 2200)
    assert target.jump == "bastion"
    assert any(path.endswith(".ssh/special") for path in target.identity_files)


def test_a_typed_port_comes_before_the_alias(configured: dict[str, str]) -> None:
    assert resolve("db1:2222", "server1", configured).port == 2222


def test_with_a_user_it_is_no_alias(configured: dict[str, str]) -> None:
    target = resolve("admin@db1", "server1", configured)
    assert (target.host, target.port, target.jump) == ("db1", 22, None)


def test_a_proxy_command_is_refused_with_the_way_out(configured: dict[str, str]) -> None:
    with pytest.raises(UnreachableError, match="ProxyCommand"):
        resolve("db2", "server1", configured)


def test_a_tilde_follows_the_environment() -> None:
    assert home_path("~/.ssh/key", {"HOME": "/somewhere"}) == Path("/somewhere/.ssh/key")
    assert home_path("/etc/key", {"HOME": "/somewhere"}) == Path("/etc/key")
