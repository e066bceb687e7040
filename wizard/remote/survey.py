"""A first look at a server: read only, two round trips, nearly all that a plan has to know."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Mapping, Sequence
from posixpath import join

from wizard.errors import AnswerError, ConfError, RemoteError, WizardError
from wizard.model.facts import Control, Edition, FileStat, Platform, PolicyFiles, ServerFacts
from wizard.model.settings import DETECT, ServerSettings
from wizard.model.text import shown
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.keepers import keeper_of
from wizard.neo4j.layout import logs_of
from wizard.neo4j.logs.durations import last_durations
from wizard.neo4j.policy import policy_of
from wizard.remote.answers import Answer, lines, stat_from, understood, unhex
from wizard.remote.conf_place import read_conf_place
from wizard.remote.connection import Connection
from wizard.remote.dialects import DIALECTS, platform_by_system, platform_by_words
from wizard.remote.keeper_answers import read_keepers
from wizard.remote.name_answers import read_names

_TIMEOUT_S = 60.0
_MAX_BYTES = 16 * 1024 * 1024
_PACKAGE_HOME = "/var/lib/neo4j"
_PACKAGE_LOGS = "/var/log/neo4j"
_NOTHING = FileStat(mode=0, uid=0, gid=0)

_KERNEL_JAR = re.compile(r"neo4j-(?:kernel|server|configuration)-(\d+\.\d+(?:\.\d+)?)\b.*\.jar")
_ENTERPRISE = ("enterprise", "causal-clustering", "commercial")


def survey(connection: Connection, server: ServerSettings, names: Sequence[str]) -> ServerFacts:
    """Return what stands on a server now; nothing there is changed.

    Args:
        connection: a logged-in connection to it.
        server: the answers; each `detect` is found out.
        names: host names and IP addresses to look up from there; `ask_names` asks for more.

    Raises:
        AnswerError: no Neo4j was found, or not where the answer says; names the key to answer.
        ConfError: neo4j.conf can't be read.
        RemoteError: the connection was lost, or the login may not look.
    """
    connection.check_sessions()
    before = time.time()
    stdin = lines(server.name, server.home, server.conf, server.service, *names)
    try:
        completed = connection.run("survey", stdin, timeout_s=_TIMEOUT_S, max_bytes=_MAX_BYTES)
    except RemoteError as error:
        platform = platform_by_words(error.message) if error.code == "no-shell" else None
        if platform is None:
            raise
        if platform not in DIALECTS:
            return _elsewhere(connection, server, platform)
        connection.speak(DIALECTS[platform])
        completed = connection.run("survey", stdin, timeout_s=_TIMEOUT_S, max_bytes=_MAX_BYTES)
    middle = (before + time.time()) / 2
    with understood(server.name):
        answer = Answer(server.name, completed)
        platform = _platform(answer)
        if platform is not Platform.SERVER:
            return _elsewhere(connection, server, platform)
        _refuse_missing(answer, server)
        return _facts(connection, server, answer, names, middle)


def _facts(
    connection: Connection,
    server: ServerSettings,
    answer: Answer,
    names: Sequence[str],
    middle: float,
) -> ServerFacts:
    jars = answer.raw("jars").decode("latin-1").split("\n")[:-1]
    home, conf_file = answer.text("home"), answer.text("conf")
    conf, version = answer.raw("content"), _version(jars)
    named = read_names(answer, names)
    certificates, logs, policy = _places(server, home, conf, version)
    more = _details(connection, home, certificates, logs, *policy, answer.text("service"))
    last_stop_s, last_start_s = last_durations(more.text("moments").split("\n"))
    return ServerFacts(
        server=server.name,
        platform=Platform.SERVER,
        edition=_edition(jars),
        version=version,
        login=answer.text("login") or connection.login,
        home=home,
        home_stat=stat_from(answer.first("home")[1:]) or _NOTHING,
        conf_file=conf_file,
        conf=conf,
        conf_stat=stat_from(answer.first("conf")[1:]) or _NOTHING,
        conf_is_link="link" in answer,
        certificates=certificates,
        certificates_stat=stat_from(more.first("certificates")),
        logs=logs,
        neo4j_log=_user_log(answer.text("service"), logs, more),
        service=answer.text("service"),
        running=answer.first("running") == ["yes"],
        managed_by=keeper_of(conf),
        keepers=read_keepers(answer),
        last_stop_s=last_stop_s,
        last_start_s=last_start_s,
        conf_place=read_conf_place(answer),
        resolved=named.resolved,
        reverse=named.reverse,
        clock_offset_s=_clock(answer, middle),
        free_kib=int((more.first("free") or ["0"])[0] or 0),
        listening=tuple(sorted(set(_listening(answer)))),
        policy_files=_policy_files(more, policy),
        expands_commands="expands" in answer,
        control=_control(answer.first("control")),
        certificates_entries=tuple(filter(None, more.text("standing").split("\n"))),
    )


def _control(told: Sequence[str]) -> Control:
    """Read what is told of a unit where the work is not done as root; else nothing is told."""
    return Control(told[0]) if told and told[0] in {*Control} else Control.YES


def _places(
    server: ServerSettings, home: str, conf: bytes, version: Version | None
) -> tuple[str, str, Sequence[str]]:
    """Return the certificates folder, the log folder, and the four paths of the cluster policy."""
    default_logs = _PACKAGE_LOGS if home == _PACKAGE_HOME else join(home, "logs")
    logs = default_logs if server.logs == DETECT else server.logs
    paths: Sequence[str] = ("", "", "", "")
    try:
        parsed = Conf.parse(conf)
        if version is not None:
            if server.logs == DETECT:
                logs = logs_of(parsed, version, home, default_logs)
            policy = policy_of(parsed, version, home)
            paths = (
                policy.base_directory,
                policy.public_certificate,
                policy.private_key,
                policy.trusted_dir,
            )
    except WizardError:  # the plan reports what is wrong with it; here it only hides the folder
        pass
    return join(home, "certificates"), logs, paths


def _details(connection: Connection, *parameters: str) -> Answer:
    stdin = lines(connection.server, *parameters)
    completed = connection.run("details", stdin, timeout_s=_TIMEOUT_S, max_bytes=_MAX_BYTES)
    return Answer(connection.server, completed)


def _policy_files(more: Answer, policy: Sequence[str]) -> PolicyFiles | None:
    if "policy" not in more:
        return None
    trusted: Mapping[str, bytes] | None = None
    if "trusted-folder" in more:
        trusted = {
            unhex(fields[0]).decode("utf-8", "surrogateescape"): unhex("".join(fields[1:]))
            for fields in more.all("trusted")
        }
    return PolicyFiles(
        directory=policy[0],
        public_certificate=more.raw("public") if "public" in more else None,
        private_key_exists="key" in more,
        trusted=trusted,
    )


def _platform(answer: Answer) -> Platform:
    """Return where its Neo4j runs; a platform whose dialect we have is worked on as any server."""
    platform = platform_by_system(answer.text("system"))
    if platform not in DIALECTS:
        return platform
    contained = answer.first("contained")
    return Platform(contained[0]) if contained else Platform.SERVER


def _elsewhere(connection: Connection, server: ServerSettings, platform: Platform) -> ServerFacts:
    """Return the facts of a server that is not worked on: only the platform counts."""
    return ServerFacts(
        server=server.name,
        platform=platform,
        edition=Edition.UNKNOWN,
        version=None,
        login=connection.login,
        home="",
        home_stat=_NOTHING,
        conf_file="",
        conf=b"",
        conf_stat=_NOTHING,
        conf_is_link=False,
        certificates="",
        certificates_stat=None,
        logs="",
        neo4j_log=None,
        service="",
        running=False,
        managed_by=None,
        resolved={},
        clock_offset_s=0.0,
        free_kib=0,
        listening=(),
        policy_files=None,
    )


def _refuse_missing(answer: Answer, server: ServerSettings) -> None:
    """Raise where something the plan stands on was not found."""
    key = f"servers.{server.name}"
    if "home" not in answer:
        where = "" if server.home == DETECT else f" in {shown(server.home)}"
        raise AnswerError(
            f"{key}.home",
            f"No Neo4j installation was found{where} on {server.name}.",
            hint=f"Write the folder of NEO4J_HOME on that server as {key}.home.",
        )
    if not answer.text("service") or answer.text("service") == DETECT:
        raise AnswerError(
            f"{key}.service",
            f"How Neo4j is started on {server.name} was not found.",
            hint=f"Write bin or systemd:NAME as {key}.service.",
        )
    conf = shown(answer.text("conf"))
    if "too-large" in answer:
        raise ConfError(
            f"{conf} on {server.name} is larger than 4 MiB, which no neo4j.conf is.",
            hint=f"Write the folder of the right one as {key}.conf.",
        )
    # The plan says what is wrong with a folder, and with a link that leads nowhere.
    if not ("content" in answer or answer.first("shape") == ["folder"] or _leads_nowhere(answer)):
        raise ConfError(
            f"{conf} on {server.name} is missing or can't be read by this login.",
            hint=f"Write its folder as {key}.conf, or answer access.become with sudo.",
        )


def _leads_nowhere(answer: Answer) -> bool:
    return "link" in answer and answer.first("shape") == ["missing"]


def _version(jars: Sequence[str]) -> Version | None:
    matches = (_KERNEL_JAR.fullmatch(jar) for jar in jars)
    versions = [Version.parse(match[1]) for match in matches if match]
    return next((version for version in versions if version is not None), None)


def _edition(jars: Sequence[str]) -> Edition:
    if any(word in jar for jar in jars for word in _ENTERPRISE):
        return Edition.ENTERPRISE
    return Edition.COMMUNITY if jars else Edition.UNKNOWN


def _user_log(service: str, logs: str, more: Answer) -> str | None:
    """Return neo4j.log; under systemd it goes to the journal unless the file is there."""
    if service.startswith("systemd:") and "user-log" not in more:
        return None
    return join(logs, "neo4j.log")


def _clock(answer: Answer, middle: float) -> float:
    """Return the server's clock minus ours, in seconds, right to about half a second."""
    seconds = answer.first("clock")
    if not seconds or not seconds[0].isdigit():
        return 0.0
    return int(seconds[0]) + 0.5 - middle


def _listening(answer: Answer) -> list[tuple[str, int]]:
    """Read the listeners of /proc/net/tcp: addresses are words in the byte order of the CPU."""
    found = []
    for fields in answer.all("listens"):
        address, _, port = fields[0].partition(":")
        words = [unhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8)]
        try:
            found.append((str(ipaddress.ip_address(b"".join(words))), int(port, 16)))
        except ValueError:
            continue
    return found
