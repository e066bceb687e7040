"""Makes a problem about one server; the way every cause here speaks."""

from __future__ import annotations

import re

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.neo4j.logs.lines import Failed, problem_of

_EVIDENCE = 300
_REFUSED = "setting-refused"
_A_SETTING = "a setting"
_SETTING = re.compile(r"\b(?P<key>(?:dbms|server|initial|internal|db|causal_clustering)\.[\w.-]+)")
_OTHER_POLICY = re.compile(r"dbms\.ssl\.policy\.(?!(?:bolt|https|cluster|backup|fabric)\.)")


def error(server: str, code: str, message: str, hint: str, evidence: str = "") -> Problem:
    """Return a problem that stops the cluster from being encrypted and proved."""
    return Problem(
        code=code,
        severity=Severity.ERROR,
        message=message,
        hint=hint,
        server=server,
        evidence=shown(evidence, _EVIDENCE),
    )


def warning(server: str, code: str, message: str, hint: str, evidence: str = "") -> Problem:
    """Return a problem the cluster works with."""
    return Problem(
        code=code,
        severity=Severity.WARNING,
        message=message,
        hint=hint,
        server=server,
        evidence=shown(evidence, _EVIDENCE),
    )


def note(server: str, code: str, message: str, hint: str) -> Problem:
    """Return something worth knowing that makes nothing fail."""
    return Problem(code=code, severity=Severity.NOTE, message=message, hint=hint, server=server)


def setting_in(text: str) -> str:
    """Return the setting that Neo4j's words about a refused one name, or `a setting`."""
    found = _SETTING.search(text)
    return shown(found["key"].rstrip("."), _EVIDENCE) if found else _A_SETTING


def from_log(server: str, line: Failed) -> Problem:
    """Return the problem a log line stands for, with Neo4j's own words as evidence."""
    told = problem_of(line)
    code, sentence, hint = told or (line.code, "Neo4j reports a failure.", "Read its log.")
    if code == _REFUSED and (setting := setting_in(line.text)) != _A_SETTING:
        sentence = f"Neo4j did not start because it refuses {setting} in neo4j.conf."
        if _OTHER_POLICY.match(setting):
            hint = f"{hint} The policy of the cluster's ports is named dbms.ssl.policy.cluster."
    return error(server, code, f"{server}: {sentence}", hint, line.text)
