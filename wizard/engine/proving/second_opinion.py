"""Compares what nmap finds at every cluster port with our own probes and the loaded policy.

It sees TLS versions and cipher suites, and not whether a port asks for certificates: it can't say
that a cluster is protected, and so is no reason to change anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.parallel import Gathered, together
from wizard.engine.probing.matrix import Probed
from wizard.engine.probing.nmap import NmapError, ask_nmap, find_nmap
from wizard.engine.probing.nmap_answer import Offered
from wizard.engine.proving.needs import resolved
from wizard.engine.request import Request
from wizard.errors import WizardError
from wizard.model.facts import ServerFacts
from wizard.model.problems import Problem, Severity

_OLD = ("SSLv3", "TLSv1.0", "TLSv1.1")
_NMAPS_NAMES = {"TLSv1": "TLSv1.0"}
_HINT = "nmap does not try whether a port asks for certificates: only the proof board tells that."


def second_opinion(
    request: Request, seen: Observations, facts: Mapping[str, ServerFacts]
) -> Iterator[Problem]:
    """Yield notes on every port where nmap agrees with us, differs, or could not look."""
    program = find_nmap(request.environ)
    if program is None:
        yield _note(
            None,
            "nmap-unanswered",
            "nmap is not on the PATH of this workstation, so it was not asked.",
            "Install the package nmap, or leave --nmap out.",
        )
        return
    asked = {name: one for name, one in seen.servers.items() if one.encrypts and one.ports}
    answers = _asked(program, request, {name: dialled(name, seen, facts) for name in asked})
    for server, one in asked.items():
        if server in answers.errors:
            why = answers.errors[server].message
            sentence = f"nmap gave no answer about {server}: {why}."
            yield _note(server, "nmap-unanswered", sentence, "")
            continue
        yield from compared(one, answers.answers[server], tuple(seen.of(server)))


def dialled(
    server: str, seen: Observations, facts: Mapping[str, ServerFacts]
) -> tuple[str, tuple[int, ...]]:
    """Return the address and the ports of a server, as its peers dial it.

    What a server says of its own name comes last: /etc/hosts may give it an address of loopback,
    and from here that is this workstation.
    """
    ports = seen.servers[server].ports
    peers = [one for name, one in facts.items() if name != server]
    known = {**resolved(facts.values()), **{n: a for n, a in resolved(peers).items() if a}}
    host = ports[0].host
    return next(iter(known.get(host, ())), host), tuple(sorted({port.port for port in ports}))


def _asked(
    program: Path, request: Request, asked: Mapping[str, tuple[str, tuple[int, ...]]]
) -> Gathered[Mapping[int, Offered]]:
    def work(server: str) -> Mapping[int, Offered]:
        address, ports = asked[server]
        try:
            return ask_nmap(program, address, ports, cancelled=lambda: request.cancel.is_set)
        except NmapError as error:
            raise WizardError(str(error)) from error

    return together(tuple(asked), work)


def compared(
    one: ServerObservation, offered: Mapping[int, Offered], tests: Sequence[Probed]
) -> Iterator[Problem]:
    """Yield a note for each port on which nmap differs, and one for those on which it agrees."""
    agreed: dict[str, list[int]] = {}
    for number in sorted({port.port for port in one.ports}):
        answer = offered.get(number)
        own = [test for test in tests if test.probe.port == number]
        if answer is None or answer.state != "open":
            state = "nothing" if answer is None else answer.state
            yield _note(
                one.server,
                "nmap-unanswered",
                f"From this workstation nmap calls port {number} of {one.server} {state}, so it"
                " could not look at its TLS.",
                "",
            )
        elif differences := tuple(_differences(one, answer, own)):
            yield _note(
                one.server,
                "nmap-differs",
                f"On {one.server}:{number} nmap finds what is not right: {'; '.join(differences)}.",
                "Verify once more; if it stays so, look whether another program answers there, or"
                " whether Neo4j has to be restarted to load its policy.",
            )
        else:
            agreed.setdefault(_offer(answer), []).append(number)
    for offer, numbers in agreed.items():
        ports = ", ".join(map(str, numbers))
        sentence = f"nmap agrees about {one.server} on {ports}: {offer}."
        yield _note(one.server, "nmap-agrees", sentence, _HINT)


def _differences(one: ServerObservation, answer: Offered, own: Sequence[Probed]) -> Iterator[str]:
    found = sorted(answer.suites)
    if not found:
        if any(test.spoke_tls and test.reached for test in own):
            yield "no TLS that it could use, while our probes met some"
        return
    if not any(test.spoke_tls for test in own if test.reached) and own:
        yield f"{', '.join(found)}, while our probes met no TLS"
    old = [version for version in found if version in _OLD]
    if old:
        yield f"it offers {', '.join(old)}, which is outdated"
    refused = any(
        test.probe.kind is ProbeKind.OLD_TLS and test.probe.verdict is Verdict.REFUSED
        for test in own
    )
    if "TLSv1.1" in old and refused:
        yield "our own probe of TLSv1.1 was refused"
    wanted = sorted(_NMAPS_NAMES.get(version, version) for version in one.tls_versions)
    if wanted and found != wanted:
        yield f"{', '.join(found)}, where the policy has {', '.join(wanted)}"
    if one.ciphers is not None:
        others = sorted({name for every in answer.suites.values() for name in every})
        others = [name for name in others if name not in one.ciphers]
        if others:
            yield f"cipher suites that the policy does not name: {', '.join(others)}"


def _offer(answer: Offered) -> str:
    if not answer.suites:
        return "no TLS"
    told = (f"{version} with {len(names)} cipher suites" for version, names in _in_order(answer))
    return ", ".join(told)


def _in_order(answer: Offered) -> list[tuple[str, tuple[str, ...]]]:
    return sorted(answer.suites.items())


def _note(server: str | None, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, severity=Severity.NOTE, message=message, hint=hint, server=server)
