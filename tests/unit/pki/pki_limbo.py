"""The cases of x509-limbo, as the doctor sees them: one set of brought files a case."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.model.problems import Severity
from wizard.model.version import Version
from wizard.pki.brought.reading import read_all
from wizard.pki.brought.things import Brought
from wizard.pki.doctor.examination import Terms, examine

DATA = Path(__file__).parents[4] / "shared" / "data" / "limbo-nobettertls.json"
OTHER_DIRECTION = {"SERVER": "no-client-auth-eku", "CLIENT": "no-server-auth-eku"}
"""Every server of a cluster is both; limbo asks for one at a time."""


@dataclass(frozen=True)
class LimboCase:
    """One case: what is trusted, what is shown, and what is expected of it."""

    name: str
    kind: str
    accepted: bool
    host: str | None
    now: datetime
    leaf: Brought
    between: Brought
    roots: Brought
    crls: Brought

    def problems(self) -> set[str]:
        """Return the codes of what the doctor finds wrong, with this direction alone in mind."""
        parts = (self.leaf, self.between, self.roots, self.crls)
        whole = Brought(things=tuple(thing for part in parts for thing in part.things))
        terms = Terms(version=Version(5, 26), now=self.now, host=self.host)
        found = examine(whole, terms).problems
        bad = {problem.code for problem in found if problem.severity is not Severity.NOTE}
        return bad - {OTHER_DIRECTION[self.kind]}


def limbo_cases() -> list[LimboCase]:
    return [_case(one) for one in json.loads(DATA.read_text())["testcases"]]


def _case(one: dict[str, Any]) -> LimboCase:
    peer = one["expected_peer_name"]
    named = peer is not None and peer["kind"] in ("DNS", "IP")
    at = one["validation_time"]
    return LimboCase(
        name=one["id"],
        kind=one["validation_kind"],
        accepted=one["expected_result"] == "SUCCESS",
        host=peer["value"] if named and one["validation_kind"] == "SERVER" else None,
        now=datetime.fromisoformat(at) if at else datetime.now(UTC),
        leaf=_read("leaf", [one["peer_certificate"]]),
        between=_read("between", _listed(one["untrusted_intermediates"])),
        roots=_read("roots", _listed(one["trusted_certs"])),
        crls=_read("crls", _listed(one["crls"])),
    )


def _listed(value: object) -> list[str]:
    found = ast.literal_eval(value) if isinstance(value, str) else value
    return list(found or [])  # type: ignore[call-overload]


def _read(name: str, texts: list[str]) -> Brought:
    return read_all((f"{name}{number}", text.encode()) for number, text in enumerate(texts))
