"""What has changed on a server's disk since an apply is named by verify, file by file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wizard.engine.events import Event, Finished, ProblemFound, Said
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, verify_walk
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.model.problems import Problem
from wizard.practice.cluster import PracticeCluster


def request_for(cluster: PracticeCluster, state: Path) -> Request:
    answers = load(cluster.answers_path)
    settings = parse(answers)
    assert settings.secrets_file is not None
    return Request(
        settings=settings,
        secrets=load_secrets(Path(settings.secrets_file)),
        environ={**os.environ, "XDG_STATE_HOME": str(state)},
        answers_toml=to_toml(answers),
        formation_timeout_s=60,
    )


def one_byte(raw: bytes) -> bytes:
    """Change one byte in the middle."""
    at = len(raw) // 2
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def older_tls(raw: bytes) -> bytes:
    """Change one byte of a setting of the cluster policy."""
    assert raw.count(b"TLSv1.3") == 1
    return raw.replace(b"TLSv1.3", b"TLSv1.1")


@contextmanager
def changed(path: Path, change: Callable[[bytes], bytes]) -> Iterator[None]:
    before, mode = path.read_bytes(), path.stat().st_mode & 0o7777
    after = change(before)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    path.chmod(0o600)
    path.write_bytes(after)
    yield
    path.write_bytes(before)
    path.chmod(mode)


def password_of(raw: bytes) -> bytes:
    found = re.search(rb"private_key_password=(\S+)", raw)
    assert found is not None
    return found[1]


def other_password(raw: bytes) -> bytes:
    """Change one byte of the password of the private key."""
    password = password_of(raw)
    return raw.replace(password, bytes([password[0] ^ 1]) + password[1:])


def a_comment(raw: bytes) -> bytes:
    """Change one byte of a comment."""
    at = raw.index(b"# ") + 1
    return raw[:at] + b"-" + raw[at + 1 :]


def everything_kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@contextmanager
def added(path: Path, content: bytes) -> Iterator[None]:
    path.write_bytes(content)
    yield
    path.unlink()


def verified(request: Request) -> tuple[list[Problem], list[Event], int]:
    events = [*verify_walk(request)]
    (finished,) = (event for event in events if isinstance(event, Finished))
    found = [event.problem for event in events if isinstance(event, ProblemFound)]
    return found, events, finished.exit_code


def test_one_byte_in_any_file_of_the_policy_is_named(tmp_path: Path) -> None:
    with PracticeCluster(servers=2) as cluster:
        request = request_for(cluster, tmp_path / "state")
        (*_, ended) = apply_walk(request)
        assert isinstance(ended, Finished)
        assert ended.exit_code == 0
        untouched, events, code = verified(request)
        assert (code, [p for p in untouched if p.code == "changed-on-disk"]) == (0, [])
        assert not [e for e in events if isinstance(e, Said) and "not compared" in e.message]

        conf = Path(cluster.servers[1].conf) / "neo4j.conf"
        (folder,) = (Path(cluster.servers[1].home) / "certificates").glob("cluster-*")
        (trusted,) = (folder / "trusted").iterdir()
        here = {
            "private.key": changed(folder / "private.key", one_byte),
            "public.crt": changed(folder / "public.crt", one_byte),
            f"trusted/{trusted.name}": changed(trusted, one_byte),
            "neo4j.conf": changed(conf, older_tls),
            "trusted/more.crt": added(folder / "trusted" / "more.crt", trusted.read_bytes()),
        }
        for file, change in here.items():
            with change:
                found, _, code = verified(request)
            (problem,) = [p for p in found if p.code == "changed-on-disk"]
            assert (problem.server, code) == ("server2", 1), file
            assert f"On server2, {file} is not" in problem.message
            assert problem.evidence.startswith(f"{file}: ")
            assert problem.hint

        right, wrong = (
            password_of(raw) for raw in (conf.read_bytes(), other_password(conf.read_bytes()))
        )
        with changed(conf, other_password):
            found, events, code = verified(request)
        (problem,) = [p for p in found if p.server == "server2"]
        assert (problem.code, code) == ("key-password-wrong", 1)
        assert "does not start again" in problem.message
        told = "".join(map(repr, events)).encode() + everything_kept(tmp_path)
        assert b"key-password-wrong" in told
        assert right not in told
        assert wrong not in told
        with changed(conf, a_comment):
            found, _, code = verified(request)
        assert (code, [p for p in found if p.server == "server2"]) == (0, [])

        with added(folder / "revoked" / "peer.crl", b"a list"):
            assert not [p for p in verified(request)[0] if p.code == "changed-on-disk"]

        elsewhere = request_for(cluster, tmp_path / "nothing")
        found, events, _ = verified(elsewhere)
        assert not [p for p in found if p.code == "changed-on-disk"]
        said = [e.message for e in events if isinstance(e, Said) and "not compared" in e.message]
        assert len(said) == 1
        assert said[0].endswith("no run of this workstation has encrypted this cluster.")
