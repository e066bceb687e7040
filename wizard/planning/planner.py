"""From the answers and what the survey saw to a plan: every decision, and nothing else.

No clock, no randomness, no network: the same settings and facts give an equal plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wizard.errors import MaterialError, WizardError
from wizard.model.facts import Platform, ServerFacts
from wizard.model.problems import Problem, blocker
from wizard.model.settings import Settings, TrustModel
from wizard.neo4j.modes import is_secondary
from wizard.neo4j.policy import policy_of
from wizard.neo4j.versions import rules_for
from wizard.pki.distinguished_name import subject_name
from wizard.pki.material import whom_to_trust
from wizard.pki.subject import fill_subject
from wizard.pki.supply.supplied import Material
from wizard.planning.cluster_findings import of_cluster
from wizard.planning.conf_change import ConfChange, base_directory, conf_change, mode_after
from wizard.planning.conf_findings import of_conf, of_modes
from wizard.planning.coverage import coverage_of, not_covered
from wizard.planning.downtime import expected_downtime
from wizard.planning.in_place import LeafState, everything_in_place
from wizard.planning.keeping import to_suspend
from wizard.planning.key_passwords import by_command, has_password
from wizard.planning.lint_findings import merged, of_lines
from wizard.planning.machine_findings import of_facts
from wizard.planning.naming import alternative_names, verify_hostname
from wizard.planning.new_files import files_of, owner_of
from wizard.planning.outside import outside_of
from wizard.planning.place_findings import has_conf
from wizard.planning.plan import (
    RUN,
    Change,
    ChangeKind,
    Plan,
    ServerPlan,
)
from wizard.planning.sentences import change_of, stays_unencrypted
from wizard.planning.standing import standing_sha256
from wizard.planning.view import ServerView, view_of


def make_plan(
    settings: Settings,
    facts: Sequence[ServerFacts],
    *,
    leaf_state: LeafState | None = None,
    material: Material | None = None,
) -> Plan:
    """Return what would change, server by server; nothing is touched.

    A plan with a problem that blocks has no changes, and only the servers that could be
    understood. A plan without changes and without such a problem means all is in place.

    Args:
        settings: the answers.
        facts: one for each server of the answers, in any order.
        leaf_state: judges the certificates that stand; without it nothing counts as in place.
        material: what was brought, where the certificates come from outside.
    """
    by_name = {fact.server: fact for fact in facts}
    found = [p for s in settings.servers for p in of_facts(settings, by_name[s.name])]
    views: list[ServerView] = []
    for server in settings.servers:
        if not _is_workable(by_name[server.name]):
            continue
        view = view_of(settings, server, by_name[server.name])
        if isinstance(view, Problem):
            found.append(view)
        else:
            views.append(view)
    found += of_cluster(settings, views)
    plan = _Planner(settings, tuple(views), material).plan(found, leaf_state)
    return replace(plan, to_suspend=to_suspend(settings, facts) if plan.changes else ())


def _is_workable(facts: ServerFacts) -> bool:
    """Whether there is more to say of a server than what has been said of it already."""
    return facts.platform is Platform.SERVER and has_conf(facts)


def with_run(plan: Plan, run: str) -> Plan:
    """Return the plan with a run's real id wherever it says RUN."""

    def named(text: str) -> str:
        return text.replace(f"cluster-{plan.run}", f"cluster-{run}")

    return replace(
        plan,
        run=run,
        servers=tuple(
            replace(
                server,
                base_directory=named(server.base_directory),
                conf_settings=tuple(
                    replace(s, value=None if s.value is None else named(s.value))
                    for s in server.conf_settings
                ),
                conf_diff=tuple(replace(d, text=named(d.text)) for d in server.conf_diff),
            )
            for server in plan.servers
        ),
        changes=tuple(
            replace(change, what=named(change.what), undo=named(change.undo))
            for change in plan.changes
        ),
    )


class _Planner:
    """Makes the plan of servers that are understood."""

    def __init__(
        self, settings: Settings, views: tuple[ServerView, ...], material: Material | None
    ) -> None:
        self._settings = settings
        self._views = views
        self._verify, self._why = verify_hostname(settings, views)
        self._tls = settings.policy.tls_versions or (
            rules_for(views[0].version).tls_versions if views else ()
        )
        self._names = {view.name: alternative_names(view, views) for view in views}
        self._outside = outside_of(settings, views, self._names, material)
        for server in self._outside.servers:
            wanted = self._names[server][0] + self._names[server][1]
            self._names[server] = self._outside.names(server, wanted)
        self._coverage = coverage_of(views, self._names)

    def plan(self, found: list[Problem], leaf_state: LeafState | None) -> Plan:
        servers: list[ServerPlan] = []
        for view in self._views:
            found += of_conf(view)
            try:
                servers.append(self._server(view))
                found += of_modes(view, servers[-1])
                found += of_lines(view, servers[-1])
            except WizardError as error:
                found.append(
                    blocker(view.name, error.code, f"On {view.name}: {error.message}", error.hint)
                )
        found += not_covered(
            self._coverage,
            verify_hostname=self._verify,
            brought=self._settings.trust.comes_from_outside,
        )
        found += self._outside.problems
        blocked = any(problem.blocks for problem in found)
        in_place = not blocked and self._in_place(leaf_state)
        downtime_s, downtime_why = expected_downtime([view.facts for view in self._views])
        return Plan(
            settings=self._settings,
            run=RUN,
            servers=tuple(servers),
            changes=() if blocked or in_place else tuple(_changes(servers)),
            problems=merged(found, len(self._views)),
            stays_unencrypted=stays_unencrypted(self._views),
            downtime_s=(0, 0) if blocked or in_place else downtime_s,
            downtime_why="" if blocked or in_place else downtime_why,
            verify_hostname=self._verify,
            verify_hostname_why=self._why,
            tls_versions=self._tls,
            protected=bool(self._views) and all(map(_is_protected, self._views)),
            coverage=self._coverage,
        )

    def _check_names(self, view: ServerView) -> None:
        """Refuse a subject that can't be written, and an address no certificate can name."""
        if self._settings.trust is not TrustModel.EXISTING:
            subject_name(self._settings.subject, view.name, view.address)
        if not any(self._names[view.name]) and view.name not in self._outside.servers:
            raise MaterialError(
                f"the advertised address {view.address!a} is neither a DNS name nor an IP address.",
                hint=f"Set `servers.{view.name}.address` in the answers to what the others dial.",
                code="address-refused",
            )

    def _server(self, view: ServerView) -> ServerPlan:
        facts, settings = view.facts, self._settings
        self._check_names(view)
        change = self._conf_change(view)
        owner = owner_of(facts)
        with_password = has_password(settings, view.version)
        printed = by_command(settings, view.version)
        return ServerPlan(
            server=view.name,
            address=view.address,
            version=view.version,
            home=facts.home,
            conf_file=facts.conf_file,
            certificates=facts.certificates,
            base_directory=base_directory(facts, view.version)[0],
            logs=facts.logs,
            neo4j_log=facts.neo4j_log,
            service=facts.service,
            owner_uid=owner[0],
            owner_gid=owner[1],
            conf_sha256=hashlib.sha256(facts.conf).hexdigest(),
            conf_mode=facts.conf_stat.mode,
            conf_mode_after=mode_after(
                facts.conf_stat,
                owner,
                facts.conf_place.access_list,
                with_password=with_password and not printed,
            ),
            conf_settings=change.settings,
            conf_removed=change.removed,
            brought=self._outside.leaf(view.name),
            trusted=self._outside.trusted(view.name),
            conf_diff=change.diff,
            files=tuple(files_of(view.name, self._trusted(view), printed=printed)),
            common_name=fill_subject(settings.subject, view.name, view.address).common_name,
            dns_names=self._names[view.name][0],
            ip_addresses=self._names[view.name][1],
            ports=view.ports,
            needs_password=with_password,
            running=facts.running,
            standing_sha256=standing_sha256(facts),
            stops_first=is_secondary(view.conf.values, view.version),
            expands_commands=facts.expands_commands,
        )

    def _conf_change(self, view: ServerView) -> ConfChange:
        return conf_change(
            self._settings, view, verify_hostname=self._verify, tls_versions=self._tls
        )

    def _in_place(self, leaf_state: LeafState | None) -> bool:
        if leaf_state is None:
            return False
        return everything_in_place(
            self._settings,
            self._views,
            {name: dns + addresses for name, (dns, addresses) in self._names.items()},
            verify_hostname=self._verify,
            tls_versions=self._tls,
            leaf_state=leaf_state,
            brought={view.name: self._outside.prints(view.name) for view in self._views}
            if self._settings.trust.comes_from_outside
            else None,
        )

    def _trusted(self, view: ServerView) -> tuple[tuple[str, str], ...]:
        """Return the names of the trusted files, each with whose certificate it holds."""
        if self._settings.trust.comes_from_outside:
            return self._outside.trusts(view.name)
        if self._settings.trust is TrustModel.PRIVATE_CA:
            return (("ca.crt", "ca"),)
        servers = (server.name for server in self._settings.servers)
        with_own = rules_for(view.version).trusts_itself
        every = whom_to_trust(view.name, servers, with_own=with_own)
        return tuple((f"{of}.crt", of) for of in every)


def _changes(servers: Sequence[ServerPlan]) -> Iterable[Change]:
    """Yield every change: the whole cluster goes through one kind after the other."""
    stopping = sorted(servers, key=lambda server: not server.stops_first)
    return (
        change_of(kind, server)
        for kind in ChangeKind
        for server in (stopping if kind is ChangeKind.STOP else servers)
    )


def _is_protected(view: ServerView) -> bool:
    try:
        return policy_of(view.conf, view.version, view.facts.home).enabled
    except WizardError:
        return False
