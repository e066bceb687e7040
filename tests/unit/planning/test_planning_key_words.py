"""The review says how keys are sealed and who reads what, and what it says is what is made."""

from __future__ import annotations

import pytest
from planning_world import cluster, everywhere, settings

from wizard.model.facts import FileStat
from wizard.model.settings import (
    CaKey,
    JavaTrustStore,
    KeyAlgorithm,
    KeyPassword,
    KitSettings,
    TrustModel,
)
from wizard.pki.key_encryption import envelope
from wizard.pki.key_shapes import Pbes2, Pbkdf2
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.rounds import STRONG_ROUNDS, USUAL_ROUNDS
from wizard.planning.key_words import key_words, reader_words
from wizard.planning.planner import make_plan
from wizard.planning.render import plan_text
from wizard.planning.ticket import plan_markdown
from wizard.secret import Secret


def said(**changes: object) -> str:
    return " ".join(key_words(make_plan(settings(**changes), cluster())))


@pytest.mark.parametrize(("given", "stated"), [(None, USUAL_ROUNDS), (600_000, STRONG_ROUNDS)])
def test_the_rounds_that_are_stated_are_those_of_the_key(given: int | None, stated: int) -> None:
    key = make_key(KeyAlgorithm.EC_P256)
    sealed = envelope(private_key_pem(key, Secret("k9WmQz7Rt2XvB4nY"), kdf_rounds=given))
    scheme: Pbes2 = sealed.encryption.parameters.parse(Pbes2)
    derivation: Pbkdf2 = scheme.derivation.parameters.parse(Pbkdf2)
    assert derivation.rounds == stated
    way = KeyPassword.GENERATE if given is None else KeyPassword.ASK
    assert f"{stated:,} rounds" in said(key_password=way, ca_key=CaKey.DESTROY)


def test_the_fate_of_the_authority_is_told_with_its_price() -> None:
    assert "stays on this computer" in said()
    assert "certificates for all servers again" in said(ca_key=CaKey.DESTROY)
    assert "authority is made" not in said(trust=TrustModel.SELF_SIGNED)


def test_a_second_authority_is_told_with_its_limits() -> None:
    assert "second authority" not in said()
    assert "these servers only" in said(intermediate=True)
    assert "any name" in said(intermediate=True, name_constraints=False)


def test_what_the_kit_holds_is_told() -> None:
    assert "certificate for backups" in said()
    kit = KitSettings(backup=False, java_trust_store=JavaTrustStore.NONE)
    assert "backups" not in said(kit=kit)
    assert "Java" not in said(kit=kit)


def test_who_loses_the_right_to_read_is_told_everywhere() -> None:
    plan = make_plan(settings(), cluster())
    assert all(reader_words(server) for server in plan.servers)
    assert "others on this server lose that right" in " ".join(" ".join(plan_text(plan)).split())
    assert "lose that right" in plan_markdown(plan)
    closed = everywhere(conf_stat=FileStat(mode=0o640, uid=7474, gid=7474))
    assert not any(map(reader_words, make_plan(settings(), closed).servers))
    bare = make_plan(settings(key_password=KeyPassword.NONE), cluster())
    assert not any(map(reader_words, bare.servers))
    assert "no password" in " ".join(key_words(bare))
