"""The planner's decisions, from answers and facts to changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planning_world import (
    NAMES,
    RESOLVED,
    applied,
    changed,
    cluster,
    codes,
    conf_of,
    everywhere,
    facts_of,
    settings,
)

from wizard.model.facts import AccessEntry, ConfPlace, Control, Edition, FileStat, Platform
from wizard.model.settings import (
    ClientAuth,
    KeyPassword,
    PolicySettings,
    ServerSettings,
    Subject,
    TrustModel,
    VerifyHostname,
)
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_of, startup_refusal
from wizard.planning.plan import ChangeKind, FileRole, Plan
from wizard.planning.planner import make_plan, with_run
from wizard.planning.render import order_rows


def planned(**changes: object) -> Plan:
    return make_plan(settings(), cluster(**changes))


def test_a_ready_cluster_is_planned_without_a_problem_to_mend() -> None:
    plan = planned()
    assert codes(plan) == {"backup-policy-missing"}
    assert [change.id for change in plan.changes] == [
        f"{kind}:{name}"
        for kind in ("stage", "validate", "stop", "commit", "start")
        for name in NAMES
    ]
    assert plan.verify_hostname
    assert plan.tls_versions == ("TLSv1.2", "TLSv1.3")
    assert not plan.protected


def test_the_order_of_the_facts_does_not_matter() -> None:
    assert make_plan(settings(), cluster()[::-1]) == planned()


def test_neo4j_reads_the_planned_policy_from_the_changed_conf() -> None:
    plan = with_run(planned(), "20260301-abcd")
    server = plan.servers[0]
    conf = Conf.parse(changed(conf_of("server1"), server))
    policy = policy_of(conf, server.version, server.home)
    assert startup_refusal(conf, server.version) is None
    assert policy.enabled
    assert policy.base_directory == server.base_directory
    assert policy.base_directory == "/opt/neo4j/certificates/cluster-20260301-abcd"
    assert policy.client_auth is ClientAuth.REQUIRE
    assert policy.verify_hostname
    assert policy.verify_hostname_is_set
    assert policy.tls_versions == plan.tls_versions
    assert policy.password is not None
    assert policy.unknown_suffixes == ()
    files = {file.path for file in server.files}
    for path in (policy.private_key, policy.public_certificate, policy.trusted_dir):
        assert path.removeprefix(policy.base_directory + "/") in files


def test_certificates_outside_home_are_named_absolutely() -> None:
    elsewhere = planned(certificates="/var/lib/certs").servers[1]
    values = {s.key: s.value for s in elsewhere.conf_settings}
    assert values["dbms.ssl.policy.cluster.base_directory"] == "/var/lib/certs/cluster-RUN"
    assert elsewhere.base_directory == "/var/lib/certs/cluster-RUN"


def test_the_key_is_never_readable_by_others() -> None:
    for server in planned().servers:
        for file in server.files:
            if file.role is FileRole.PRIVATE_KEY:
                assert file.mode & 0o077 == 0
            assert file.mode & 0o022 == 0


@pytest.mark.parametrize(
    ("stat", "after"),
    [
        (FileStat(mode=0o644, uid=7474, gid=7474), 0o640),
        (FileStat(mode=0o664, uid=0, gid=7474), 0o660),
        (FileStat(mode=0o644, uid=0, gid=0), 0o644),  # Neo4j's user reads it as one of the others
        (FileStat(mode=0o600, uid=7474, gid=0), 0o600),
    ],
)
def test_others_lose_their_rights_once_the_password_stands_in_the_conf(
    stat: FileStat, after: int
) -> None:
    assert planned(conf_stat=stat).servers[1].conf_mode_after == after
    plain = make_plan(settings(key_password=KeyPassword.NONE), cluster(conf_stat=stat))
    assert plain.servers[1].conf_mode_after == stat.mode


def test_a_conf_that_everybody_must_read_is_told_of() -> None:
    told = planned(conf_stat=FileStat(mode=0o644, uid=0, gid=0))
    assert "conf-readable-by-others" in codes(told)
    assert "conf-readable-by-others" not in codes(planned())


def listed(*entries: tuple[str, int, bool]) -> ConfPlace:
    """How a neo4j.conf stands that has these entries in its access list."""
    made = [
        AccessEntry(group=kind == "group", number=number, name=f"name{number}", reads=reads)
        for kind, number, reads in entries
    ]
    return ConfPlace(access_list=tuple(made))


@pytest.mark.parametrize(
    ("entries", "after"),
    [
        ([("group", 0, True), ("user", 7474, True)], 0o640),
        ([("group", 0, True), ("group", 7474, True)], 0o640),
        ([("group", 0, True), ("user", 1111, True)], 0o644),
        ([("group", 0, True), ("user", 7474, False), ("group", 7474, True)], 0o644),
    ],
)
def test_an_access_list_can_be_what_lets_neo4j_read_its_conf(
    entries: list[tuple[str, int, bool]], after: int
) -> None:
    stat = FileStat(mode=0o644, uid=0, gid=0)
    told = planned(conf_stat=stat, conf_place=listed(*entries))
    assert told.servers[1].conf_mode_after == after
    assert ("conf-readable-by-others" in codes(told)) == (after == 0o644)


def test_the_mask_of_an_access_list_is_not_taken_for_the_rights_of_the_group() -> None:
    stat = FileStat(mode=0o644, uid=0, gid=7474)
    shut_out = listed(("group", 7474, False), ("user", 1111, True))
    assert planned(conf_stat=stat, conf_place=shut_out).servers[1].conf_mode_after == 0o644
    assert planned(conf_stat=stat).servers[1].conf_mode_after == 0o640


def test_whom_an_access_list_lets_read_the_password_is_told_by_name() -> None:
    place = listed(
        ("group", 7474, True), ("user", 1111, True), ("group", 22, True), ("user", 5, False)
    )
    told = planned(conf_place=place)
    (problem,) = [one for one in told.problems if one.code == "conf-readable-by-list"]
    assert "lets user name1111, group name22 read it" in problem.message
    plain = make_plan(settings(key_password=KeyPassword.NONE), cluster(conf_place=place))
    assert "conf-readable-by-list" not in codes(plain)
    assert "conf-readable-by-list" not in codes(planned(conf_place=listed(("user", 7474, True))))


def test_the_owner_is_copied_from_the_certificates_folder_or_home() -> None:
    other = FileStat(mode=0o750, uid=111, gid=222)
    root = FileStat(mode=0o755, uid=0, gid=222)
    for changes, owner in (
        ({"certificates_stat": other}, (111, 222)),
        ({"certificates_stat": None, "home_stat": other}, (111, 222)),
        ({"certificates_stat": root}, (7474, 222)),
    ):
        server = planned(**changes).servers[1]
        assert (server.owner_uid, server.owner_gid) == owner


def test_the_san_holds_everything_peers_may_dial() -> None:
    conf = conf_of(
        "server2",
        "server.cluster.raft.advertised_address=Raft2.example.com.:7001",
        "server.routing.advertised_address=10.9.9.9:7688",
    )
    server = planned(conf=conf).servers[1]
    assert set(server.dns_names) == {
        *("server2.example.com", "raft2.example.com", "server2", "raft2"),
    }
    assert set(server.ip_addresses) == {"10.9.9.9", "10.0.0.2"}


def test_a_servers_own_idea_of_its_address_stays_out_of_the_san() -> None:
    own = {**RESOLVED, "server2.example.com": ("127.0.1.1",)}
    plan = planned(resolved=own)
    assert plan.servers[1].ip_addresses == ("10.0.0.2",)
    assert plan.verify_hostname


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"conf": b"server.default_advertised_address=10.0.0.2\n"}, "10.0.0.2"),
        ({"conf": b"server.default_advertised_address=my_server\n"}, "my_server"),
        ({"resolved": {**RESOLVED, "server1.example.com": ("10.7.7.7",)}}, "server1.example.com"),
        ({"resolved": {**RESOLVED, "server1.example.com": ()}}, "server2"),
    ],
)
def test_names_are_not_checked_where_that_could_cut_a_server_off(
    changes: dict[str, object], word: str
) -> None:
    plan = planned(**changes)
    assert not plan.verify_hostname
    assert word in plan.verify_hostname_why
    assert plan.verify_hostname_why.endswith(".")


def test_the_answers_may_force_verify_hostname() -> None:
    for wanted in (VerifyHostname.TRUE, VerifyHostname.FALSE):
        policy = PolicySettings(verify_hostname=wanted)
        plan = make_plan(settings(policy=policy), everywhere(conf=b"", resolved={}))
        assert plan.verify_hostname is (wanted is VerifyHostname.TRUE)


def test_the_address_comes_from_the_answers_then_the_conf_then_ssh() -> None:
    assert planned().servers[1].address == "server2.example.com"
    assert planned(conf=b"").servers[1].address == "server2"
    servers = (ServerSettings(name="server1", ssh="a@h:22", address="db1.example.com"),)
    plan = make_plan(settings(servers=servers), [facts_of("server1")])
    assert plan.servers[0].address == "db1.example.com"
    assert set(plan.servers[0].dns_names) >= {"db1.example.com", "server1.example.com"}
    assert "address-not-advertised" in codes(plan)


def test_an_address_that_a_command_works_out_is_told_of() -> None:
    plan = planned(conf=b"server.default_advertised_address=$(hostname -f)\n")
    assert "address-is-a-command" in codes(plan)
    assert plan.servers[1].address == "server2"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"edition": Edition.COMMUNITY}, "edition-community"),
        ({"platform": Platform.DOCKER}, "platform-refused"),
        ({"platform": Platform.KUBERNETES}, "platform-refused"),
        ({"platform": Platform.WINDOWS}, "platform-refused"),
        ({"version": None}, "version-unsupported"),
        ({"version": Version(3, 4, 18)}, "version-unsupported"),
        ({"version": Version(3, 4)}, "version-unsupported"),
        ({"version": Version(5, 25)}, "version-mixed"),
        ({"conf": b"a=\\uZZZZ\n"}, "conf-unreadable"),
        ({"conf": b"version https://git-lfs.github.com/spec/v1\n"}, "conf-unreadable"),
        ({"conf": b"", "conf_is_link": True}, "conf-is-link"),
        ({"free_kib": 100}, "too-little-space"),
        ({"clock_offset_s": -301.0}, "clock-skew"),
        ({"control": Control.NO}, "service-control-refused"),
        ({"conf": conf_of("server1")}, "address-duplicate"),
        ({"home": "/opt/neo4j\x1b[2J"}, "path-refused"),
        ({"conf": conf_of("server2", "a.b=1", "a.b=2")}, "setting-repeated"),
        (
            {"conf": conf_of("server2", "dbms.ssl.policy.default.enabled=true")},
            "policy-scope-unknown",
        ),
    ],
)
def test_what_must_be_mended_first_blocks_the_plan(changes: dict[str, object], code: str) -> None:
    plan = planned(**changes)
    assert code in codes(plan, blocking=True)
    assert plan.changes == ()
    assert plan.downtime_s == (0, 0)
    for problem in plan.problems:
        assert problem.message.endswith(".")
        assert problem.hint.endswith(".")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"managed_by": "Puppet"}, "conf-managed"),
        ({"clock_offset_s": 61.0}, "clock-skew"),
        ({"control": Control.UNKNOWN}, "service-control-unknown"),
        ({"running": False}, "server-not-running"),
        ({"edition": Edition.UNKNOWN}, "edition-unknown"),
        ({"resolved": {}}, "name-not-resolved"),
        (
            {"conf": conf_of("server2", "dbms.ssl.policy.cluster.enable=true")},
            "policy-suffix-misspelt",
        ),
        (
            {"conf": conf_of("server2", "dbms.ssl.policy.cluster.client_auth=NONE")},
            "policy-present-not-enabled",
        ),
        (
            {"conf": conf_of("server2", "dbms.ssl.policy.CLUSTER.enabled=true")},
            "policy-scope-misspelt",
        ),
    ],
)
def test_what_a_person_should_know_blocks_nothing(changes: dict[str, object], code: str) -> None:
    plan = planned(**changes)
    assert code in codes(plan, blocking=False)
    assert len(plan.changes) == 15
    assert code not in codes(planned())


def test_client_auth_that_is_not_required_is_applied_and_told_of() -> None:
    policy = PolicySettings(client_auth=ClientAuth.NONE)
    plan = make_plan(settings(policy=policy), cluster())
    assert "client-auth-not-required" in codes(plan, blocking=False)
    values = {s.key: s.value for s in plan.servers[0].conf_settings}
    assert values["dbms.ssl.policy.cluster.client_auth"] == "NONE"


def test_trusted_holds_the_authority_or_the_other_servers() -> None:
    def trusted(plan: Plan) -> list[list[str]]:
        files = ([f.path for f in s.files if f.role is FileRole.TRUSTED] for s in plan.servers)
        return [*files]

    assert trusted(planned()) == [["trusted/ca.crt"]] * 3
    self_signed = make_plan(settings(trust=TrustModel.SELF_SIGNED), cluster())
    assert trusted(self_signed) == [
        ["trusted/server2.crt", "trusted/server3.crt"],
        ["trusted/server1.crt", "trusted/server3.crt"],
        ["trusted/server1.crt", "trusted/server2.crt"],
    ]


def test_a_self_signed_server_alone_trusts_itself() -> None:
    alone = replace(settings(trust=TrustModel.SELF_SIGNED), servers=settings().servers[:1])
    (plan,) = make_plan(alone, cluster()[:1]).servers
    assert [f.path for f in plan.files if f.role is FileRole.TRUSTED] == ["trusted/server1.crt"]


def test_the_version_of_the_answers_is_only_a_word_until_it_is_needed() -> None:
    assert planned().servers[0].version == Version(5, 26)
    wrong = make_plan(settings(neo4j=Version(2025, 1)), cluster())
    assert "version-differs" in codes(wrong, blocking=False)
    assert "version-differs" not in codes(make_plan(settings(neo4j=Version(5, 26)), cluster()))
    unknown = make_plan(settings(neo4j=Version(5, 26)), everywhere(version=None))
    assert len(unknown.changes) == 15


@pytest.mark.parametrize(
    ("version", "tls", "discovery"),
    [
        (Version(4, 4, 40), ("TLSv1.2",), True),
        (Version(5, 23), ("TLSv1.2",), True),
        (Version(5, 24), ("TLSv1.2", "TLSv1.3"), True),
        (Version(2025, 1), ("TLSv1.2", "TLSv1.3"), False),
        (Version(2031, 1), ("TLSv1.2", "TLSv1.3"), False),
    ],
)
def test_the_versions_own_defaults_are_written_out(
    version: Version,
    tls: tuple[str, ...],
    discovery: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    core = b"dbms.mode=CORE\n" if version.major == 4 else b""
    plan = make_plan(settings(), everywhere(version=version, conf=conf_of("server1") + core))
    assert plan.tls_versions == tls
    channels = {port.channel.value for port in plan.servers[0].ports}
    assert ("discovery" in channels) is discovery
    assert ("version-newer-than-known" in codes(plan)) is (version.major > 2026)


def test_an_earlier_policy_can_neither_weaken_nor_break_the_planned_one() -> None:
    earlier = conf_of(
        "server2",
        "dbms.ssl.policy.cluster.enabled=true",
        "dbms.ssl.policy.cluster.ciphers=TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
        "dbms.ssl.policy.cluster.trust_all=true",
        "dbms.ssl.policy.cluster.private_key_password=CanaryEarlier",
    )
    plan = make_plan(settings(key_password=KeyPassword.NONE), cluster(conf=earlier))
    server = plan.servers[1]
    policy = policy_of(Conf.parse(changed(earlier, server)), server.version, server.home)
    assert policy.ciphers is None
    assert not policy.trust_all
    assert policy.password is None


def test_a_refused_subject_blocks() -> None:
    plan = make_plan(settings(subject=Subject(country="gb")), cluster())
    assert codes(plan, blocking=True) == {"material-refused"}


def test_what_is_in_place_is_left_alone() -> None:
    first = make_plan(settings(), cluster())
    after = applied(first, cluster())
    second = make_plan(settings(), after, leaf_state=lambda _leaf, _names, _trusted: None)
    assert second.changes == ()
    assert second.downtime_s == (0, 0)
    assert second.protected
    assert not codes(second, blocking=True)


def test_anything_that_is_not_in_place_is_done_everywhere() -> None:
    def good(_leaf: bytes, _names: tuple[str, ...], _trusted: object) -> None:
        return None

    def bad(leaf: bytes, _names: tuple[str, ...], _trusted: object) -> str | None:
        return "It has expired." if leaf == b"leaf of server3" else None

    after = applied(make_plan(settings(), cluster()), cluster())
    files = after[1].policy_files
    assert files is not None
    plaintext = [*after[:2], facts_of("server3")]
    keyless = [
        after[0],
        replace(after[1], policy_files=replace(files, private_key_exists=False)),
        after[2],
    ]
    trustless = [
        after[0],
        replace(after[1], policy_files=replace(files, trusted={})),
        after[2],
    ]
    for facts in (plaintext, keyless, trustless):
        assert len(make_plan(settings(), facts, leaf_state=good).changes) == 15
    assert len(make_plan(settings(), after, leaf_state=bad).changes) == 15
    assert len(make_plan(settings(), after).changes) == 15
    optional = settings(policy=PolicySettings(client_auth=ClientAuth.OPTIONAL))
    assert len(make_plan(optional, after, leaf_state=good).changes) == 15


def test_what_stays_unencrypted_depends_on_the_other_policies() -> None:
    def covered(*more: str, major: int = 5) -> str:
        version = Version(major, 4)
        facts = [facts_of(n, conf=conf_of(n, *more), version=version) for n in NAMES]
        return " ".join(make_plan(settings(), facts).stays_unencrypted)

    assert all(word in covered() for word in ("Bolt", "HTTP", "6362"))
    assert "Fabric" not in covered()
    assert "Fabric" in covered(major=4)
    bolt = "dbms.ssl.policy.bolt.enabled=true"
    assert "Bolt" in covered(bolt)
    assert "Bolt" not in covered(bolt, "server.bolt.tls_level=REQUIRED")
    assert "HTTP" in covered("dbms.ssl.policy.https.enabled=true")
    assert "HTTP" not in covered("server.http.enabled=false")
    assert "6362" not in covered("dbms.ssl.policy.backup.enabled=true")
    assert "6400" in covered("server.backup.listen_address=127.0.0.1:6400")


def test_every_run_has_folders_of_its_own() -> None:
    plan = with_run(planned(), "20260301-abcd")
    assert "RUN" not in repr(plan).replace("RUNNING", "")
    assert "cluster-20260301-abcd" in plan.changes[0].what


def test_a_neo4j_4_that_runs_alone_is_no_cluster() -> None:
    alone = make_plan(settings(), everywhere(version=Version(4, 4, 40)))
    assert "not-a-cluster" in codes(alone, blocking=True)
    assert alone.changes == ()
    core = [
        replace(facts, conf=facts.conf + b"\ndbms.mode=CORE\n")
        for facts in everywhere(version=Version(4, 4, 40))
    ]
    assert "not-a-cluster" not in codes(make_plan(settings(), core))
    assert "not-a-cluster" not in codes(planned())


def test_secondaries_stop_before_the_others_and_the_plan_says_so() -> None:
    conf = conf_of("server2", "initial.server.mode_constraint=SECONDARY")
    plan = make_plan(settings(), cluster(conf=conf))
    assert [one.stops_first for one in plan.servers] == [False, True, False]
    stops = [change.server for change in plan.changes if change.kind is ChangeKind.STOP]
    starts = [change.server for change in plan.changes if change.kind is ChangeKind.START]
    assert stops == ["server2", "server1", "server3"]
    assert starts == ["server1", "server2", "server3"]
    (row,) = [row for row in order_rows(plan) if row.startswith("stop")]
    assert row.index("server2 first") < row.index("server1, server3")
