"""`neo4j-tls practice`: the practice cluster, and who walks over it.

A person by default, the wizard itself with --auto, other terminals with --serve.
"""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import WizardError
from wizard.front_end import FrontEnd, front_end
from wizard.practice.cluster import PracticeCluster
from wizard.practice.faults import FAULTS, parse_fault
from wizard.practice.own_state import own_state
from wizard.practice.waiting import until_signal

if TYPE_CHECKING:
    from wizard.engine.request import Request

_LOOK_S = 1.0


def main(options: Namespace) -> int:
    """Run the practice cluster as asked for; return the exit code."""
    if options.list_faults:
        return _list_faults(as_json=options.json)
    # With --encrypted the faults come later: they would make the encryption itself fail.
    faults = () if options.encrypted else options.fault
    cluster = PracticeCluster(options.servers, options.neo4j, faults, directory=options.dir)
    _servers_of(options.fault, options.servers)
    if options.serve:
        return _serve(cluster, options)
    return _auto(cluster, options) if options.auto else _walk(cluster, options)


def _list_faults(*, as_json: bool) -> int:
    for fault in sorted(FAULTS, key=lambda fault: fault.name):
        columns = (fault.name, fault.problem_code, fault.sentence)
        named = dict(zip(("fault", "problem", "message"), columns, strict=True))
        print(json.dumps(named) if as_json else "\t".join(columns))  # noqa: T201 - the answer
    return 0


def _serve(cluster: PracticeCluster, options: Namespace) -> int:
    """Keep the cluster up until a signal; its one line is printed once it has formed."""
    with until_signal() as signalled, cluster:
        if options.encrypted:
            _encrypt(cluster, options.fault)
        print(json.dumps(cluster.as_json()), flush=True)  # noqa: T201 - the answer
        while not signalled.wait(_LOOK_S):
            pass  # a signal that comes just before a wait is only seen after it
    return 0


def _auto(cluster: PracticeCluster, options: Namespace) -> int:
    """Walk with default answers and no questions; the boards are printed at the end."""
    from wizard import headless  # noqa: PLC0415 - brings in paramiko while the cluster starts
    from wizard.engine.walk import apply_walk, verify_walk  # noqa: PLC0415 - as above

    with cluster:
        if not options.encrypted:
            return headless.tell(options, apply_walk, _request(cluster))
        _encrypt(cluster, options.fault)
        return headless.tell(options, verify_walk, _request(cluster))


def _walk(cluster: PracticeCluster, options: Namespace) -> int:
    """Let a person walk over it."""
    chosen = front_end(plain=options.plain, environ=os.environ)
    with cluster:
        if options.encrypted:
            _encrypt(cluster, options.fault)
        if chosen is FrontEnd.SCREENS:
            from wizard import app  # noqa: PLC0415 - only the front end that is used

            return app.run(cluster)
        from wizard import prompts  # noqa: PLC0415 - as above

        return prompts.run(cluster)


def _servers_of(faults: Sequence[str], servers: int) -> set[str]:
    """Return the servers that have a fault; refuses a fault or server that does not exist."""
    names = [f"server{number}" for number in range(1, servers + 1)]
    return {parse_fault(fault, names)[1] for fault in faults}


def _encrypt(cluster: PracticeCluster, faults: Sequence[str]) -> None:
    """Encrypt the cluster by the wizard's own way; then let the faults in, a restart each."""
    from wizard.engine.events import Finished, Result  # noqa: PLC0415 - most clusters start plain
    from wizard.engine.walk import apply_walk  # noqa: PLC0415 - as above

    ended = [event for event in apply_walk(_request(cluster)) if isinstance(event, Finished)]
    if not ended or ended[-1].result is not Result.OK:
        raise WizardError(
            "The practice cluster could not be encrypted.",
            hint="Start it again; this is a fault of the wizard, not of your cluster.",
        )
    if faults:
        cluster.set_faults(faults)
        for server in sorted(_servers_of(faults, len(cluster.servers))):
            cluster.restart(server)


def _request(cluster: PracticeCluster, environ: Mapping[str, str] = os.environ) -> Request:
    """Return the order to work on the cluster unattended, with everything kept inside it."""
    from wizard.engine.request import Request  # noqa: PLC0415 - brings in paramiko
    from wizard.interview.answers import load, parse, to_toml  # noqa: PLC0415 - as above
    from wizard.interview.secrets_file import load_secrets  # noqa: PLC0415 - as above

    answers = load(cluster.answers_path)
    return Request(
        settings=parse(answers),
        secrets=load_secrets(Path(str(answers["secrets"]))),
        environ=own_state(cluster.directory, environ),
        answers_toml=to_toml(answers),
        asks_for_copy=True,  # this CA ends with its cluster: there is nobody to warn
    )
