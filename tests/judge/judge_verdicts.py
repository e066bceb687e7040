"""Verdicts on a server's start: Neo4j's, ours and the practice cluster's, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from judge_bench import Server

from wizard.errors import ConfError
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import ClusterPolicy, policy_of, startup_refusal
from wizard.pki.loader.directory import (
    LoadedPolicy,
    LocalFiles,
    PolicyDirectory,
    PolicyLoadError,
    load_policy,
)

UNREADABLE = "neo4j.conf can't be read"
_NOT_ENABLED = (
    "Cannot find enabled SSL policy with name 'CLUSTER' in the configuration",
    "Cannot find enabled SSL policy with name '' in the configuration",  # 3.5, when none is chosen
)
_TWO_SCOPES = "Can not have multiple SslPolicies configured for CLUSTER"


@dataclass(frozen=True, kw_only=True)
class Start:
    """What becomes of a server that starts.

    Attributes:
        outcome: `yes`, `off`, `conf` or `policy`, as in a case.
        words: the exceptions as `CLASS: MESSAGE`, outermost first, or nothing.
        settings: what the cluster policy says, by suffix.
        chain: the serial numbers of what it shows, in hexadecimal.
    """

    outcome: str
    words: tuple[str, ...] = ()
    settings: tuple[tuple[str, object], ...] = ()
    chain: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " <- ".join([self.outcome, *self.words])


@dataclass(frozen=True, kw_only=True)
class OurServer:
    """A server as our functions see it."""

    start: Start
    says: ClusterPolicy | None = None
    holds: LoadedPolicy | None = None


def neo4j_start(answer: Mapping[str, Any]) -> Start:
    """Read the judge's answer about one server."""
    if "refused" in answer:
        return Start(outcome="conf", words=tuple(answer["refused"]))
    settings = {
        suffix: tuple(value) if isinstance(value, list) else value
        for suffix, value in answer["settings"].items()
    }
    settings["unknown"] = tuple(
        key for key in answer["unknown"] if key.startswith("dbms.ssl.policy.cluster.")
    )
    if "failed" in answer:
        words = tuple(answer["failed"])
        if words[0].endswith(_NOT_ENABLED):
            return Start(outcome="off", settings=tuple(settings.items()))
        return Start(outcome="policy", words=words, settings=tuple(settings.items()))
    return Start(
        outcome="yes", settings=tuple(settings.items()), chain=tuple(answer["policy"]["chain"])
    )


def our_start(server: Server) -> OurServer:
    """Ask our own functions about one server, in the order a start takes."""
    try:
        conf = Conf.parse(server.conf.read_bytes())
    except ConfError:
        return OurServer(start=Start(outcome="conf", words=(UNREADABLE,)))
    refusal = startup_refusal(conf, server.version, home=str(server.home))
    if refusal is not None:
        return OurServer(start=_refused(refusal))
    says = policy_of(conf, server.version, str(server.home))
    settings = tuple(_settings(says).items())
    if not says.enabled:
        return OurServer(start=Start(outcome="off", settings=settings), says=says)
    try:
        holds = load_policy(LocalFiles(), _directory(says), server.version, datetime.now(UTC))
    except PolicyLoadError as error:
        words_of = (f"{error.java_class}: {error.message}", *error.caused_by)
        return OurServer(
            start=Start(outcome="policy", words=words_of, settings=settings), says=says
        )
    chain = tuple(f"{certificate.serial_number:x}" for certificate in holds.chain)
    start = Start(outcome="yes", settings=settings, chain=chain)
    return OurServer(start=start, says=says, holds=holds)


def _refused(message: str) -> Start:
    """Two of the messages come from the loader of policies and not from Config."""
    if message == _TWO_SCOPES:
        return Start(outcome="policy", words=(f"java.lang.IllegalStateException: {message}",))
    outcome = "policy" if message.startswith("Unsupported protocol: ") else "conf"
    return Start(outcome=outcome, words=(f"java.lang.IllegalArgumentException: {message}",))


def _settings(says: ClusterPolicy) -> dict[str, object]:
    paths = ("base_directory", "private_key", "public_certificate", "trusted_dir", "revoked_dir")
    return {
        "enabled": str(says.enabled).lower(),
        **{path: str(getattr(says, path)) for path in paths},
        "client_auth": says.client_auth.value,
        "verify_hostname": str(says.verify_hostname).lower(),
        "tls_versions": says.tls_versions,
        "ciphers": says.ciphers,
        "trust_all": str(says.trust_all).lower(),
        "has_password": says.password is not None,
        "unknown": tuple(f"dbms.ssl.policy.cluster.{name}" for name in says.unknown_suffixes),
    }


def _directory(says: ClusterPolicy) -> PolicyDirectory:
    return PolicyDirectory(
        base_directory=says.base_directory,
        private_key=says.private_key,
        public_certificate=says.public_certificate,
        trusted_dir=says.trusted_dir,
        revoked_dir=says.revoked_dir,
        password=says.password,
        client_auth=says.client_auth.value,
        trust_all=says.trust_all,
        trust_expired=says.trust_expired,
        ignore_dot_files=says.ignore_dot_files,
    )


def start_differences(neo4j: Start, ours: Start, *, exact: bool = True) -> Iterator[str]:
    """Yield every way in which the two verdicts on a start differ.

    Of a refused neo4j.conf the outermost message counts; of a policy all of them, if `exact`.
    """
    if neo4j.outcome != ours.outcome:
        yield f"start: Neo4j says {neo4j}; we say {ours}"
        return
    said = None if exact and ours.outcome == "policy" else 1
    if ours.words != (UNREADABLE,) and neo4j.words[:said] != ours.words[:said]:
        yield f"words: Neo4j says {neo4j}; we say {ours}"
    theirs = dict(neo4j.settings)
    for name, value in ours.settings:
        if theirs.get(name) != value:
            yield f"setting {name}: Neo4j reads {theirs.get(name)!r}; we read {value!r}"
    if neo4j.chain != ours.chain:
        yield f"chain: Neo4j shows {neo4j.chain}; we read {ours.chain}"


def practice_start_differences(neo4j: Start, practice: Start, *, exact: bool) -> Iterator[str]:
    """Yield how the simulated server's start, by its log, differs from Neo4j's."""
    refused = neo4j.outcome in {"conf", "policy"}
    if practice.outcome != ("refused" if refused else neo4j.outcome):
        yield f"start: Neo4j says {neo4j}; the practice cluster says {practice}"
        return
    said = None if exact and neo4j.outcome == "policy" else 1
    if neo4j.words[:said] != practice.words[:said]:
        yield f"words: Neo4j says {neo4j}; the practice cluster says {practice}"
