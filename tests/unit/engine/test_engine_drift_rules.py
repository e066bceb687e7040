"""Which settings and which files count as changed since a run has left them."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from test_engine_login import facts_of
from test_engine_runs import made

from wizard.engine.diagnosis.observations import Drifted
from wizard.engine.proving.drift import conf_drift, file_drift, with_key
from wizard.engine.proving.key_drift import OF_PASSWORDS
from wizard.engine.proving.verify import known_of
from wizard.engine.records.journal import Kind
from wizard.engine.request import Request
from wizard.model.facts import PolicyFiles
from wizard.model.settings import KeyAlgorithm, ServerSettings, Settings
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.loader.next_start import key_trouble
from wizard.planning.plan import ConfSetting
from wizard.secret import Secret

SCOPE = "dbms.ssl.policy.cluster"
SETTINGS = (
    ConfSetting(key=f"{SCOPE}.enabled", value="true"),
    ConfSetting(key=f"{SCOPE}.client_auth", value="REQUIRE"),
    ConfSetting(key=f"{SCOPE}.private_key_password", value=None),
)
CONF = (
    f"server.bolt.enabled=true\n{SCOPE}.enabled=true\n{SCOPE}.client_auth=REQUIRE\n"
    f"{SCOPE}.private_key_password=hunter22\n"
)
SENT = {"private.key": "1" * 64, "trusted/ca.crt": "2" * 64}


def told(conf: str) -> list[str]:
    sent = sha256(CONF.encode()).hexdigest()
    return [change.evidence for change in conf_drift(SETTINGS, conf.encode(), sent)]


def test_only_the_settings_of_the_policy_count() -> None:
    assert told(CONF) == []
    assert told(CONF.replace("bolt.enabled=true", "bolt.enabled=false") + "# a comment\n") == []
    assert told(CONF + "dbms.ssl.policy.bolt.enabled=true\n") == []


def test_a_setting_that_is_other_gone_or_added_is_told_and_no_password() -> None:
    lax = CONF.replace("REQUIRE", "NONE")
    assert told(lax) == [f"{SCOPE}.client_auth: it is NONE, and was set to REQUIRE"]
    assert told(CONF + f"{SCOPE}.trust_all=true\n") == [f"{SCOPE}.trust_all: it was added"]
    without = CONF.replace(f"{SCOPE}.private_key_password=hunter22\n", "")
    assert told(without) == [f"{SCOPE}.private_key_password: it is gone"]
    assert "hunter" not in str(told(lax.replace("hunter22", "hunter23")))


def test_files_that_are_other_gone_or_added_are_told() -> None:
    def names(now: dict[str, str] | None) -> list[str]:
        return [change.file for change in file_drift("/c", SENT, now)]

    assert names(SENT) == []
    assert names({**SENT, "revoked/a.crl": "3" * 64}) == []
    assert names({**SENT, "private.key": ""}) == []  # what can't be read is not compared
    assert names({**SENT, "private.key": "4" * 64}) == ["private.key"]
    assert names({"private.key": "1" * 64}) == ["trusted/ca.crt"]
    assert names({**SENT, "trusted/x.crt": "5" * 64}) == ["trusted/x.crt"]
    assert names(None) == ["/c"]


def test_a_password_that_does_not_fit_the_key_is_told_once_by_what_comes_of_it() -> None:
    scope = f"{SCOPE}.private_key_password"
    gone = Drifted(file="neo4j.conf", evidence=f"{scope}: it is gone")
    lax = Drifted(file="neo4j.conf", evidence=f"{SCOPE}.client_auth: it is NONE")
    missing = Drifted(file="neo4j.conf", evidence=scope, code="key-password-missing")
    assert with_key((gone, lax), (missing,)) == (lax, missing)
    assert with_key((gone, lax), ()) == (gone, lax)


@pytest.mark.parametrize("major", [4, 5, 2026])
def test_a_key_is_asked_as_neo4j_would_open_it(major: int) -> None:
    right, wrong = Secret("the right password"), Secret("not the right password")
    key = make_key(KeyAlgorithm.EC_P256)
    sealed = private_key_pem(key, right)
    assert key_trouble(sealed, right, major) is None
    assert key_trouble(sealed, wrong, major) == "key-password-wrong"
    assert key_trouble(sealed, None, major) in OF_PASSWORDS
    plain = private_key_pem(key, None)
    assert key_trouble(plain, None, major) is None
    assert key_trouble(plain, right, major) == (None if major == 4 else "password-on-plain-key")


def test_a_cluster_whose_folders_the_wizard_has_not_made_is_compared_with_no_run(
    tmp_path: Path,
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    run = made(environ, "payments", Kind.INTENT, Kind.APPLIED)
    server = ServerSettings(name="server1", ssh="server1")
    asked = Request(settings=Settings(cluster="payments", servers=(server,)), environ=environ)
    facts = facts_of("server1", 7687)

    def found(directory: str | None) -> tuple[str | None, str]:
        files = directory and PolicyFiles(
            directory=directory, public_certificate=None, private_key_exists=True, trusted={}
        )
        known, damaged = known_of(asked, [replace(facts, policy_files=files or None)])
        return known.run.id if known.run else None, damaged.code if damaged else known.without

    assert found("/opt/neo4j/certificates/cluster") == (
        None,
        "its servers use folders that the wizard has not made",
    )
    assert found(None) == found(f"/opt/neo4j/certificates/cluster-{run}")
    assert found(None) != found("/opt/neo4j/certificates/cluster")
