"""Cases made by the wizard itself: its planner plans, its engine makes, and nothing is by hand.

The answers are a file as a person would have it; what would be sent to the servers is written.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

from judge_bench import Bench, Case, Change, Dial, Server
from judge_certificates import NOW, Identity

from wizard.engine.changes.changing import stage_order
from wizard.engine.making.checking import check_made
from wizard.engine.making.made import make
from wizard.interview.answers import load, parse
from wizard.model.facts import Edition, FileStat, Platform, ServerFacts
from wizard.model.secrets import Secrets
from wizard.planning.planner import make_plan, with_run
from wizard.remote.steps import StageOrder
from wizard.secret import Secret

RUN = "20260101-120000-abcd"
TYPED = Secrets(common={"key_password": Secret("uZ4!tq-Kd9#rw=Pm:x2")})
NAMES = ("server1", "server2", "server3")

_MINE = FileStat(mode=0o755, uid=0, gid=0)


def wizards(*answers: str, by_hand: Callable[[Bench], None] = lambda _bench: None) -> Change:
    """Three servers after an apply with these answers; what is not answered is the default."""

    def change(bench: Bench) -> None:
        by_hand(bench)
        facts = {server.name: _facts(server) for server in bench.servers}
        settings = parse(load(_toml(bench, *answers)))
        plan = with_run(make_plan(settings, [*facts.values()]), RUN)
        blocking = [problem.message for problem in plan.problems if problem.blocks]
        assert not blocking, blocking
        made = make(plan, facts, TYPED, NOW)
        check_made(plan, made, NOW)
        if made.authority is not None:
            bench.ca = Identity(certificate=made.authority.certificate, key=made.authority.key)
        for server, one in zip(bench.servers, plan.servers, strict=True):
            _carry_out(server, stage_order(plan, one, made))

    return change


def _toml(bench: Bench, *answers: str) -> str:
    """The answers file: the cluster and its servers, and tables of whatever else is answered."""
    servers = "".join(
        f'\n[[servers]]\nname = "{one.name}"\nssh = "admin@{one.address}:22"\n'
        for one in bench.servers
    )
    tables = "".join(f"\n{table}\n" for table in answers)
    return f'format = 1\n\n[cluster]\nname = "judged"\n{tables}{servers}'


def _facts(server: Server) -> ServerFacts:
    """What the survey would find: a cluster without encryption."""
    server.write_plaintext_conf()
    home = str(server.home)
    resolved = {one.address: (one.ip,) for one in (server, *server.peers)}
    return ServerFacts(
        server=server.name,
        platform=Platform.SERVER,
        edition=Edition.ENTERPRISE,
        version=server.version,
        login="admin",
        home=home,
        home_stat=_MINE,
        conf_file=str(server.conf),
        conf=server.conf.read_bytes(),
        conf_stat=FileStat(mode=0o640, uid=0, gid=0),
        conf_is_link=False,
        certificates=f"{home}/certificates",
        certificates_stat=_MINE,
        logs=f"{home}/logs",
        neo4j_log=f"{home}/logs/neo4j.log",
        service="bin",
        running=True,
        managed_by=None,
        resolved=resolved,
        clock_offset_s=0.0,
        free_kib=10_000_000,
        listening=(),
        policy_files=None,
    )


def _carry_out(server: Server, order: StageOrder) -> None:
    """Put on the disk what the engine would have sent, where it would stand."""
    assert order.conf_sha256 == hashlib.sha256(server.conf.read_bytes()).hexdigest()
    shutil.rmtree(server.base)
    base = Path(order.base_directory)
    for file in order.files:
        target = base / file.path
        if file.content is None:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.write_bytes(file.content)
        target.chmod(file.mode)
    server.surroundings, server.raw = b"", order.conf


def _earlier_policy(bench: Bench) -> None:
    """A policy that somebody began, with what would break or weaken the planned one."""
    for server in bench.servers:
        server.surroundings += (
            b"dbms.ssl.policy.cluster.enabled=false\n"
            b"dbms.ssl.policy.cluster.trust_all=true\n"
            b"dbms.ssl.policy.cluster.ciphers=TLS_RSA_WITH_AES_128_CBC_SHA\n"
            b"dbms.ssl.policy.cluster.private_key_password=of-another-key\n"
            b"dbms.ssl.policy.cluster.base_directory=certificates/elsewhere"
        )


ALL_PAIRS = tuple(Dial(client=a, server=b, gets_in=True) for a, b in permutations(NAMES, 2))


def _case(name: str, change: Change, *, who: tuple[str, ...] | None = ("ours",)) -> Case:
    return Case(
        name=f"wizard: {name}",
        change=change,
        dials=ALL_PAIRS,
        servers=3,
        strict=True,
        strangers=who,
    )


WIZARD_CASES = (
    _case("the default answers", wizards()),
    _case("self-signed", wizards('[trust]\nmodel = "self-signed"'), who=()),
    _case("the CA's key destroyed", wizards('[trust]\nca_key = "destroy"')),
    *(
        _case(f"keys {algorithm}", wizards(f'[keys]\nalgorithm = "{algorithm}"'), who=None)
        for algorithm in ("ec-p384", "rsa-2048")
    ),
    _case("a password that was typed", wizards('[keys]\npassword = "ask"'), who=None),
    _case("keys without a password", wizards('[keys]\npassword = "none"'), who=None),
    _case(
        "every field of the subject",
        wizards(
            '[subject]\ncountry = "GB"\nstate = "Kent, \\"Garden\\""\nlocality = "Łódź"\n'
            'organization = "A + B; C"\norganizational_unit = "#1"\n'
            'common_name = "{name} at {address}"\nemail = "a@example.org"'
        ),
        who=None,
    ),
    _case("no names verified", wizards('[policy]\nverify_hostname = "false"'), who=None),
    _case(
        "TLS 1.3 alone, self-signed",
        wizards('[policy]\ntls_versions = ["TLSv1.3"]', '[trust]\nmodel = "self-signed"'),
        who=None,
    ),
    _case(
        "client_auth OPTIONAL", wizards('[policy]\nclient_auth = "OPTIONAL"'), who=("ours", "none")
    ),
    _case("over a policy that somebody began", wizards(by_hand=_earlier_policy), who=None),
)
