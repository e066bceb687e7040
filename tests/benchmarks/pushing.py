"""One set of files pushed to N sshd's in several ways, each proved by looking at the disk."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shlex
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fake_neo4j import make_home
from sshd import Sshd, make_key, running_sshd

from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.archive import StageFile
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.ssh.private_keys import Keyring
from wizard.remote.staging import StageOrder, commit, stage, validate
from wizard.remote.steps import restore

Found = TypeVar("Found")

THREADS = 16
FOREIGN_S = 600
RUN = "20261122-101500-ab12"
MANIFEST = "SHA256SUMS"
FILES = {
    "private.key": (0o400, b"k" * 1700),
    "public.crt": (0o644, b"c" * 1900),
    "trusted/ca.crt": (0o644, b"a" * 1900),
}
FOLDERS = (".", "trusted", "revoked")
TAR_SCRIPT = (
    "umask 077; d=$(mktemp -d {base}.XXXXXX) && tar -xzpf - -C $d && cd $d && "
    f"sha256sum -c --quiet {MANIFEST} && rm {MANIFEST} && chmod 755 . && mv $d {{base}}"
)
"""What a careful person types: unpacked beside, checked there, put in place by one rename."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One sshd with a Neo4j home to push to."""

    name: str
    sshd: Sshd
    home: Path

    @property
    def base(self) -> Path:
        """The folder that must stand afterwards."""
        return self.home / "certificates" / f"cluster-{RUN}"

    def order(self) -> StageOrder:
        """What the wizard stages here."""
        conf = self.home / "conf" / "neo4j.conf"
        content = conf.read_bytes()
        return StageOrder(
            run=RUN,
            server=self.name,
            of_the_run=(f"{self.name} ({self.sshd.ssh})",),
            home=str(self.home),
            conf_file=str(conf),
            certificates=str(self.home / "certificates"),
            base_directory=str(self.base),
            conf=content + b"dbms.ssl.policy.cluster.enabled=true\n",
            conf_sha256=hashlib.sha256(content).hexdigest(),
            conf_mode=0o600,
            owner_uid=os.getuid(),
            owner_gid=os.getgid(),
            files=(
                *(StageFile(path=path, mode=0o755, content=None) for path in FOLDERS),
                *(StageFile(path=path, mode=mode, content=c) for path, (mode, c) in FILES.items()),
            ),
        )

    def has_it_all(self) -> bool:
        """Whether every file stands with its bytes and its mode."""
        return all(
            (self.base / path).read_bytes() == content
            and (self.base / path).stat().st_mode & 0o777 == mode
            for path, (mode, content) in FILES.items()
        )

    def forget(self) -> None:
        """Remove what a foreign way has put here."""
        shutil.rmtree(self.base)


@contextlib.contextmanager
def places(directory: Path, count: int) -> Iterator[list[Place]]:
    """Run that many sshd's, which all let the same key in."""
    key = make_key(directory / "id_ed25519")
    with contextlib.ExitStack() as stack:
        found = []
        for number in range(1, count + 1):
            folder = directory / f"server{number}"
            sshd = stack.enter_context(running_sshd(folder, identity_file=key))
            home = make_home(folder / "neo4j")
            found.append(Place(name=f"server{number}", sshd=sshd, home=home))
        known = b"".join(place.sshd.known_hosts.read_bytes() for place in found)
        (directory / "known_hosts").write_bytes(known)
        yield found


class Wizard:
    """Our way: one connection and one exec channel a server, all at once."""

    def __init__(self, directory: Path, targets: Sequence[Place]) -> None:
        self._directory, self._targets = directory, targets
        self._orders: list[StageOrder] = []
        self.connections: list[Connection] = []
        self.most_threads = 0

    def connect(self) -> None:
        """Log in everywhere."""
        keys = HostKeys([self._directory / "known_hosts"], self._directory / "own")
        access = AccessSettings(identity_file=str(self._directory / "id_ed25519"))
        keyring = Keyring()
        self.connections = self._together(
            lambda n: connect(
                access,
                ServerSettings(name=self._targets[n].name, ssh=self._targets[n].sshd.ssh),
                Secrets(),
                keys,
                30,
                keyring=keyring,
            )
        )

    def stage(self) -> None:
        """Stage everywhere, on open connections."""
        self._orders = [target.order() for target in self._targets]
        self._together(lambda n: stage(self.connections[n], self._orders[n]))
        self.most_threads = max(self.most_threads, threading.active_count())

    def push(self) -> None:
        """Log in and stage: what the other ways do, with a way back."""
        self.connect()
        self.stage()

    def push_and_commit(self) -> None:
        """Log in, stage, read it back from the disk, and put the new neo4j.conf in place."""
        self.push()
        self._together(lambda n: validate(self.connections[n], self._orders[n]))
        self._together(lambda n: commit(self.connections[n], self._orders[n]))

    def restore(self) -> None:
        """Take it back."""
        self._together(lambda n: restore(self.connections[n], RUN, self._targets[n].name))

    def close(self) -> None:
        """Hang up."""
        for connection in self.connections:
            connection.close()

    def _together(self, work: Callable[[int], Found]) -> list[Found]:
        with ThreadPoolExecutor(min(THREADS, len(self._targets))) as pool:
            answers = list(pool.map(work, range(len(self._targets))))
            self.most_threads = max(self.most_threads, threading.active_count())
            return answers


def archive() -> bytes:
    """Return the same files as a gzip tar with their hashes inside."""
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, (_, content) in FILES.items()
    )
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for path in FOLDERS[1:]:
            folder = tarfile.TarInfo(path)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
        for path, (mode, content) in {**FILES, MANIFEST: (0o600, sums.encode("ascii"))}.items():
            member = tarfile.TarInfo(path)
            member.mode, member.size = mode, len(content)
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()


def ssh_and_tar(directory: Path, targets: Sequence[Place]) -> None:
    """Push with one `ssh` and one `tar` a server, as many at once as we have threads."""
    payload = archive()

    def one(place: Place) -> None:
        base = shlex.quote(str(place.base))
        command = ["ssh", "-F", "none", "-T", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"]
        command += ["-o", f"UserKnownHostsFile={directory / 'known_hosts'}"]
        command += ["-i", str(directory / "id_ed25519"), "-p", str(place.sshd.port)]
        command += [f"{place.sshd.user}@{place.sshd.host}", TAR_SCRIPT.format(base=base)]
        subprocess.run(command, input=payload, check=True, capture_output=True, timeout=FOREIGN_S)

    with ThreadPoolExecutor(min(THREADS, len(targets))) as pool:
        list(pool.map(one, targets))


class Ansible:
    """A tuned play: pipelining, one fork a server, no fact gathering, two tasks."""

    def __init__(self, program: str, directory: Path, targets: Sequence[Place]) -> None:
        self._program, self._directory = program, directory
        self._forks = min(THREADS, len(targets))
        lines = [
            f"{place.name} ansible_host={place.sshd.host} ansible_port={place.sshd.port}"
            f" ansible_user={place.sshd.user} base={place.base}"
            for place in targets
        ]
        (directory / "inventory").write_text("\n".join([*lines, ""]), "ascii")
        (directory / "payload.tar.gz").write_bytes(archive())
        (directory / "play.yml").write_text(
            "- hosts: all\n"
            "  gather_facts: false\n"
            "  tasks:\n"
            "    - ansible.builtin.unarchive:\n"
            f"        src: {directory}/payload.tar.gz\n"
            '        dest: "{{ base }}"\n'
            "    - ansible.builtin.command:\n"
            f"        cmd: sha256sum -c --quiet {MANIFEST}\n"
            '        chdir: "{{ base }}"\n',
            "ascii",
        )

    def push(self, targets: Sequence[Place]) -> None:
        """Run the play; the folder it unpacks into is there already, which spares it a task."""
        for place in targets:
            place.base.mkdir(mode=0o755)
        options = f"-o UserKnownHostsFile={self._directory / 'known_hosts'} -o IdentitiesOnly=yes"
        environment = {
            **os.environ,
            "ANSIBLE_PIPELINING": "True",
            "ANSIBLE_FORKS": str(self._forks),
            "ANSIBLE_SSH_ARGS": f"-C -o ControlMaster=auto -o ControlPersist=5s {options}",
            "ANSIBLE_PRIVATE_KEY_FILE": str(self._directory / "id_ed25519"),
            "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
            "ANSIBLE_INTERPRETER_PYTHON": "/usr/bin/python3",
            "ANSIBLE_HOME": str(self._directory / "ansible"),
        }
        command = [self._program, "-i", str(self._directory / "inventory")]
        command.append(str(self._directory / "play.yml"))
        subprocess.run(command, check=True, capture_output=True, env=environment, timeout=FOREIGN_S)
