"""A run with certificates that were brought goes on from elsewhere with the very same, or not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.engine.events import Event, Finished, ProblemFound
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, resume_walk, undo_walk
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.model.settings import KeyAlgorithm, Subject
from wizard.pki.authority import authority_certificate_pem, make_authority
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.leaf import issue_leaf
from wizard.practice.cluster import PracticeCluster

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(1) as running:
        yield running


def box(folder: Path, address: str, *, ended: bool = False) -> Path:
    """Fill a folder with a CA, a certificate and its key."""
    begun = NOW - timedelta(days=400 if ended else 0)
    authority, key = make_authority("payments", begun), make_key(KeyAlgorithm.EC_P256)
    leaf = issue_leaf(
        authority,
        key=key,
        subject=Subject(common_name=address),
        dns_names=(address,),
        ip_addresses=(),
        now=begun,
        lifetime_days=300,
    )
    folder.mkdir()
    (folder / "ca.pem").write_bytes(authority_certificate_pem(authority))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "leaf.key").write_bytes(private_key_pem(key, None))
    return folder


def request_for(cluster: PracticeCluster, material: Path, state: Path) -> Request:
    answers = load(cluster.answers_path)
    answers = answers.with_answers({"trust.model": "existing", "trust.material": str(material)})
    return Request(
        settings=parse(answers),
        secrets=load_secrets(Path(str(answers["secrets"]))),
        environ={**os.environ, "XDG_STATE_HOME": str(state)},
        answers_toml=to_toml(answers),
        formation_timeout_s=60,
    )


def told(
    walk: Callable[[Request], Iterator[Event]], request: Request
) -> tuple[int, list[tuple[str, str]]]:
    *events, end = walk(request)
    assert isinstance(end, Finished)
    found = [one.problem for one in events if isinstance(one, ProblemFound)]
    return end.exit_code, [(one.code, one.hint) for one in found if one.severity == "error"]


@pytest.mark.parametrize("wrong", ["another name", "another key", "ended"])
def test_a_wrong_certificate_is_told_before_anything_is_staged(
    cluster: PracticeCluster, tmp_path: Path, wrong: str
) -> None:
    (server,) = cluster.servers
    name = "stranger.example.com" if wrong == "another name" else server.address
    material = box(tmp_path / "box", name, ended=wrong == "ended")
    if wrong == "another key":
        other = private_key_pem(make_key(KeyAlgorithm.EC_P256), None)
        (material / "leaf.key").write_bytes(other)
    home = Path(server.home)
    before = sorted(path for path in home.parent.rglob("*") if "logs" not in path.parts)
    conf = Path(server.conf, "neo4j.conf").read_bytes()
    code, problems = told(apply_walk, request_for(cluster, material, tmp_path / "state"))
    assert code == 1
    assert problems
    assert before == sorted(path for path in home.parent.rglob("*") if "logs" not in path.parts)
    assert Path(server.conf, "neo4j.conf").read_bytes() == conf
    assert not (tmp_path / "state" / "neo4j-tls" / "runs").exists()


def test_it_goes_on_with_the_very_same_alone(cluster: PracticeCluster, tmp_path: Path) -> None:
    (server,) = cluster.servers
    first = box(tmp_path / "first", server.address)
    begun = replace(request_for(cluster, first, tmp_path / "a"), until_staged=True)
    assert told(apply_walk, begun) == (0, [])
    conf = Path(server.conf, "neo4j.conf")
    before = conf.read_bytes()

    elsewhere = [box(tmp_path / "other", server.address), tmp_path / "nothing"]
    for at, material in enumerate(elsewhere):
        request = replace(request_for(cluster, material, tmp_path / str(at)), from_servers=True)
        code, problems = told(resume_walk, request)
        assert code == 1
        ((problem, hint),) = problems
        assert problem == ("material-changed" if not at else "answer-refused")
        assert "Bring the very keys and certificates" in hint
        assert "neo4j-tls undo --answers FILE" in hint
        assert conf.read_bytes() == before

    same = first.rename(tmp_path / "same")
    request = replace(request_for(cluster, same, tmp_path / "b"), from_servers=True)
    assert told(resume_walk, request) == (0, [])
    assert b"cluster.enabled=true" in conf.read_bytes()
    assert told(undo_walk, request) == (0, [])
    assert conf.read_bytes() == before
