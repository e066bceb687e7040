"""A walk without servers: an engine that answers at once, and a way to wait for the screen."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from screens.journey import Engine, Journey
from wizard.app import WizardApp
from wizard.engine.events import (
    EXIT_CODES,
    ChangeFinished,
    ChangeStarted,
    Event,
    Finished,
    Link,
    LinkState,
    Probe,
    ProbeKind,
    ProblemFound,
    Result,
    Said,
    Started,
    Verdict,
)
from wizard.engine.papers.outcome import Outcome, ServerOutcome
from wizard.engine.request import Request
from wizard.engine.standing import Standing, Watch, unwatched
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.errors import HostKeyUnknownError, WizardError
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.facts import Edition, FileStat, Platform, ServerFacts
from wizard.model.problems import Problem
from wizard.model.settings import ServerSettings, Settings
from wizard.model.version import Version
from wizard.planning.plan import (
    Change,
    ChangeKind,
    ConfSetting,
    Coverage,
    DiffLine,
    FileRole,
    Plan,
    PlannedFile,
    ServerPlan,
)

NAMES = ("server1", "server2", "server3")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PORTS = (5000, 6000, 7000)
PATIENCE_S = 20.0


def facts_of(name: str) -> ServerFacts:
    stat = FileStat(mode=0o755, uid=7474, gid=7474)
    return ServerFacts(
        server=name,
        platform=Platform.SERVER,
        edition=Edition.ENTERPRISE,
        version=Version(5, 26),
        login="neo4j",
        home="/opt/neo4j",
        home_stat=stat,
        conf_file="/opt/neo4j/conf/neo4j.conf",
        conf=b"server.default_advertised_address=" + name.encode() + b".example.com\n",
        conf_stat=stat,
        conf_is_link=False,
        certificates="/opt/neo4j/certificates",
        certificates_stat=None,
        logs="/opt/neo4j/logs",
        neo4j_log="/opt/neo4j/logs/neo4j.log",
        service="bin",
        running=True,
        managed_by=None,
        resolved={},
        clock_offset_s=0.0,
        free_kib=1_000_000,
        listening=(),
        policy_files=None,
    )


def server_plan(name: str) -> ServerPlan:
    folder = "/opt/neo4j/certificates/cluster-RUN"
    host = f"{name}.example.com"
    port = ClusterPort(
        channel=Channel.CLUSTER, host=host, port=6000, listen_host="127.0.0.1", listen_port=6000
    )
    files = (
        PlannedFile(path=".", role=FileRole.DIRECTORY, mode=0o700),
        PlannedFile(path="private.key", role=FileRole.PRIVATE_KEY, mode=0o400),
        PlannedFile(path="public.crt", role=FileRole.PUBLIC_CERTIFICATE, mode=0o644),
        PlannedFile(path="trusted/ca.crt", role=FileRole.TRUSTED, mode=0o644, of="ca"),
    )
    diff = (
        DiffLine(sign=" ", text="server.default_advertised_address=[bold]x[/nope]"),
        DiffLine(sign="-", text="#dbms.ssl.policy.cluster.enabled=false"),
        DiffLine(sign="+", text="dbms.ssl.policy.cluster.enabled=true"),
        DiffLine(sign="+", text="dbms.ssl.policy.cluster.private_key_password=***"),
    )
    return ServerPlan(
        server=name,
        address=host,
        version=Version(5, 26),
        home="/opt/neo4j",
        conf_file="/opt/neo4j/conf/neo4j.conf",
        certificates="/opt/neo4j/certificates",
        base_directory=folder,
        logs="/opt/neo4j/logs",
        neo4j_log=None,
        service="bin",
        owner_uid=7474,
        owner_gid=7474,
        conf_sha256="0" * 64,
        conf_mode=0o644,
        conf_mode_after=0o640,
        conf_settings=(ConfSetting(key="dbms.ssl.policy.cluster.enabled", value="true"),),
        conf_diff=diff,
        files=files,
        common_name=host,
        dns_names=(host,),
        ip_addresses=(),
        ports=(port,),
        needs_password=True,
        running=True,
    )


def plan_for(request: Request, names: tuple[str, ...] = NAMES) -> Plan:
    assert request.settings is not None
    changes = tuple(
        Change(id=f"{kind.value}:{name}", server=name, kind=kind, what=f"{kind.value} it", undo="x")
        for kind in ChangeKind
        for name in names
    )
    return Plan(
        settings=request.settings,
        run="RUN",
        servers=tuple(server_plan(name) for name in names),
        changes=changes,
        problems=(),
        stays_unencrypted=("Bolt on port 7687 keeps its own policy.",),
        downtime_s=(15, 60),
        verify_hostname=True,
        verify_hostname_why="Every advertised address is a name that resolves alike.",
        tls_versions=("TLSv1.2", "TLSv1.3"),
        coverage=tuple(
            Coverage(host=f"{name}.example.com", of=(name,), covered_by=(name,)) for name in names
        ),
    )


@dataclass
class FakeSession:
    """Logs in to nothing; asks about one host key a server until each was accepted."""

    world: World
    unreached: dict[str, WizardError] = field(default_factory=dict)
    facts: dict[str, ServerFacts] = field(default_factory=dict)
    decide: Callable[[Any], bool] = lambda _key: False
    accepted: set[str] = field(default_factory=set)
    closed: bool = False
    watch: Watch = unwatched

    def connect(self) -> None:
        self.unreached = {}
        self.world.come_so_far(self.watch, Standing.CONNECTING, Standing.LOGGED_IN)
        for name in self.world.names:
            error = self.world.login_errors.get(name)
            behind = "jump" if self.world.jump else name
            if error is not None:
                self.unreached[name] = error
            elif behind != name and behind not in self.accepted and not self._ask(behind):
                message = "The host key of jump is not known."
                self.unreached[name] = HostKeyUnknownError(name, message)
            elif name not in self.accepted and not self._ask(name):
                self.unreached[name] = HostKeyUnknownError(name, "The host key is not known.")

    def _ask(self, name: str) -> bool:
        key = SimpleNamespace(
            server=name,
            host="127.0.0.1",
            port=2201,
            kind="ssh-ed25519",
            fingerprint="SHA256:" + "x" * 43,
            state="unknown",
        )
        if self.decide(key):
            self.accepted.add(name)
        return name in self.accepted

    def close(self) -> None:
        self.closed = True


@dataclass
class World:
    """What the fake engine finds, does and remembers."""

    directory: Path
    names: tuple[str, ...] = NAMES
    login_errors: dict[str, WizardError] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    said: list[str] = field(default_factory=lambda: ["Connected to server2/10.0.0.2:7000"])
    to_suspend: tuple[str, ...] = ()
    jump: bool = False
    wait_in_apply: bool = False
    begins_anew: bool = False
    result: Result = Result.OK
    hold: threading.Event | None = None
    requests: list[Request] = field(default_factory=list)
    sessions: list[FakeSession] = field(default_factory=list)

    def interactive_answers(self) -> Path:
        path = self.directory / "interactive.toml"
        rows = "".join(
            f'[[servers]]\nname = "{name}"\nssh = "admin@127.0.0.1:{2201 + at}"\n'
            f'address = "{name}.example.com"\n'
            for at, name in enumerate(self.names)
        )
        text = 'format = 1\n[cluster]\nname = "practice"\n[access]\nagent = true\n'
        path.write_text(f"{text}{rows}")
        return path

    def close(self) -> None:
        return

    def come_so_far(self, watch: Watch, at: Standing, done: Standing) -> None:
        """Be through with the first server and at work on the second, as long as it is held."""
        if self.hold is None:
            return
        first, second, *_rest = self.names
        watch(first, done)
        watch(second, at)
        self.hold.wait(PATIENCE_S)

    def open_session(
        self, _settings: Any, _secrets: Any, decide: Any, _environ: Any
    ) -> FakeSession:
        session = FakeSession(self, decide=decide)
        session.facts = {name: facts_of(name) for name in self.names}
        self.sessions.append(session)
        return session

    def plan(self, request: Request) -> Iterator[Event]:
        self.requests.append(request)
        self.come_so_far(self.sessions[-1].watch, Standing.LOOKING, Standing.LOOKED_AT)
        yield Started(command="plan")
        yield from (ProblemFound(problem=problem) for problem in self.problems)
        blocked = any(problem.blocks for problem in self.problems)
        result = Result.PROBLEMS if blocked else Result.OK
        yield Finished(result=result, exit_code=EXIT_CODES[result])

    def apply(self, request: Request) -> Iterator[Event]:
        self.requests.append(request)
        yield Started(command="apply", run="RUN")
        plan = replace(plan_for(request, self.names), to_suspend=self.to_suspend)
        if not request.confirm(plan):
            yield Finished(result=Result.INTERRUPTED, exit_code=130)
            return
        links, proof = LinkBoard(self.names), ProofBoard()
        for event in self._changes(plan):
            links.feed(event)
            proof.feed(event)
            yield event
        if self.wait_in_apply:
            request.cancel.wait(PATIENCE_S)
        result = Result.INTERRUPTED if request.cancel.is_set else self.result
        request.keep_outcome(self.outcome(result, links, proof))
        yield Finished(result=result, exit_code=EXIT_CODES[result])

    def resume(self, request: Request) -> Iterator[Event]:
        self.requests.append(request)
        yield Started(command="resume", run=request.run)
        settings = Settings(cluster="payments", servers=())
        plan = plan_for(replace(request, settings=settings), self.names)
        if self.begins_anew and not request.confirm(plan):
            yield Finished(result=Result.INTERRUPTED, exit_code=130)
            return
        request.keep_outcome(self.outcome(self.result, LinkBoard(self.names), ProofBoard()))
        yield Finished(result=self.result, exit_code=EXIT_CODES[self.result])

    def _changes(self, plan: Plan) -> Iterator[Event]:
        for change in plan.changes:
            yield ChangeStarted(server=change.server, change=change.id, what=change.what)
            yield ChangeFinished(server=change.server, change=change.id)
        yield from (Said(message=line, server="server1", source="neo4j.log") for line in self.said)
        for one in self.names:
            for other in self.names:
                if one != other:
                    address = f"{other}:7000"
                    yield Link(server=one, peer=other, address=address, state=LinkState.SEEN)
        for name in self.names:
            for port in PORTS:
                for kind in ProbeKind:
                    wanted = Verdict.ACCEPTED if kind is ProbeKind.OURS else Verdict.REFUSED
                    yield Probe(
                        origin=name,
                        server=name,
                        port=port,
                        kind=kind,
                        expected=wanted,
                        verdict=wanted,
                        ok=True,
                    )

    def outcome(self, result: Result, links: LinkBoard, proof: ProofBoard) -> Outcome:
        return Outcome(
            command_name="apply",
            cluster="practice",
            result=result,
            run="20261122-090000-abcd",
            run_folder=self.directory / "runs",
            servers=tuple(
                ServerOutcome(
                    server=name, address=f"{name}.example.com", fingerprint="ab" * 32, not_after=NOW
                )
                for name in self.names
            ),
            links=links,
            proof=proof,
            problems=tuple(self.problems),
            stays_unencrypted=("Bolt on port 7687 keeps its own policy.",),
            command="neo4j-tls apply --answers practice.toml --yes",
            undo_command="neo4j-tls undo 20261122-090000-abcd",
            files={"report": self.directory / "report.md"},
        )

    def engine(self) -> Engine:
        return Engine(
            open_session=self.open_session,  # type: ignore[arg-type]  # a session without SSH
            plan=self.plan,
            apply=self.apply,
            verify=self.apply,
            undo=self.apply,
            resume=self.resume,
            start_practice=lambda: self,
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The world the walk meets."""
    directory = tmp_path / "world"
    directory.mkdir(mode=0o700)
    return World(directory=directory)


@pytest.fixture(autouse=True)
def steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blinking cursor makes a screen differ from itself."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _self: None)


@pytest.fixture
def application(world: World) -> WizardApp:
    """The application on that world."""
    environ = {"HOME": str(world.directory), "XDG_STATE_HOME": str(world.directory / "state")}
    return WizardApp(Journey(engine=world.engine(), environ=environ))


@pytest.fixture
def review_plan() -> Plan:
    """The plan that the review shows."""
    servers = tuple(ServerSettings(name=name, ssh=f"admin@{name}") for name in NAMES)
    return plan_for(Request(settings=Settings(cluster="practice", servers=servers)))


Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def until() -> Until:
    """Wait for a condition, with a deadline."""

    async def wait(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            await pilot.pause()
            if condition():
                return
            assert time.monotonic() < deadline, f"never came true; on screen:\n{text(pilot.app)}"
            await asyncio.sleep(0.01)

    return wait


def text(app: App[Any]) -> str:
    """Return what stands on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


@pytest.fixture
def shown() -> Callable[[App[Any]], str]:
    """What stands on the screen, as text."""
    return text
