"""Ports that no probe has reached: nothing speaks against them, and nothing for them."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Observations
from wizard.engine.events import Verdict
from wizard.engine.probing.door import WORKSTATION
from wizard.engine.probing.matrix import Probed
from wizard.model.problems import Problem, Severity

NOT_PROVED = "ports-not-proved"


def not_proved(seen: Observations) -> Iterator[Problem]:
    """Neither a server nor the workstation could connect to some ports, or was allowed to."""
    tests: dict[tuple[str, int], list[Probed]] = {}
    for test in seen.tests:
        tests.setdefault((test.probe.server, test.probe.port), []).append(test)
    open_ports = sorted(where for where, every in tests.items() if not any(map(_tells, every)))
    servers = sorted({server for server, _ in open_ports if _is_up(seen, server)})
    if not servers:
        return
    ports = sorted({port for server, port in open_ports if server in servers})
    yield Problem(
        code=NOT_PROVED,
        severity=Severity.WARNING,
        message=f"The encryption of {', '.join(servers)} is not proved on"
        f" {', '.join(map(str, ports))}: no probe got there, neither through the servers' SSH"
        " connections nor from this workstation. Nothing speaks against it, either.",
        hint="Set `AllowTcpForwarding local` in the sshd_config of the servers, or use a"
        " workstation that may connect to these ports; then run `neo4j-tls verify`.",
        server=servers[0] if len(servers) == 1 else None,
    )


def _tells(test: Probed) -> bool:
    """Whether something is known by a probe: it got there, or a server saw that nobody can."""
    verdict = test.probe.verdict
    filtered = verdict is Verdict.FILTERED and test.probe.origin != WORKSTATION
    return test.reached or test.closed or filtered or verdict is Verdict.REFUSED


def _is_up(seen: Observations, server: str) -> bool:
    one = seen.servers.get(server)
    return one is None or one.running is not False
