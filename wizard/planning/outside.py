"""Certificates that come from outside, as a plan holds them: whose, from where and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wizard.model.problems import Problem, blocker
from wizard.model.settings import Settings, TrustModel
from wizard.neo4j.versions import rules_for
from wizard.pki.inspect import describe, names_cover
from wizard.pki.supply.assembling import Assembled, assemble
from wizard.pki.supply.judging import judge
from wizard.pki.supply.matching import match
from wizard.pki.supply.supplied import Material, Wanted
from wizard.planning.coverage import Names
from wizard.planning.plan import BroughtLeaf, BroughtTrust, Plan
from wizard.planning.view import ServerView, is_ip

NOT_REQUESTED = "request-not-made"
"""The problem that apply itself mends, without touching a server."""

_OF_CERTIFICATES = frozenset(
    {
        *(NOT_REQUESTED, "certificate-awaited", "issuer-not-given", "shared-ca"),
        *("key-does-not-match", "key-password-missing", "key-password-wrong", "key-unreadable"),
        *("leaf-expired", "leaf-not-yet-valid", "leaf-revoked", "name-not-covered"),
        *("no-client-auth-eku", "no-server-auth-eku", "key-usage-refused", "trusted-lacks-peer"),
    }
)
"""What can stand in the way of some servers' certificates while those of others are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What was brought for the servers of a plan; nothing where the wizard makes certificates."""

    servers: Mapping[str, Assembled]
    problems: tuple[Problem, ...] = ()

    def leaf(self, server: str) -> BroughtLeaf | None:
        """Return the certificate of a server in words, or None."""
        one = self.servers.get(server)
        if one is None:
            return None
        facts = describe(one.pair.leaf.certificate)
        return BroughtLeaf(
            file=one.pair.leaf.origin.shown_file,
            subject=facts.subject,
            issuer=facts.issuer,
            not_before=facts.not_before,
            not_after=facts.not_after,
            fingerprint=facts.fingerprint,
            key_type=facts.key_type,
        )

    def trusted(self, server: str) -> tuple[BroughtTrust, ...]:
        """Return what a server will trust, in words."""
        one = self.servers.get(server)
        described = [(t.file, describe(t.certificate)) for t in one.trusted] if one else []
        return tuple(
            BroughtTrust(
                file=file,
                subject=facts.subject,
                not_after=facts.not_after,
                fingerprint=facts.fingerprint,
            )
            for file, facts in described
        )

    def trusts(self, server: str) -> tuple[tuple[str, str], ...]:
        """Return the names of a server's trusted files, each with whose certificate it is."""
        one = self.servers.get(server)
        return tuple((trusted.file, trusted.of) for trusted in one.trusted) if one else ()

    def prints(self, server: str) -> frozenset[str]:
        """Return the fingerprints of a server's certificate and of all it will trust."""
        leaf = self.leaf(server)
        return frozenset(
            [*([leaf.fingerprint] if leaf else []), *(t.fingerprint for t in self.trusted(server))]
        )

    def names(self, server: str, wanted: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the wanted names and addresses that a server's certificate covers, then its own.

        A name that never matches anything, such as one with a wildcard, is left out: what it
        covers is among the wanted ones.
        """
        leaf = self.servers[server].pair.leaf.certificate
        facts = describe(leaf)
        every = dict.fromkeys((*wanted, *facts.dns_names, *facts.ip_addresses))
        covered = [name for name in every if "*" not in name and names_cover(leaf, name)]
        return (
            tuple(name for name in covered if not is_ip(name)),
            tuple(name for name in covered if is_ip(name)),
        )


def waits_for_requests(plan: Plan) -> bool:
    """Say whether requests are all that stands in the way, so that apply may make them."""
    blocking = {problem.code for problem in plan.problems if problem.blocks}
    return NOT_REQUESTED in blocking and blocking <= _OF_CERTIFICATES


def outside_of(
    settings: Settings, views: Sequence[ServerView], names: Names, material: Material | None
) -> Outside:
    """Match what was brought with the servers, and judge it.

    Args:
        settings: the answers.
        views: every server that is understood.
        names: by server, what its peers may dial.
        material: what was read; None where the wizard makes the certificates itself.
    """
    if not settings.trust.comes_from_outside or material is None:
        return Outside(servers={})
    problems: list[Problem] = []
    wanted = [
        Wanted(
            server=view.name, address=view.address, names=names[view.name][0] + names[view.name][1]
        )
        for view in views
    ]
    if settings.trust is TrustModel.REQUEST:
        made = material.own_keys or {}
        lacking = [one.server for one in wanted if one.server not in made]
        if lacking:
            problems.append(_not_requested(lacking))
        matched = match(material, [one for one in wanted if one.server not in lacking])
    else:
        matched = match(material, wanted)
    with_own = any(rules_for(view.version).trusts_itself for view in views)
    servers = assemble(material, matched.pairs, with_own=with_own)
    problems += matched.problems
    problems += judge(material, wanted, servers, shared_accepted=settings.shared_ca_accepted)
    return Outside(servers=servers, problems=tuple(problems))


def _not_requested(servers: Sequence[str]) -> Problem:
    return blocker(
        None,
        NOT_REQUESTED,
        f"There is no certificate request yet for {', '.join(servers)}.",
        "Run `neo4j-tls apply`: it makes the keys and the requests on this computer, says where "
        "they are, and changes nothing on the servers.",
    )
