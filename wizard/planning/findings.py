"""What the survey found that must be mended first, and what a person should know before a yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.model.facts import Edition, Platform, ServerFacts
from wizard.model.problems import Problem, Severity
from wizard.model.settings import DETECT, ClientAuth, Settings, TrustModel
from wizard.model.text import shown
from wizard.neo4j.addresses import command_settings
from wizard.neo4j.modes import ServerMode, server_mode
from wizard.neo4j.policy import policy_of, startup_refusal
from wizard.neo4j.policy_reader import PREFIX
from wizard.neo4j.versions import NEWEST_KNOWN, rules_for
from wizard.planning.conf_change import preview
from wizard.planning.naming import unresolved
from wizard.planning.plan import ServerPlan
from wizard.planning.standing_policy import of_standing_policy
from wizard.planning.view import ServerView, bare_host, blocker, same_release

CLOCK_BLOCKS_S = 300
CLOCK_WARNS_S = 60
"""A skewed clock makes certificates look expired, and ruins a common look at the logs."""

NEEDED_KIB = 1024
"""Keys, certificates and a copy of neo4j.conf take some tens of KiB; a full disk has less."""

OTHERS_READ = 0o004

_PLATFORMS = {
    Platform.DOCKER: "in a Docker container",
    Platform.KUBERNETES: "on Kubernetes",
    Platform.WINDOWS: "on Windows",
}


def of_facts(settings: Settings, facts: ServerFacts) -> Iterator[Problem]:
    """Yield what is wrong with one server before its neo4j.conf is looked at."""
    server = facts.server
    if facts.platform in _PLATFORMS:
        yield blocker(
            server,
            "platform-refused",
            f"Neo4j on {server} runs {_PLATFORMS[facts.platform]}, where this wizard does not "
            "change anything yet.",
            "Take that server's certificates from its own tooling.",
        )
    if facts.edition is Edition.COMMUNITY:
        yield blocker(
            server,
            "edition-community",
            f"Neo4j on {server} is the Community edition, which forms no clusters.",
            "Name the servers of an Enterprise cluster.",
        )
    if facts.edition is Edition.UNKNOWN:
        yield _warning(
            server,
            "edition-unknown",
            f"The edition of Neo4j on {server} could not be found out.",
            "Make sure it is Enterprise; Community forms no clusters.",
        )
    yield from _odd_paths(facts)
    yield from _of_machine(facts)
    if settings.neo4j and facts.version and not same_release(settings.neo4j, facts.version):
        yield _warning(
            server,
            "version-differs",
            f"The answers say Neo4j {settings.neo4j}, but {server} has {facts.version}.",
            'Write `neo4j = "detect"` in the answers, unless you know better.',
        )


def _odd_paths(facts: ServerFacts) -> Iterator[Problem]:
    for path in (facts.home, facts.conf_file, facts.certificates, facts.logs):
        if path != shown(path) or path != path.strip() or "\\" in path:
            yield blocker(
                facts.server,
                "path-refused",
                f"On {facts.server} the path {shown(path)} holds a backslash, a blank at its end "
                "or a character that can't be seen, which neo4j.conf can't carry safely.",
                "Give the folder another name.",
            )


def _of_machine(facts: ServerFacts) -> Iterator[Problem]:
    server, skew = facts.server, abs(facts.clock_offset_s)
    if facts.conf_is_link and not facts.conf:
        yield blocker(
            server,
            "conf-is-link",
            f"neo4j.conf on {server} is a link to a file that is not there.",
            "Put the file back, or say in the answers where neo4j.conf stands.",
            facts.conf_file,
        )
    if facts.free_kib < NEEDED_KIB:
        yield blocker(
            server,
            "too-little-space",
            f"The disk that holds Neo4j's certificates on {server} has only {facts.free_kib} KiB "
            "free.",
            "Free at least 1 MiB there.",
        )
    if skew > CLOCK_BLOCKS_S:
        yield blocker(server, "clock-skew", _skew(facts), "Set the clock, for instance by NTP.")
    elif skew > CLOCK_WARNS_S:
        yield _warning(server, "clock-skew", _skew(facts), "Set the clock, for instance by NTP.")
    if facts.managed_by is not None:
        yield _warning(
            server,
            "conf-managed",
            f"neo4j.conf on {server} is kept by {shown(facts.managed_by)}, which may undo the "
            "change.",
            "Make the same change there, or pause it until you have.",
        )
    if not facts.running:
        yield _warning(
            server,
            "server-not-running",
            f"Neo4j on {server} is not running; it will be started with the others.",
            "Find out why it is down before you go on.",
        )


def of_cluster(settings: Settings, views: Sequence[ServerView]) -> Iterator[Problem]:
    """Yield what is wrong with the servers together, and with the answers."""
    if settings.trust in {TrustModel.REQUEST, TrustModel.EXISTING}:
        yield blocker(
            None,
            "trust-model-not-available",
            f"The trust model {settings.trust.value} is not available yet.",
            "Choose private-ca or self-signed; the others come later.",
        )
    releases = dict.fromkeys((v.version.major, v.version.minor) for v in views)
    if len(releases) > 1:
        listed = ", ".join(f"{v.name} has {v.version}" for v in views)
        yield blocker(
            None,
            "version-mixed",
            f"The servers run different versions of Neo4j: {listed}.",
            "Finish the upgrade first, so that all servers run the same version.",
        )
    yield from _duplicate_addresses(views)
    if settings.policy.client_auth is not ClientAuth.REQUIRE:
        yield _warning(
            None,
            "client-auth-not-required",
            f"With client_auth {settings.policy.client_auth.value} anyone who reaches a cluster "
            "port can connect without a certificate, and read the databases.",
            "Choose REQUIRE.",
        )
    if views and views[0].version > NEWEST_KNOWN and rules_for(views[0].version).newer_than_known:
        yield _note(
            None,
            "version-newer-than-known",
            f"Neo4j {views[0].version} is newer than what this wizard knows; the rules of "
            f"{NEWEST_KNOWN.major}.{NEWEST_KNOWN.minor:02d} are used.",
            "Look for a newer version of the wizard.",
        )
    yield from unresolved(views)
    yield from _backup(views)


def _duplicate_addresses(views: Sequence[ServerView]) -> Iterator[Problem]:
    owners: dict[tuple[str, int], str] = {}
    told: set[tuple[str, str]] = set()
    for view in views:
        for port in view.ports:
            first = owners.setdefault((bare_host(port.host), port.port), view.name)
            if first != view.name and (first, view.name) not in told:
                told.add((first, view.name))
                yield blocker(
                    view.name,
                    "address-duplicate",
                    f"{first} and {view.name} both advertise {shown(port.host)}:{port.port}, so "
                    "their peers can't tell them apart.",
                    f"Correct the advertised addresses in neo4j.conf, or `servers.{view.name}."
                    "address` in the answers.",
                )


def _backup(views: Sequence[ServerView]) -> Iterator[Problem]:
    key = "dbms.ssl.policy.backup.enabled"
    lacking = [v.name for v in views if (v.conf.get(key) or "").strip().lower() != "true"]
    if lacking:
        yield _note(
            None,
            "backup-policy-missing",
            "Backups that read from a cluster port (6000) will need a `backup` SSL policy of "
            "their own, with a certificate this cluster trusts; backups by port 6362 go on as "
            "before.",
            "Try a backup as soon as the cluster is encrypted.",
        )


def of_conf(view: ServerView) -> Iterator[Problem]:
    """Yield what neo4j.conf tells of one server that a person should know."""
    wanted = view.settings.address
    if server_mode(view.conf.values, view.version) is ServerMode.SINGLE:
        yield blocker(
            view.name,
            "not-a-cluster",
            f"Neo4j on {view.name} runs alone (dbms.mode is SINGLE), so it has no cluster ports.",
            "Name the servers of a cluster: in Neo4j 4 they have dbms.mode CORE or READ_REPLICA.",
            view.facts.conf_file,
        )
    if commands := command_settings(view.conf, view.version):
        yield _warning(
            view.name,
            "address-is-a-command",
            f"On {view.name} a command works out {commands[0]} when Neo4j starts, so the "
            f"certificate is made for {shown(view.address)}.",
            f"Set `servers.{view.name}.address` in the answers to what the others dial.",
        )
    if wanted != DETECT and bare_host(wanted) not in {bare_host(p.host) for p in view.ports}:
        yield _note(
            view.name,
            "address-not-advertised",
            f"The answers name {view.name} {wanted}, but its neo4j.conf advertises "
            f"{shown(view.ports[0].host)}; the certificate will hold both.",
            f"Correct `servers.{view.name}.address` if it is wrong.",
        )
    yield from of_standing_policy(view)


def of_modes(view: ServerView, plan: ServerPlan) -> Iterator[Problem]:
    """Yield a warning where everybody on the server will be able to read the key's password."""
    if plan.needs_password and plan.conf_mode_after & OTHERS_READ:
        yield Problem(
            code="conf-readable-by-others",
            severity=Severity.WARNING,
            message=f"Everybody on {view.name} can read neo4j.conf, which will hold the password "
            "of the private key, and Neo4j's own user could not read it otherwise.",
            hint="Give neo4j.conf the group of Neo4j's user and the mode 0640.",
            server=view.name,
            file=view.facts.conf_file,
        )


def of_result(view: ServerView, plan: ServerPlan) -> Iterator[Problem]:
    """Yield what would keep Neo4j from starting on the changed neo4j.conf, ours or not."""
    after = preview(view.conf, plan)
    refusal = startup_refusal(after, view.version, expand_commands=True)
    if refusal is not None:
        yield Problem(
            code="setting-refused",
            severity=Severity.ERROR,
            message=f"Neo4j on {view.name} would refuse to start again with this neo4j.conf.",
            hint="Correct the line that the evidence names.",
            server=view.name,
            file=view.facts.conf_file,
            evidence=shown(refusal),
            blocks=True,
        )
        return
    unknown = policy_of(after, view.version, view.facts.home).unknown_suffixes
    if unknown:
        yield _note(
            view.name,
            "setting-ignored",
            f"Neo4j on {view.name} ignores {PREFIX}{shown(unknown[0])}, because no setting has "
            "that name.",
            "Remove the line from neo4j.conf, or correct its name.",
        )


def _skew(facts: ServerFacts) -> str:
    direction = "ahead of" if facts.clock_offset_s > 0 else "behind"
    seconds = round(abs(facts.clock_offset_s))
    return f"The clock of {facts.server} is {seconds} seconds {direction} this computer's."


def _warning(server: str | None, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, message=message, hint=hint, server=server)


def _note(server: str | None, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, severity=Severity.NOTE, message=message, hint=hint, server=server)
