"""Causes that keep a server from being up: its own log says which."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Observations
from wizard.engine.diagnosis.problem import error, from_log, setting_in
from wizard.model.problems import Problem
from wizard.neo4j.logs.problems import most_telling


def refused_setting(seen: Observations) -> Iterator[Problem]:
    """Neo4j refuses a setting of neo4j.conf."""
    for one in seen.servers.values():
        if one.conf_problem:
            yield error(
                one.server,
                "setting-refused",
                f"Neo4j refuses {setting_in(one.conf_problem)} in the neo4j.conf of {one.server}.",
                "Correct the setting that the evidence names.",
                one.conf_problem,
            )


def refused_start(seen: Observations) -> Iterator[Problem]:
    """Neo4j gave up while starting and logged why; its process may take a while to end."""
    for one in seen.servers.values():
        line = most_telling(one.fatal)
        if line is not None and (one.running is False or not one.has_started):
            yield from_log(one.server, line)


def gone(seen: Observations) -> Iterator[Problem]:
    """The process is gone: stopped by somebody, or ended without a word."""
    for one in seen.servers.values():
        if one.running is not False or one.fatal:
            continue
        if one.was_stopped:
            yield error(
                one.server,
                "server-not-running",
                f"Neo4j is not running on {one.server}.",
                "Start it, and then verify again.",
            )
        else:
            yield error(
                one.server,
                "start-failed",
                f"Neo4j on {one.server} ended without saying why.",
                "Read the end of neo4j.log and debug.log on this server, and the system's log:"
                " too little memory is a frequent cause.",
            )
