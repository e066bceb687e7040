"""A policy directory as Neo4j's loader and its peers judge it, and a little stricter."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace

from wizard.model.problems import Problem
from wizard.model.settings import KeyAlgorithm
from wizard.model.text import shown
from wizard.pki.brought.reading import read_all
from wizard.pki.brought.things import Brought, Form, Origin
from wizard.pki.doctor.certificate_rules import is_self_issued
from wizard.pki.doctor.examination import Terms, examine
from wizard.pki.doctor.file_rules import is_bad
from wizard.pki.doctor.findings import Description, Examination, note
from wizard.pki.doctor.load_sentences import load_problem
from wizard.pki.doctor.peers import peer_problems, verdict_of_peers
from wizard.pki.doctor.trusted_rules import listed, revoked_problems, trusted_problems
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.loader.directory import LoadedPolicy, PolicyLoadError, load_policy
from wizard.pki.loader.files import PolicyDirectory, PolicySource

_OF_ONE_THING_ONLY = frozenset({"trusted-lacks-peer", "issuer-not-given"})
"""Judged by the folder as a whole here, and not by what happens to lie in it."""


def examine_policy(
    source: PolicySource,
    base: str,
    terms: Terms,
    is_open_to_all: Callable[[str], bool] = lambda _path: False,
) -> Examination:
    """Judge the folder of a policy that has the manual's default names.

    Args:
        source: reads its files; nothing else is looked at.
        base: the folder.
        terms: without a password a sealed key is judged by its form alone.
        is_open_to_all: whether everybody can read a file, where that can be told.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _PolicyExaminer(source, base, terms).examination(is_open_to_all)


class _WithoutKey:
    """The files of a policy with a key in clear in the place of one that can't be opened."""

    def __init__(self, source: PolicySource, private_key: str) -> None:
        self._source, self._private_key = source, private_key

    def exists(self, path: str) -> bool:
        """Say whether anything stands there."""
        return self._source.exists(path)

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names inside a folder."""
        return self._source.names(path)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, or of the key that stands in."""
        if path == self._private_key:
            return private_key_pem(make_key(KeyAlgorithm.EC_P256), None)
        return self._source.read(path)


class _PolicyExaminer:
    def __init__(self, source: PolicySource, base: str, terms: Terms) -> None:
        self._source, self._base, self._terms = source, base, terms
        self._policy = PolicyDirectory.standard(base, password=terms.password)
        self._own = self._read(self._policy.private_key, self._policy.public_certificate)
        self._trusted = self._read(*listed(source, self._policy.trusted_dir))
        self._revoked = self._read(*listed(source, self._policy.revoked_dir))

    def examination(self, is_open_to_all: Callable[[str], bool]) -> Examination:
        whole = Brought(
            things=self._own.things + self._trusted.things + self._revoked.things,
            files=self._own.files,
            open_to_all=frozenset(name for name, _ in self._own.files if is_open_to_all(name)),
        )
        seen = examine(whole, replace(self._terms, own=(self._policy.public_certificate,)))
        problems = [one for one in seen.problems if one.code not in _OF_ONE_THING_ONLY]
        problems += trusted_problems(self._source, self._policy, self._trusted, self._terms)
        problems += revoked_problems(self._source, self._policy, self._revoked)
        loaded, refused = self._load()
        if refused is not None:
            problems += self._not_told(load_problem(refused, self._origin, self._terms), problems)
        if loaded is not None:
            problems += self._peers(loaded, problems)
        return Examination(
            descriptions=(self._description(problems), *seen.descriptions),
            problems=tuple(dict.fromkeys(problems)),
        )

    @property
    def _origin(self) -> Origin:
        return Origin(file=self._base, index=1, form=Form.PEM)

    def _read(self, *paths: str) -> Brought:
        files = []
        for path in paths:
            try:
                files.append((path, self._source.read(path)))
            except OSError:  # the loader tells of it
                continue
        passwords = () if self._terms.password is None else (self._terms.password,)
        return read_all(files, passwords)

    def _load(self) -> tuple[LoadedPolicy | None, PolicyLoadError | None]:
        source, policy, terms = self._source, self._policy, self._terms
        keys = self._own.keys
        if keys and keys[0].reason == "key-password-missing":
            source = _WithoutKey(source, policy.private_key)
        elif keys and not keys[0].is_encrypted:
            # A password was given for other files: what neo4j.conf says is not known here.
            policy = replace(policy, password=None)
        try:
            return load_policy(source, policy, terms.version, terms.now, terms.opened), None
        except PolicyLoadError as refused:
            return None, refused

    def _not_told(self, refused: Problem, problems: list[Problem]) -> Iterator[Problem]:
        """Yield what the loader stops at, unless a rule has told of it more exactly."""
        if not any(is_bad(one) and one.code == refused.code for one in problems):
            yield refused

    def _peers(self, loaded: LoadedPolicy, problems: list[Problem]) -> Iterator[Problem]:
        """Judge as a peer with the same trusted/ and revoked/ would."""
        leaf = loaded.chain[0]
        if not self._source.exists(self._policy.trusted_dir):
            return
        if is_self_issued(leaf) and leaf not in loaded.trust.anchors:
            yield note(
                self._origin,
                "own-certificate-elsewhere",
                "This server's certificate signs itself, so each of its peers needs it in its own "
                "trusted/.",
                "Copy public.crt into trusted/ of every other server.",
            )
            return
        chain, terms = loaded.chain, self._terms
        verdict = verdict_of_peers(loaded.trust, chain, terms.now, terms.host)
        own = Origin(file=self._policy.public_certificate, index=1, form=Form.PEM)
        told = frozenset(one.code for one in problems)
        yield from peer_problems(own, verdict, told)

    def _description(self, problems: list[Problem]) -> Description:
        bad = sum(is_bad(one) for one in problems)
        trusted = self._trusted.distinct_certificates()
        certificates = _counted(len(trusted), "certificate")
        lists = _counted(len(self._revoked.crls), "revocation list")
        state = "loads, and its peers accept it" if not bad else "has problems"
        return Description(
            file=shown(self._base, 1000),
            origin=self._origin.words,
            title=f"Policy directory, which {state} in Neo4j {self._terms.version}",
            lines=(f"Trusts {certificates}, and has {lists}.",),
        )


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
