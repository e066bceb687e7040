"""Versions, addresses and the cluster policy, as Neo4j sees them."""

from __future__ import annotations

import pytest

from wizard.errors import BlockedError, ConfError
from wizard.model.cluster import Channel
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.addresses import advertised_host, backup_port, cluster_ports, command_settings
from wizard.neo4j.conf import Conf
from wizard.neo4j.layout import logs_of
from wizard.neo4j.policy import policy_of, policy_settings, startup_refusal, unknown_scopes
from wizard.neo4j.versions import rules_for
from wizard.secret import Secret

V4, V5, V25 = Version(4, 4), Version(5, 26), Version(2025, 1)


def conf(*lines: str) -> Conf:
    return Conf.parse("\n".join(lines).encode())


@pytest.mark.parametrize("version", [Version(3, 4), Version(4, 9), Version(6, 0)])
def test_other_versions_are_refused_with_a_sentence(version: Version) -> None:
    with pytest.raises(BlockedError) as refused:
        rules_for(version)
    assert refused.value.code == "version-unsupported"
    assert str(version) in refused.value.message
    assert refused.value.message.endswith(".")


def test_a_newer_version_has_the_newest_rules_and_says_so() -> None:
    newer, known = rules_for(Version(2030, 1)), rules_for(Version(2026, 1))
    assert newer.newer_than_known
    assert not known.newer_than_known
    assert newer.tls_versions == known.tls_versions
    assert newer.advertised == known.advertised


def test_verify_hostname_became_the_default_in_2025() -> None:
    assert [rules_for(v).verify_hostname for v in (V4, V5, V25)] == [False, False, True]


def test_ports_and_names_of_each_version() -> None:
    core = conf("dbms.mode=CORE")
    ports = {
        v: {p.channel.value: p.port for p in cluster_ports(core, v, "s1")} for v in (V4, V5, V25)
    }
    assert ports[V4] == {"discovery": 5000, "cluster": 6000, "raft": 7000, "routing": 7688}
    assert ports[V5] == ports[V4]
    assert ports[V25] == {"cluster": 6000, "raft": 7000, "routing": 7688}
    assert (
        rules_for(V4).advertised[Channel.CLUSTER]
        == "causal_clustering.transaction_advertised_address"
    )
    assert rules_for(V4).listen[Channel.ROUTING] == "dbms.routing.listen_address"
    assert rules_for(V5).listen[Channel.RAFT] == "server.cluster.raft.listen_address"


def test_addresses_are_read_as_neo4j_reads_them() -> None:
    read = conf(
        "server.default_advertised_address=db1.example.com",
        "server.default_listen_address=0.0.0.0",
        "server.cluster.advertised_address=tx.example.com",
        "server.cluster.raft.advertised_address=:17000",
        "server.cluster.raft.listen_address=127.0.1.1:27000",
        "server.routing.advertised_address=[2001:db8::1]:17688 ",
        "dbms.cluster.discovery.version=V2_ONLY",
    )
    ports = {port.channel: port for port in cluster_ports(read, V5, "fallback")}
    assert Channel.DISCOVERY not in ports
    assert (ports[Channel.CLUSTER].host, ports[Channel.CLUSTER].port) == ("tx.example.com", 6000)
    raft = ports[Channel.RAFT]
    assert (raft.host, raft.port) == ("db1.example.com", 17000)
    assert (raft.listen_host, raft.listen_port) == ("127.0.1.1", 27000)
    assert (ports[Channel.ROUTING].host, ports[Channel.ROUTING].port) == ("2001:db8::1", 17688)
    assert ports[Channel.ROUTING].listen_host == "0.0.0.0"  # noqa: S104 - read, not bound
    assert advertised_host(read, V5) == "tx.example.com"


def test_an_advertised_command_is_known_as_one_and_not_as_a_name() -> None:
    read = conf("server.default_advertised_address=$(hostname -f)")
    assert advertised_host(read, V5) is None
    assert {port.host for port in cluster_ports(read, V5, "fallback")} == {"fallback"}
    assert command_settings(read, V5) == ("server.default_advertised_address",)


def test_the_names_of_another_version_mean_nothing() -> None:
    assert advertised_host(conf("dbms.default_advertised_address=a"), V5) is None
    assert advertised_host(conf("dbms.default_advertised_address=a"), V4) == "a"


def test_the_backup_port_listens_on_loopback_unless_set() -> None:
    assert (backup_port(conf(), V5).listen_host, backup_port(conf(), V5).port) == (
        "127.0.0.1",
        6362,
    )
    assert backup_port(conf("dbms.backup.listen_address=:1"), V4).port == 1


def lines_of(version: Version, *, with_password: bool = True) -> dict[str, str | None]:
    return dict(
        policy_settings(
            version,
            base_directory="certificates/cluster-1",
            client_auth=ClientAuth.REQUIRE,
            verify_hostname=False,
            tls_versions=("TLSv1.2", "TLSv1.3"),
            with_password=with_password,
        )
    )


def test_the_policy_is_written_out_in_full_and_read_back() -> None:
    for version in (V4, V5, V25):
        written = lines_of(version)
        read = policy_of(
            conf(*(f"{k}={v or 'secret'}" for k, v in written.items())), version, "/home"
        )
        assert read.enabled
        assert read.private_key == "/home/certificates/cluster-1/private.key"
        assert read.trusted_dir == "/home/certificates/cluster-1/trusted"
        assert read.client_auth is ClientAuth.REQUIRE
        assert not read.verify_hostname
        assert read.tls_versions == ("TLSv1.2", "TLSv1.3")
        assert read.ciphers is None
        assert read.password == Secret("secret")
        assert read.unknown_suffixes == ()
        assert "secret" not in repr(read)
        assert {k.rpartition(".")[2] for k in written} <= rules_for(version).suffixes
    assert not [key for key in lines_of(V5, with_password=False) if "password" in key]


def test_what_is_not_set_has_the_versions_default() -> None:
    for version in (V4, V5, V25):
        read = policy_of(conf(), version, "/home")
        assert not read.enabled
        assert read.base_directory == "/home/certificates/cluster"
        assert read.client_auth is ClientAuth.REQUIRE
        assert read.tls_versions == rules_for(version).tls_versions
        assert read.verify_hostname is (version is V25)
        assert not read.verify_hostname_is_set
        assert read.password is None


def test_paths_keep_their_blanks_and_passwords_lose_them() -> None:
    read = policy_of(
        conf(
            "dbms.ssl.policy.cluster.private_key=key ",
            "dbms.ssl.policy.cluster.private_key_password= secret \t",
            "dbms.ssl.policy.cluster.client_auth= optional ",
            "dbms.ssl.policy.cluster.base_directory=/ssl",
        ),
        V5,
        "/home",
    )
    assert read.private_key == "/ssl/key "
    assert read.password == Secret("secret")
    assert read.client_auth is ClientAuth.OPTIONAL


@pytest.mark.parametrize(
    ("suffix", "value", "reason"),
    [
        ("client_auth", "REQUIRED", "not one of [NONE, OPTIONAL, REQUIRE]"),
        ("enabled", "yes", "is not a valid boolean value, must be 'true' or 'false'"),
    ],
)
def test_a_refused_value_has_neo4js_own_message(suffix: str, value: str, reason: str) -> None:
    key = f"dbms.ssl.policy.cluster.{suffix}"
    read = conf(f"{key}={value}")
    message = f"Error evaluating value for setting '{key}'. '{value}' {reason}"
    with pytest.raises(ConfError) as refused:
        policy_of(read, V5, "/home")
    assert refused.value.message == message
    assert refused.value.code == "setting-refused"
    assert startup_refusal(read, V5) == message


def test_a_comment_behind_a_value_belongs_to_it() -> None:
    assert startup_refusal(conf("dbms.ssl.policy.cluster.enabled=true # on"), V5) is not None


def test_an_unknown_suffix_is_ignored_and_therefore_told() -> None:
    read = conf("dbms.ssl.policy.cluster.enable=true", "dbms.ssl.policy.cluster.trust_expired=true")
    assert startup_refusal(read, V5) is None
    assert policy_of(read, V5, "/").unknown_suffixes == ("enable",)
    assert policy_of(read, V4, "/").unknown_suffixes == ("enable", "trust_expired")
    assert not policy_of(read, V5, "/").enabled


def test_an_unknown_scope_stops_5_and_not_4() -> None:
    read = conf("dbms.ssl.policy.default.enabled=true", "dbms.ssl.policy.BOLT.enabled=true")
    assert unknown_scopes(read, V5) == ("dbms.ssl.policy.default.enabled",)
    assert startup_refusal(read, V5) == (
        "Unrecognized setting. No declared setting with name: dbms.ssl.policy.default.enabled. "
        "Cleanup the config or disable 'server.config.strict_validation.enabled' to continue."
    )
    assert startup_refusal(read, V4) is None


def test_a_setting_that_stands_twice_stops_5_unless_validation_is_off() -> None:
    twice = ("a.b=1", "a.b=2", "server.jvm.additional=-x", "server.jvm.additional=-y")
    assert startup_refusal(conf(*twice), V5) == "a.b declared multiple times."
    lax = "server.config.strict_validation.enabled=false"
    assert startup_refusal(conf(*twice, lax), V5) is None
    assert startup_refusal(conf(*twice), V4) is None


def test_a_command_needs_leave_to_run() -> None:
    read = conf("server.default_advertised_address=$(hostname)")
    assert startup_refusal(read, V5) == (
        "Error evaluating value for setting 'server.default_advertised_address'. "
        "$(hostname) is a command, but config is not explicitly told to expand it. "
        "(Missing --expand-commands argument?)"
    )
    assert startup_refusal(read, V5, expand_commands=True) is None


def test_the_log_folder_may_be_moved() -> None:
    home, usual = "/opt/neo4j", "/opt/neo4j/logs"
    assert logs_of(conf(), V5, home, usual) == usual
    assert logs_of(conf("server.directories.logs=/logs"), V5, home, usual) == "/logs"
    assert logs_of(conf("dbms.directories.logs=log"), V4, "/opt/neo4j", "x") == "/opt/neo4j/log"


def test_a_scope_in_other_letters_is_never_enabled_and_one_too_many() -> None:
    alone = conf("dbms.ssl.policy.CLUSTER.enabled=true")
    assert not policy_of(alone, V5, "/").enabled
    assert startup_refusal(alone, V5) is None
    both = conf("dbms.ssl.policy.CLUSTER.trust_all=true", "dbms.ssl.policy.cluster.enabled=true")
    assert startup_refusal(both, V5) == ("Can not have multiple SslPolicies configured for CLUSTER")


def test_a_password_that_is_empty_counts_as_set() -> None:
    assert policy_of(conf("dbms.ssl.policy.cluster.private_key_password="), V5, "/").password == (
        Secret("")
    )


def test_no_tls_version_is_not_the_default() -> None:
    assert policy_of(conf("dbms.ssl.policy.cluster.tls_versions="), V5, "/").tls_versions == ()


def test_backslashes_are_slashes_and_dots_lead_nowhere_outside() -> None:
    windows = conf("dbms.ssl.policy.cluster.base_directory=./a\\\\b/../c/")
    assert policy_of(windows, V5, "/home").base_directory == "/home/a/c"
    outside = conf("dbms.ssl.policy.cluster.trusted_dir=../x")
    found = "/home/certificates/cluster/../x"
    assert startup_refusal(outside, V5, home="/home") == (
        "Error evaluating value for setting 'dbms.ssl.policy.cluster.trusted_dir'. Failed to "
        f"validate '{found}' for 'dbms.ssl.policy.cluster.trusted_dir': '{found}' is not a "
        "normalized path."
    )
