"""Discovery in plaintext where a build of Neo4j can do no better: told, and no failure."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Observations
from wizard.engine.events import Verdict
from wizard.model.problems import Problem, Severity

DISCOVERY_IN_PLAINTEXT = "discovery-plaintext"


def discovery_in_plaintext(seen: Observations) -> Iterator[Problem]:
    """The servers' discovery ports have no TLS, which no setting of theirs can change.

    A probe says so by a plaintext answer that proves neither good nor bad.
    """
    plain = [
        test.probe
        for test in seen.tests
        if test.probe.verdict is Verdict.PLAINTEXT and test.probe.ok is None
    ]
    if not plain:
        return
    servers = ", ".join(sorted({probe.server for probe in plain}))
    ports = ", ".join(map(str, sorted({probe.port for probe in plain})))
    yield Problem(
        code=DISCOVERY_IN_PLAINTEXT,
        severity=Severity.NOTE,
        message=f"Discovery (port {ports}) stays in plaintext on {servers}, although the policy"
        " covers it: Neo4j's own 3.5 Enterprise encrypts it, builds of the open code can't. No"
        " data goes through it, but whoever reaches it can disturb how the servers find each"
        " other.",
        hint="Let only the servers of this cluster reach that port, by a firewall.",
    )
