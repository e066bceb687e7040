"""Which settings and which files count as changed since a run has left them."""

from __future__ import annotations

from hashlib import sha256

from wizard.engine.proving.drift import conf_drift, file_drift
from wizard.planning.plan import ConfSetting

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
