"""What a server is and how it stands, before its neo4j.conf is read."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.facts import Control, Edition, Platform, ServerFacts
from wizard.model.problems import Problem, blocker
from wizard.model.settings import Settings
from wizard.model.text import shown
from wizard.planning.keeping import of_keepers
from wizard.planning.place_findings import of_place
from wizard.planning.telling import warning
from wizard.planning.view import same_release

CLOCK_BLOCKS_S = 300
CLOCK_WARNS_S = 60
"""A skewed clock makes certificates look expired, and ruins a common look at the logs."""

NEEDED_KIB = 1024
"""Keys, certificates and a copy of neo4j.conf take some tens of KiB; a full disk has less."""

_SET_CLOCK = "Set the clock, for instance by NTP."
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
        return
    yield from _of_edition(facts)
    yield from _odd_paths(facts)
    yield from of_place(facts)
    yield from _of_machine(facts)
    yield from _of_control(facts)
    yield from of_keepers(settings, facts)
    if settings.neo4j and facts.version and not same_release(settings.neo4j, facts.version):
        yield warning(
            server,
            "version-differs",
            f"The answers say Neo4j {settings.neo4j}, but {server} has {facts.version}.",
            'Write `neo4j = "detect"` in the answers, unless you know better.',
        )


def _of_edition(facts: ServerFacts) -> Iterator[Problem]:
    if facts.edition is Edition.COMMUNITY:
        yield blocker(
            facts.server,
            "edition-community",
            f"Neo4j on {facts.server} is the Community edition, which forms no clusters.",
            "Name the servers of an Enterprise cluster.",
        )
    if facts.edition is Edition.UNKNOWN:
        yield warning(
            facts.server,
            "edition-unknown",
            f"The edition of Neo4j on {facts.server} could not be found out.",
            "Make sure it is Enterprise; Community forms no clusters.",
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
    if facts.free_kib < NEEDED_KIB:
        yield blocker(
            server,
            "too-little-space",
            f"The disk that holds Neo4j's certificates on {server} has only {facts.free_kib} KiB "
            "free.",
            "Free at least 1 MiB there.",
        )
    if skew > CLOCK_BLOCKS_S:
        yield blocker(server, "clock-skew", _skew(facts), _SET_CLOCK)
    elif skew > CLOCK_WARNS_S:
        yield warning(server, "clock-skew", _skew(facts), _SET_CLOCK)
    if not facts.running:
        yield warning(
            server,
            "server-not-running",
            f"Neo4j on {server} is not running; it will be started with the others.",
            "Find out why it is down before you go on.",
        )


def _of_control(facts: ServerFacts) -> Iterator[Problem]:
    """Yield whether Neo4j may be stopped and started: seen now, not when half of it is down."""
    server, unit = facts.server, shown(facts.service.partition(":")[2])
    hint = (
        "Answer access.become with sudo, or let sudoers allow the user who works there "
        f"`systemctl stop {unit}` and `systemctl start {unit}` without a password."
    )
    if facts.control is Control.NO:
        yield blocker(
            server,
            "service-control-refused",
            f"The user who works on {server} may not stop and start Neo4j there: for its unit "
            f"{unit} neither sudo nor polkit lets them.",
            hint,
        )
    if facts.control is Control.UNKNOWN:
        yield warning(
            server,
            "service-control-unknown",
            f"Whether Neo4j on {server} may be stopped and started, its unit {unit}, is decided "
            "by polkit only then; a refusal would put every server back.",
            hint,
        )


def _skew(facts: ServerFacts) -> str:
    direction = "ahead of" if facts.clock_offset_s > 0 else "behind"
    seconds = round(abs(facts.clock_offset_s))
    return f"The clock of {facts.server} is {seconds} seconds {direction} this computer's."
