"""Plans for certificates from outside: what they tell, whatever the order of the files."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from planning_world import NAMES, cluster, codes, settings

from wizard.engine.events import to_json
from wizard.engine.planned import plan_events
from wizard.model.settings import (
    KeyAlgorithm,
    PolicySettings,
    Settings,
    Subject,
    TrustModel,
    VerifyHostname,
)
from wizard.pki.authority import make_authority
from wizard.pki.brought.reading import read_all
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.leaf import issue_leaf
from wizard.pki.supply.supplied import Material
from wizard.planning.outside import waits_for_requests
from wizard.planning.plan import Plan
from wizard.planning.planner import make_plan
from wizard.planning.render import plan_text, trusted_words

NOW = datetime(2026, 11, 22, tzinfo=UTC)
EXISTING = settings(trust=TrustModel.EXISTING, material="/box")
REQUEST = settings(trust=TrustModel.REQUEST)
AUTHORITY = make_authority("payments", NOW, 3000, KeyAlgorithm.EC_P256)
CA = AUTHORITY.certificate.public_bytes(Encoding.PEM)


def pair(name: str, *names: str) -> bytes:
    key = make_key(KeyAlgorithm.EC_P256)
    leaf = issue_leaf(
        AUTHORITY,
        key=key,
        subject=Subject(common_name=name),
        dns_names=names or (f"{name}.example.com",),
        ip_addresses=(),
        now=NOW,
        lifetime_days=700,
    )
    return leaf.public_bytes(Encoding.PEM) + private_key_pem(key, None)


PIECES = (*(pair(name) for name in NAMES), CA)


def planned(*pieces: bytes, answers: Settings = EXISTING, now: datetime = NOW) -> Plan:
    files = [(f"/box/{at}", piece) for at, piece in enumerate(pieces)]
    own = {} if answers.trust is TrustModel.REQUEST else None
    material = Material(brought=read_all(files), now=now, place="/box", own_keys=own)
    return make_plan(answers, cluster(), material=material)


def nameless(plan: Plan) -> Plan:
    """The plan without the names of the files, which do differ."""
    servers = [
        replace(one, brought=replace(one.brought, file="")) if one.brought else one
        for one in plan.servers
    ]
    problems = [replace(problem, file=None) for problem in plan.problems]
    return replace(plan, servers=tuple(servers), problems=tuple(problems))


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))])
def test_the_order_of_the_files_changes_nothing(order: tuple[int, ...]) -> None:
    assert codes(planned(*PIECES), blocking=True) == set()
    shuffled = planned(*(PIECES[at] for at in order))
    assert nameless(shuffled) == nameless(planned(*PIECES))


def test_the_plan_tells_whose_from_where_and_until_when() -> None:
    plan = planned(*PIECES)
    text = " ".join(" ".join(plan_text(plan)).split())
    assert "from /box/1." in text
    assert f"valid until {NOW + timedelta(days=700):%Y-%m-%d}" in text
    assert "trusted/ca.crt will hold CN=Neo4j cluster CA payments" in text
    (words,) = trusted_words(plan)
    assert words.startswith("server1, server2, server3 trust CN=Neo4j cluster CA payments")


def test_a_plan_is_the_same_bytes_twice_and_holds_no_key() -> None:
    first, second = (
        "\n".join(json.dumps(to_json(event)) for event in plan_events(planned(*PIECES)))
        for _ in range(2)
    )
    assert first == second
    assert "PRIVATE" not in first
    body = PIECES[0].split(b"-----BEGIN PRIVATE KEY-----")[1].splitlines()[1].decode()
    assert body not in first
    assert body not in repr(planned(*PIECES))


def test_a_name_that_is_missing_blocks_only_where_names_are_checked() -> None:
    pieces = (PIECES[0], pair("server2", "server2"), PIECES[2], CA)
    strict = planned(*pieces)
    assert codes(strict, blocking=True) == {"name-not-covered"}
    unchecked = PolicySettings(verify_hostname=VerifyHostname.FALSE)
    lax = planned(*pieces, answers=replace(EXISTING, policy=unchecked))
    assert codes(lax, blocking=True) == set()
    assert "name-not-covered" in codes(lax, blocking=False)


def test_what_has_ended_by_the_day_of_the_plan_blocks() -> None:
    late = planned(*PIECES, now=NOW + timedelta(days=701))
    assert codes(late, blocking=True) == {"leaf-expired"}


def test_without_requests_apply_may_make_them_unless_more_is_wrong() -> None:
    plan = planned(answers=REQUEST)
    assert codes(plan, blocking=True) == {"request-not-made"}
    assert waits_for_requests(plan)
    refused = next(problem for problem in plan.problems if problem.blocks)
    worse = replace(refused, code="edition-community")
    assert not waits_for_requests(replace(plan, problems=(*plan.problems, worse)))
