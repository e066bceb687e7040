"""Names that are commands, in every field of every step, for the login shells people have."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import make_home
from sshd import password_user, running_sshd

from wizard.errors import RemoteError
from wizard.model.settings import ServerSettings
from wizard.remote.name_answers import ask_names
from wizard.remote.staging import StageFile, StageOrder, commit, stage, validate
from wizard.remote.steps import is_running, read_tail, restore, start, stop
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd


def hostile(word: str) -> list[str]:
    """Names that would leave a file of this name somewhere, were they ever read as a command."""
    return [
        f"$(touch {word})",
        f"`touch {word}`",
        f"a;touch {word};b",
        f"'; touch {word} #",
        f'" && touch {word} && "',
        f"-e touch {word}",
        f"a\\$(touch {word})\\",
        f"*{{a,b}}?[c]~!!%s%n\t$IFS|touch {word}&",
    ]


SHELLS = ["bash", "dash", "fish"]


def order_for(one: Scene, name: str) -> StageOrder:
    """An order with this name wherever a name can be."""
    order = one.order()
    folder = one.home / "certificates"
    files = (
        StageFile(path=".", mode=0o755, content=None),
        StageFile(path=f"./{name}", mode=0o755, content=None),
        StageFile(path=f"./{name}/{name}.crt", mode=0o644, content=b"certificate\n"),
    )
    words = (f"{name} (root@{name})",)
    base = str(folder / f"cluster-{RUN}{name}")
    return replace(order, files=files, of_the_run=words, base_directory=base)


@pytest.mark.parametrize("shell", SHELLS)
def test_no_name_in_any_field_is_ever_a_command(tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None or os.geteuid() != 0:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"this test needs root, and the login shell {shell}")
    word = f"pwned-{secrets.token_hex(4)}"
    with (
        running_sshd(tmp_path / "sshd") as sshd,
        password_user(sshd.home, program, uid=0) as (user, _),
    ):
        sshd.user = user
        for at, name in enumerate(hostile(word)[SHELLS.index(shell) :: len(SHELLS)]):
            home = make_home(tmp_path / str(at) / name)
            one = Scene(sshd=sshd, home=home)
            before, order = one.trees()[0], order_for(one, name)
            service = replace(one.service, server=SERVER)
            with contextlib.closing(one.log_in()) as connection:
                server = ServerSettings(name=SERVER, ssh=sshd.ssh, home=str(home), conf="detect")
                assert survey(connection, server, (name,)).home == str(home)
                for odd in (
                    replace(server, home=name),
                    replace(server, conf=name),
                    replace(server, service=f"systemd:{name}"),
                ):
                    with contextlib.suppress(RemoteError, Exception):
                        survey(connection, odd, (name,))
                ask_names(connection, [name])
                follower = connection.follow(f"{home}/{name}")
                follower.close()
                undo = Path(stage(connection, order).undo)
                validate(connection, order)
                start(connection, service, [f"{home}/logs/{name}"])
                stop(connection, service, 10)
                commit(connection, order)
                for other in (f"systemd:{name}", name):
                    with contextlib.suppress(RemoteError):
                        is_running(connection, replace(service, service=other))
                read_tail(connection, f"{home}/{name}")
                for script in ("finish.sh", "undo.sh"):
                    subprocess.run(
                        ["sh", undo / script], input=b"yes\nno\n", check=False, timeout=60
                    )
                restore(connection, RUN, SERVER)
            assert one.trees()[0] == before, name
        places = [tmp_path, sshd.home]
        assert not [path for place in places for path in place.rglob(word)]
    assert not Path(f"/{word}").exists()
    assert not Path(word).exists()


def test_a_name_that_is_a_command_would_be_noticed(tmp_path: Path) -> None:
    word = f"pwned-{secrets.token_hex(4)}"
    for name in hostile(word)[:3]:
        place = tmp_path / secrets.token_hex(4)
        place.mkdir()
        subprocess.run(["sh", "-c", f"true {name}"], cwd=place, check=False, timeout=20)
        assert [path.name for path in place.iterdir()] == [word], name
