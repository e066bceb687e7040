"""3.5 and 4.0 to 4.3: what they read, what the wizard writes for them, what they refuse."""

from __future__ import annotations

import pytest

from wizard.model.cluster import Channel
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.addresses import (
    advertised_host,
    backup_port,
    cluster_ports,
    command_settings,
)
from wizard.neo4j.conf import Conf
from wizard.neo4j.layout import logs_of
from wizard.neo4j.modes import ServerMode, server_mode
from wizard.neo4j.policy import (
    left_over,
    policy_of,
    policy_settings,
    startup_refusal,
    unknown_scopes,
)
from wizard.neo4j.policy.reader import values_of

V3, V40, V41, V42, V44 = (Version(3, 5, 35), *(Version(4, n) for n in (0, 1, 2, 4)))
P = "dbms.ssl.policy.cluster."
BASE = f"{P}base_directory=certificates/cluster"
USED = "causal_clustering.ssl_policy=cluster"


def conf(*lines: str) -> Conf:
    return Conf.parse("\n".join(lines).encode())


def written(version: Version, *, with_password: bool = False) -> dict[str, str | None]:
    return dict(
        policy_settings(
            version,
            base_directory="certificates/cluster-1",
            client_auth=ClientAuth.REQUIRE,
            verify_hostname=True,
            tls_versions=("TLSv1.2",),
            with_password=with_password,
        )
    )


def test_3_5_gets_a_policy_by_name_and_no_path_that_would_have_to_be_absolute() -> None:
    assert written(V3) == {
        "causal_clustering.ssl_policy": "cluster",
        f"{P}base_directory": "certificates/cluster-1",
        f"{P}client_auth": "REQUIRE",
        f"{P}verify_hostname": "true",
        f"{P}tls_versions": "TLSv1.2",
    }
    with pytest.raises(ValueError, match="password"):
        written(V3, with_password=True)


def test_what_is_written_for_3_5_starts_and_reads_back() -> None:
    after = conf("dbms.mode=CORE").with_settings([(k, v or "") for k, v in written(V3).items()])
    assert startup_refusal(after, V3, home="/n") is None
    policy = policy_of(after, V3, "/n")
    assert (policy.enabled, policy.name, policy.verify_hostname) == (True, "cluster", True)
    assert policy.private_key == "/n/certificates/cluster-1/private.key"
    assert policy.unknown_suffixes == ()


def test_a_policy_of_3_5_counts_only_where_it_is_used() -> None:
    assert not policy_of(conf(BASE), V3, "/").enabled
    other = conf("causal_clustering.ssl_policy= inner ", "dbms.ssl.policy.inner.base_directory=x")
    assert policy_of(other, V3, "/n").base_directory == "/n/x"
    assert policy_of(other, V3, "/n").name == "inner"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((BASE, f"{P}enabled=true"), f"Invalid setting name: {P}enabled"),
        ((BASE, "dbms.ssl.policy.cluster=1"), "Invalid setting name: dbms.ssl.policy.cluster"),
        ((f"{P}client_auth=NONE",), f"Missing mandatory setting: {P}base_directory"),
        ((BASE, f"{P}private_key=private.key"), "Paths must be absolute. Got private.key"),
        (
            (BASE, f"{P}private_key_password="),
            "Loading private keys with passwords is not yet supported",
        ),
        (
            (BASE, f"{P}client_auth=REQUIRED"),
            (
                f"Bad value 'REQUIRED' for setting '{P}client_auth': must be one of [NONE, "
                "OPTIONAL, REQUIRE] case insensitive"
            ),
        ),
        (
            (BASE, f"{P}verify_hostname=true "),
            f"Bad value 'true ' for setting '{P}verify_hostname': must be 'true' or 'false'",
        ),
        (
            ("dbms.ssl.policy.legacy.base_directory=x",),
            "Legacy policy cannot be configured. Please migrate to new SSL policy system.",
        ),
        (
            (BASE, "causal_clustering.ssl_policy=inner"),
            "Cannot find enabled SSL policy with name 'inner' in the configuration",
        ),
    ],
)
def test_3_5_refuses_in_its_own_words(lines: tuple[str, ...], message: str) -> None:
    assert startup_refusal(conf(*lines), V3, home="/n") == message


@pytest.mark.parametrize(
    "lines",
    [
        (BASE, USED),
        (BASE, f"{P}private_key=/n/key", f"{P}allow_key_generation=true"),
        (BASE, f"{P}client_auth=require", f"{P}trusted_dir=/n/trusted"),
        (f"{P}base_directory=../outside", USED),
        (BASE, BASE, "foo.bar=1"),
        (BASE, "dbms.connectors.default_advertised_address=$(hostname)"),
    ],
)
def test_3_5_starts_on_these(lines: tuple[str, ...]) -> None:
    assert startup_refusal(conf(*lines), V3, home="/n") is None


def test_of_a_duplicate_3_5_takes_the_first_and_4_the_last() -> None:
    twice = conf("a=1", "a=2")
    assert values_of(twice, V3)["a"] == "1"
    assert values_of(twice, V40)["a"] == "2"
    assert policy_of(conf(BASE, f"{P}base_directory=x"), V3, "/n").base_directory.endswith(
        "cluster"
    )


def test_addresses_of_3_5_have_names_and_ports_of_their_own() -> None:
    read = conf(
        "dbms.mode=CORE",
        "dbms.connectors.default_advertised_address=core1",
        "dbms.connectors.default_listen_address=0.0.0.0",
        "causal_clustering.raft_listen_address=:17000",
        "causal_clustering.transaction_advertised_address=tx1:16000",
        "dbms.backup.address=10.0.0.1:6362-6372",
    )
    ports = {port.channel: port for port in cluster_ports(read, V3, "nobody")}
    assert set(ports) == {Channel.DISCOVERY, Channel.CLUSTER, Channel.RAFT}
    assert (ports[Channel.RAFT].host, ports[Channel.RAFT].port) == ("core1", 17000)
    assert (ports[Channel.CLUSTER].host, ports[Channel.CLUSTER].port) == ("tx1", 16000)
    assert advertised_host(read, V3) == "tx1"
    assert (backup_port(read, V3).host, backup_port(read, V3).port) == ("10.0.0.1", 6362)


def test_the_advertised_port_follows_the_one_listened_on_until_5() -> None:
    def raft(version: Version, prefix: str) -> int:
        read = conf("dbms.mode=CORE", f"{prefix}listen_address=:17000")
        ports = cluster_ports(read, version, "s")
        return next(port.port for port in ports if port.channel is Channel.RAFT)

    assert raft(V44, "causal_clustering.raft_") == 17000
    assert raft(Version(5, 26), "server.cluster.raft.") == 7000


@pytest.mark.parametrize(
    ("version", "said", "mode"),
    [
        (V3, "HA", ServerMode.HA),
        (V3, "arbiter", ServerMode.ARBITER),
        (V3, "", ServerMode.SINGLE),
        (V40, "HA", ServerMode.SINGLE),
        (V40, "CORE", ServerMode.CORE),
        (Version(5, 0), "SINGLE", ServerMode.CORE),
    ],
)
def test_modes(version: Version, said: str, mode: ServerMode) -> None:
    assert server_mode({"dbms.mode": said}, version) is mode


def test_a_server_that_runs_alone_opens_no_cluster_port() -> None:
    for version in (V3, V40, V44):
        assert cluster_ports(conf("dbms.mode=SINGLE"), version, "s") == ()
    assert cluster_ports(conf("dbms.mode=SINGLE"), Version(5, 0), "s")


@pytest.mark.parametrize("version", [V40, V41])
def test_blanks_around_a_choice_are_cut_from_4_2_on(version: Version) -> None:
    read = conf(f"{P}client_auth=REQUIRE ")
    assert startup_refusal(read, V42) is None
    assert startup_refusal(read, version) == (
        f"Error evaluating value for setting '{P}client_auth'. 'REQUIRE ' not one of [NONE, "
        "OPTIONAL, REQUIRE]"
    )


def test_commands_are_text_before_4_2_and_their_refusal_changed() -> None:
    read = conf("dbms.default_advertised_address=$(hostname)")
    assert startup_refusal(read, V41) is None
    assert command_settings(read, V41) == ()
    assert command_settings(read, V42) == ("dbms.default_advertised_address",)
    told = [startup_refusal(read, version) or "" for version in (V42, V44)]
    assert told[0].endswith("told to expand it.")
    assert told[1].endswith("(Missing --expand-commands argument?)")


def test_a_path_that_leads_outside_is_told_in_other_words_in_4_0() -> None:
    read = conf(f"{P}trusted_dir=../x")
    found = "/n/certificates/cluster/../x"
    assert startup_refusal(read, V40, home="/n") == (
        f"Error evaluating value for setting '{P}trusted_dir'. '{found}' is not a normalized path."
    )
    assert "Failed to validate" in (startup_refusal(read, V41, home="/n") or "")


def test_4_makes_a_policy_of_3_5_the_clusters_own() -> None:
    old = conf(
        "causal_clustering.ssl_policy=default",
        "dbms.ssl.policy.default.base_directory=old",
        "dbms.config.strict_validation=true",
        f"{P}base_directory=new",
    )
    policy = policy_of(old, V44, "/n")
    assert policy.enabled
    assert policy.base_directory == "/n/old"
    assert unknown_scopes(old, V44) == ()
    assert startup_refusal(old, V44, home="/n") is None
    assert not policy_of(old, Version(5, 26), "/n").enabled
    assert unknown_scopes(old, Version(5, 26)) == ("dbms.ssl.policy.default.base_directory",)


def test_such_a_policy_goes_where_it_would_take_the_place_of_what_is_written() -> None:
    old = conf("causal_clustering.ssl_policy=default", "dbms.ssl.policy.default.base_directory=old")
    gone = left_over(old, V44, with_password=True)
    assert gone == ("causal_clustering.ssl_policy", "dbms.ssl.policy.default.base_directory")
    after = old.with_settings([(k, v or "x") for k, v in written(V44).items()], gone)
    assert policy_of(after, V44, "/n").base_directory == "/n/certificates/cluster-1"
    shared = conf(*(e.source for e in old.elements), "bolt.ssl_policy=default")
    assert left_over(shared, V44, with_password=True) == ("causal_clustering.ssl_policy",)
    assert left_over(old, Version(5, 26), with_password=True) == ()


def test_paths_of_an_earlier_policy_of_3_5_go_too() -> None:
    old = conf(BASE, f"{P}private_key=/n/key", f"{P}trust_all=true")
    assert left_over(old, V3, with_password=False) == (f"{P}private_key", f"{P}trust_all")


def test_the_log_folder_is_found_in_every_version() -> None:
    assert logs_of(conf("dbms.directories.logs=l"), V3, "/n", "x") == "/n/l"
    assert logs_of(conf("dbms.directories.logs=l", "dbms.directories.logs=m"), V3, "/n", "x") == (
        "/n/l"
    )
