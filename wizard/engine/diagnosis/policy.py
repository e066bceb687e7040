"""Causes that stand in neo4j.conf or in the policy's folders."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error, from_log, warning
from wizard.engine.events import ProbeKind, Verdict
from wizard.model.problems import Problem
from wizard.model.settings import ClientAuth
from wizard.neo4j.logs.problems import most_telling

_OWN_FAULT = frozenset({"trusted-missing", "trusted-empty", "crl-stale"})


def not_enabled(seen: Observations) -> Iterator[Problem]:
    """The cluster policy is off: servers talk in plaintext, or not at all with those that don't."""
    others = sorted(one.server for one in seen.servers.values() if one.encrypts)
    for one in seen.servers.values():
        if one.policy is None or one.policy.enabled or _has_refused(one):
            continue
        if one.misspelt and others:
            yield error(
                one.server,
                "policy-misspelt",
                f"{one.server} does not encrypt its cluster traffic: neo4j.conf has"
                f" {', '.join(one.misspelt)}, which Neo4j ignores without a word.",
                "Correct the spelling to dbms.ssl.policy.cluster.enabled=true.",
            )
            continue
        if any(seen.leaves(one.server)):
            yield _only_until_it_stops(one)
            continue
        does = "does" if len(others) == 1 else "do"
        mixed = (
            f", while {', '.join(others)} {does}: they can't talk to each other" if others else ""
        )
        hint = "Run `neo4j-tls apply` with the same answers to turn encryption on."
        if one.other_scopes:
            told = ", ".join(one.other_scopes)
            hint += f" The policies that are enabled ({told}) do not cover the cluster's ports."
        yield error(
            one.server,
            "policy-not-enabled",
            f"{one.server} does not encrypt its cluster traffic{mixed}.",
            hint,
        )


def _has_refused(one: ServerObservation) -> bool:
    """Whether it is down because Neo4j refuses a setting, which is told then."""
    return one.running is False and any(line.code == "setting-refused" for line in one.fatal)


def _only_until_it_stops(one: ServerObservation) -> Problem:
    return error(
        one.server,
        "policy-not-enabled",
        f"{one.server} encrypts its cluster traffic only until it is stopped: its neo4j.conf does"
        " not turn that on any more.",
        "Before anybody restarts Neo4j there, put the settings of the cluster policy back into its"
        " neo4j.conf; it could not talk to the others otherwise.",
    )


def trusted_folder(seen: Observations) -> Iterator[Problem]:
    """The folder trusted/ is missing or empty; from 4.4 on Neo4j starts without the folder."""
    for one in seen.servers.values():
        if not one.encrypts or not one.files_seen or one.trusted:
            continue
        what = "is missing" if one.trusted is None else "is empty"
        yield error(
            one.server,
            "trusted-missing" if one.trusted is None else "trusted-empty",
            f"The folder trusted/ of {one.server} {what}, so it trusts none of its peers.",
            "Put the certificate of the cluster's authority, or of every peer, into trusted/.",
        )


def log_tells_of_trust(seen: Observations) -> Iterator[Problem]:
    """Its log says that it trusts nobody, or that its revocation lists stop everybody.

    No stranger's knock can make a server write these lines; other TLS failures it can.
    """
    for one in seen.running:
        line = most_telling(f for f in one.failures if f.code in _OWN_FAULT)
        if line is not None:
            yield from_log(one.server, line)


def asks_nobody(seen: Observations) -> Iterator[Problem]:
    """A port lets in whoever shows no certificate, or neo4j.conf says that it should."""
    for one in seen.running:
        accepted = [
            test.probe.port
            for test in seen.of(one.server, ProbeKind.NONE)
            if test.probe.verdict is Verdict.ACCEPTED
        ]
        lax = (
            one.encrypts
            and one.policy is not None
            and (one.policy.client_auth is not ClientAuth.REQUIRE)
        )
        if accepted or lax:
            evidence = f"accepted on {', '.join(map(str, accepted))}" if accepted else ""
            yield warning(
                one.server,
                "client-auth-not-required",
                f"{one.server} lets in a peer that shows no certificate, so any stranger on the"
                " network can copy the database.",
                "Set dbms.ssl.policy.cluster.client_auth=REQUIRE on every server.",
                evidence,
            )
