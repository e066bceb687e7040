"""One run's steps over a connection that fails at a given place, and what must hold afterwards.

Run as a program it cuts at every message of the whole sequence, and at random bytes, and tells.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cutting import CuttingProxy, Fault, Way, cutting
from fake_neo4j import make_home, snapshot
from sshd import Sshd, running_sshd

from wizard.errors import RemoteError, UnreachableError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.staging import StageFile, StageOrder, commit, stage, validate
from wizard.remote.steps import Service, is_running, restore, start, stop

RUN = "20261122-101500-ab12"
SERVER = "server1"
STEPS = ("stage", "validate", "stop", "commit", "start", "stop again", "restore")
LIMIT_S = 20.0
"""The longest any call may take here, far above what one needs."""

_AROUND = 5
"""How far from the middle of a step a cut is tried."""

_MOVING = ("logs", "run")
"""Folders of Neo4j that a start and a stop change by themselves."""


@dataclasses.dataclass(kw_only=True)
class Scene:
    """An sshd and a Neo4j that runs, before any step."""

    sshd: Sshd
    home: Path

    @property
    def service(self) -> Service:
        """How it is started and stopped."""
        conf = str(self.home / "conf" / "neo4j.conf")
        return Service(service="bin", home=str(self.home), conf_file=conf, run=RUN, server=SERVER)

    def order(self) -> StageOrder:
        """What is staged."""
        conf = self.home / "conf" / "neo4j.conf"
        folder = self.home / "certificates"
        return StageOrder(
            run=RUN,
            server=SERVER,
            of_the_run=("server1 (a)", "server2 (b)"),
            home=str(self.home),
            conf_file=str(conf),
            certificates=str(folder),
            base_directory=str(folder / f"cluster-{RUN}"),
            conf=conf.read_bytes() + b"dbms.ssl.policy.cluster.client_auth=REQUIRE\n" * 2000,
            conf_sha256=hashlib.sha256(conf.read_bytes()).hexdigest(),
            conf_mode=0o600,
            owner_uid=os.getuid(),
            owner_gid=os.getgid(),
            files=(
                StageFile(path=".", mode=0o755, content=None),
                StageFile(path="trusted", mode=0o755, content=None),
                StageFile(path="private.key", mode=0o400, content=os.urandom(90_000)),
                StageFile(path="trusted/ca.crt", mode=0o644, content=b"ca\n" * 700),
            ),
        )

    def log_in(self, port: int | None = None) -> Connection:
        """Connect straight, or through a proxy's port."""
        host = self.sshd.host
        own = self.sshd.directory / "own"
        if port is not None:
            own = self.sshd.directory / f"own-{port}"
            own.write_text(f"[{host}]:{port} {self.sshd.host_key()}\n", "ascii")
        return connect(
            AccessSettings(identity_file=str(self.sshd.identity_file)),
            ServerSettings(name=SERVER, ssh=f"{self.sshd.user}@{host}:{port or self.sshd.port}"),
            Secrets(),
            HostKeys([self.sshd.known_hosts], own),
            10,
        )

    def trees(self) -> tuple[Mapping[str, tuple[object, ...]], Mapping[str, tuple[object, ...]]]:
        """Neo4j's home but for what moves by itself, and the login's own."""
        home = snapshot(self.home)
        still = {name: home[name] for name in home if name.split("/")[0] not in _MOVING}
        return still, snapshot(self.sshd.home)


@contextlib.contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """An sshd before a Neo4j that runs."""
    with running_sshd(folder / "sshd") as sshd:
        made = Scene(sshd=sshd, home=make_home(folder / "a home"))
        with contextlib.closing(made.log_in()) as direct:
            start(direct, made.service, [])
        try:
            yield made
        finally:
            with contextlib.closing(made.log_in()) as direct:
                stop(direct, made.service, 10)


def acts(one: Scene, order: StageOrder) -> dict[str, Callable[[Connection], object]]:
    """The steps by name, in their order."""
    return {
        "stage": lambda connection: stage(connection, order),
        "validate": lambda connection: validate(connection, order),
        "stop": lambda connection: stop(connection, one.service, LIMIT_S),
        "commit": lambda connection: commit(connection, order),
        "start": lambda connection: start(connection, one.service, [f"{one.home}/logs/neo4j.log"]),
        "stop again": lambda connection: stop(connection, one.service, LIMIT_S),
        "restore": lambda connection: restore(connection, RUN, SERVER),
    }


def count_messages(one: Scene) -> list[int]:
    """Carry the whole sequence out without a cut, and return the bytes of each message."""
    with cutting(one.sshd.port) as proxy:
        assert _until_it_fails(one, one.order(), proxy) is None
    _run_again(one)
    return proxy.messages


def cut_within(one: Scene, step: str) -> bool:
    """Cut once while this step is at work; how many messages come before it may vary a little."""
    starts = _starts(one)
    middle = (starts[step] + starts[STEPS[STEPS.index(step) + 1]]) // 2
    places = (middle + way * far for far in range(_AROUND) for way in (1, -1))
    return any(cut(one, Fault(message=at)) == step for at in places)


def _starts(one: Scene) -> Mapping[str, int]:
    """Count the messages before each step, in a sequence without a cut."""
    starts: dict[str, int] = {}
    with (
        cutting(one.sshd.port) as proxy,
        contextlib.closing(one.log_in(proxy.port)) as connection,
    ):
        for name, act in acts(one, one.order()).items():
            starts[name] = len(proxy.messages)
            act(connection)
    _run_again(one)
    return starts


def cut(one: Scene, fault: Fault) -> str | None:
    """Cut once, prove every promise, and leave all as it was; returns the step that was cut.

    Raises:
        AssertionError: a promise is broken.
    """
    before, order = one.trees(), one.order()
    with cutting(one.sshd.port, fault) as proxy:
        failed = _until_it_fails(one, order, proxy)
    # A run can have a few messages less than the one that was counted: then it was not cut at all.
    assert proxy.struck.is_set() or failed is None, f"{failed} failed by itself"
    if failed is None:  # it was too early or too late to matter, or only slow
        assert one.trees() == before
        _run_again(one)
        return None
    prove(one, order)
    with contextlib.closing(one.log_in()) as direct:
        todo = acts(one, order)
        names = STEPS[STEPS.index(failed) :] if failed in STEPS else STEPS
        for name in names:
            if name == "restore":
                _complete(one, order)
            todo[name](direct)
        restore(direct, RUN, SERVER)
    assert one.trees() == before
    _run_again(one)
    return failed


def _until_it_fails(one: Scene, order: StageOrder, proxy: CuttingProxy) -> str | None:
    """Do one step after another; the first that fails must say so in a sentence, and in time."""
    name = "log in"
    begun = time.monotonic()
    try:
        with contextlib.closing(one.log_in(proxy.port)) as connection:
            for name, act in acts(one, order).items():  # noqa: B007 - told when it fails
                begun = time.monotonic()
                act(connection)
    except (RemoteError, UnreachableError) as error:
        told = error
    else:
        return None
    assert time.monotonic() - begun < 2 * LIMIT_S
    assert told.server == SERVER
    assert told.message.endswith(".")
    return name


def prove(one: Scene, order: StageOrder) -> None:
    """No half file stands where Neo4j would read it."""
    conf = (one.home / "conf" / "neo4j.conf").read_bytes()
    digest = hashlib.sha256(conf).hexdigest()
    if digest != order.conf_sha256:
        assert conf == order.conf
        _complete(one, order)


def _complete(one: Scene, order: StageOrder) -> None:
    base = Path(order.base_directory)
    for file in order.files:
        place = base / file.path
        assert place.stat().st_mode & 0o777 == file.mode, file.path
        assert file.content is None or place.read_bytes() == file.content, file.path
    conf = one.home / "conf" / "neo4j.conf"
    assert (conf.read_bytes(), conf.stat().st_mode & 0o777) == (order.conf, order.conf_mode)


def _run_again(one: Scene) -> None:
    with contextlib.closing(one.log_in()) as direct:
        start(direct, one.service, [])
        assert is_running(direct, one.service)


def main() -> None:
    """Cut everywhere."""
    chance = random.Random(os.environ.get("SEED", "1"))  # noqa: S311 - not a secret
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as one:
        messages = count_messages(one)
        faults = [Fault(message=at) for at in range(1, len(messages) + 1)]
        for at in chance.choices(range(len(messages)), k=len(messages)):
            inside = chance.randrange(messages[at])
            way = chance.choice([Way.RESET, Way.CLOSED])
            faults.append(Fault(message=at + 1, inside=inside, way=way))
        for fault in faults:
            try:
                sys.stdout.write(f"{fault} -> {cut(one, fault)}\n")
                sys.stdout.flush()
            except AssertionError as error:
                sys.exit(f"{fault}: {error}")
    sys.stdout.write(f"{len(faults)} cuts of {len(messages)} messages: every promise kept.\n")


if __name__ == "__main__":
    main()
