"""The words for an event: one sentence, the same in the prompts, the log and the plain output."""

from __future__ import annotations

from functools import singledispatch

from wizard.engine.events import (
    ChangeFailed,
    ChangeFinished,
    ChangePlanned,
    ChangeSkipped,
    ChangeStarted,
    Event,
    Finished,
    Link,
    LinkState,
    Probe,
    ProbeKind,
    ProblemFound,
    Result,
    Said,
    Started,
    Verdict,
)
from wizard.model.problems import Problem

_SHOWN = {
    ProbeKind.OURS: "our own certificate",
    ProbeKind.NONE: "no certificate",
    ProbeKind.FOREIGN_CA: "a certificate of another CA",
    ProbeKind.SELF_MADE: "a certificate it made itself",
    ProbeKind.EXPIRED: "an expired certificate",
    ProbeKind.PLAINTEXT: "no encryption at all",
    ProbeKind.OLD_TLS: "nothing newer than TLS 1.1",
}
_DID = {
    Verdict.ACCEPTED: "was accepted",
    Verdict.REFUSED: "was refused",
    Verdict.PLAINTEXT: "was answered without encryption",
    Verdict.FILTERED: "got no answer: the port is filtered from there",
    Verdict.TIMEOUT: "got no answer in time",
    Verdict.NOT_TESTED: "was not tested",
}
_LINKS = {
    LinkState.SEEN: "connected to",
    LinkState.NOT_LOGGED: "has not logged a connection to",
    LinkState.LOST: "lost its connection to",
}
_DOINGS = {
    "stage": ("staged", "staging"),
    "validate": ("validated", "validating"),
    "stop": ("stopped", "stopping"),
    "commit": ("given its changed neo4j.conf", "changing neo4j.conf"),
    "start": ("started", "starting"),
    "restore": ("put back", "putting back"),
}
_ENDS = {
    Result.OK: "Done.",
    Result.PROBLEMS: "Done, and there are problems to look at.",
    Result.REFUSED: "Nothing was done.",
    Result.REVERTED: "It failed, and every server was put back as it was.",
    Result.STOPPED: "It stopped half-way; run `neo4j-tls resume` to go on, or `neo4j-tls undo` to"
    " put every server back.",
    Result.UNREACHABLE: "A server was out of reach; nothing was changed.",
    Result.INTERRUPTED: "Interrupted; nothing is left half-done.",
}
_COMMANDS = {
    "plan": "Looking at the servers and planning; nothing is changed.",
    "apply": "Turning on encryption between the servers.",
    "verify": "Testing the encryption between the servers; nothing is changed.",
    "resume": "Going on where the run was cut off.",
    "undo": "Putting the servers back as they were.",
    "runs": "The runs of this workstation.",
}


@singledispatch
def sentence(event: Event) -> str:
    """Return the words for an event; one line, except for a problem with its hint."""
    return event.name


@sentence.register
def _(event: Started) -> str:
    return _COMMANDS.get(event.command, f"Started: {event.command}.")


@sentence.register(ChangePlanned)
@sentence.register(ChangeStarted)
def _(event: ChangePlanned | ChangeStarted) -> str:
    return f"{event.server}: {event.what}"


@sentence.register
def _(event: ChangeFinished) -> str:
    done, _doing = _doing_words(event.change)
    return f"✓ {event.server} is {done}."


@sentence.register
def _(event: ChangeFailed) -> str:
    _done, doing = _doing_words(event.change)
    return f"✗ {event.server}: {doing} failed. {event.message}"


@sentence.register
def _(event: ChangeSkipped) -> str:
    return f"· {event.server}: {event.message}"


@sentence.register
def _(event: Link) -> str:
    return f"{event.server} {_LINKS[event.state]} {event.peer} ({event.address})."


@sentence.register
def _(probe: Probe) -> str:
    sign = {True: "✓", False: "✗", None: "·"}[probe.ok]
    shown = _SHOWN[probe.kind]
    what = f"{sign} {probe.server}:{probe.port} from {probe.origin}: {shown} {_DID[probe.verdict]}"
    if probe.kind is ProbeKind.OURS and probe.verdict is Verdict.ACCEPTED and probe.ok is False:
        return f"{what}, but the port serves another certificate than the one that was made."
    return f"{what} ({probe.detail})." if probe.ok is not True and probe.detail else f"{what}."


@sentence.register
def _(event: ProblemFound) -> str:
    return problem_text(event.problem)


@sentence.register
def _(event: Said) -> str:
    return f"{event.server}: {event.message}" if event.server else event.message


@sentence.register
def _(event: Finished) -> str:
    return _ENDS[event.result]


def problem_text(problem: Problem) -> str:
    """Return a problem with its place and the way out, in at most two lines."""
    places = [problem.server or problem.key or "", problem.file or ""]
    told = [place for place in places if place and place not in problem.message]
    where = f" ({', '.join(told)})" if told else ""
    head = f"{problem.severity.value.capitalize()} {problem.code}{where}: {problem.message}"
    return f"{head}\n  {problem.hint}" if problem.hint else head


def _doing_words(change: str) -> tuple[str, str]:
    kind = change.partition(":")[0]
    return _DOINGS.get(kind, (f"through with {kind}", kind))
