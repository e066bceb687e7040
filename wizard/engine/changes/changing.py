"""The changes of a run, each on all servers at once, and each in the journal before it begins."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from wizard.engine.cancel import Cancel
from wizard.engine.events import ChangeFailed, ChangeFinished, ChangeStarted, Event, Said
from wizard.engine.making.made import Made
from wizard.engine.parallel import Emit, Gathered, on_each, together
from wizard.engine.records.journal import Journal, Kind
from wizard.engine.session import Session
from wizard.engine.watching.log_places import log_places
from wizard.errors import WizardError
from wizard.planning.plan import ChangeKind, FileRole, Plan, PlannedFile, ServerPlan
from wizard.remote import steps
from wizard.remote.connection import Connection
from wizard.secret import Secret

STOP_TIMEOUT_S = 150.0
"""The manual's systemd unit gives Neo4j 120 seconds (TimeoutSec) to close its stores."""

_LOOK_S = 2.0
"""For how long a lost connection is tried again where somebody waits for a look."""

BIN = "bin"

Answer = TypeVar("Answer")
Phase = Generator[Event, None, Gathered[Answer]]


class Heard:
    """Says once, while a change goes on, that the wish to stop was heard."""

    def __init__(self, cancel: Cancel) -> None:
        self._cancel = cancel
        self._said = False

    def __call__(self) -> Event | None:
        """Return the words, or None where nobody asked or was told already."""
        if self._said or not self._cancel.is_set:
            return None
        self._said = True
        return Said(message="Stopping after this change; then every server is put back.")


class Changing:
    """Carries the changes of a plan out over open connections.

    Every step can be done again, so one whose connection was lost is done once more over a new
    one; a server that stays away fails the step.
    """

    def __init__(
        self,
        plan: Plan,
        orders: Mapping[str, steps.StageOrder],
        session: Session,
        journal: Journal,
        pulse: Callable[[], Event | None] | None = None,
    ) -> None:
        self._plan = plan
        self._pulse = pulse
        self._session = session
        self._connections: Mapping[str, Connection] = session.connections
        self._journal = journal
        self._what = {change.id: change.what for change in plan.changes}
        self._servers = {one.server: one for one in plan.servers}
        self._orders = orders
        self._services = {one.server: service_of(one, plan.run) for one in plan.servers}

    def stage(self) -> Phase[steps.StageReport]:
        """Put everything new beside what stands."""
        return self._all(
            ChangeKind.STAGE, lambda name: steps.stage(self._connections[name], self._orders[name])
        )

    def validate(self) -> Phase[steps.StageReport]:
        """Read back what was staged."""
        return self._all(
            ChangeKind.VALIDATE,
            lambda name: steps.validate(self._connections[name], self._orders[name]),
        )

    def stop(self) -> Phase[None]:
        """Stop every server and make sure that its process is gone; the secondaries first."""
        first = [name for name, one in self._servers.items() if one.stops_first]
        gathered: Gathered[None] = Gathered()
        for wave in (first, [name for name in self._servers if name not in first]):
            if wave and not gathered.errors:
                ended = yield from self._all(ChangeKind.STOP, self._stop_one, wave)
                gathered.answers |= ended.answers
                gathered.errors |= ended.errors
        return gathered

    def _stop_one(self, name: str) -> None:
        steps.stop(self._connections[name], self._services[name], STOP_TIMEOUT_S)

    def commit(self) -> Phase[None]:
        """Put every neo4j.conf in place; no server runs now."""
        return self._all(
            ChangeKind.COMMIT,
            lambda name: steps.commit(self._connections[name], self._orders[name]),
        )

    def start(self) -> Phase[Mapping[str, int]]:
        """Start every server; its logs' lengths before that are the answers."""
        return self._all(
            ChangeKind.START,
            lambda name: steps.start(
                self._connections[name], self._services[name], logs_of(self._servers[name])
            ),
        )

    def running(self) -> dict[str, bool]:
        """Ask which servers have a process; one that can't be asked is left out."""

        def ask(name: str) -> bool:
            return steps.is_running(self._connections[name], self._services[name])

        return together(
            self._services,
            lambda name: self._session.held(name, partial(ask, name), patience_s=_LOOK_S),
        ).answers

    def _all(
        self, kind: ChangeKind, act: Callable[[str], Answer], servers: Sequence[str] | None = None
    ) -> Phase[Answer]:
        def one(name: str, emit: Emit) -> Answer:
            change = f"{kind}:{name}"
            hashes: dict[str, object] = {}
            if kind in {ChangeKind.STAGE, ChangeKind.COMMIT}:
                order = self._orders[name]
                hashes = {
                    "before": order.conf_sha256,
                    "after": order.conf_hash_after,
                }
            emit(ChangeStarted(server=name, change=change, what=self._what.get(change, "")))
            held = partial(self._session.held, name, lambda: act(name))
            return recorded(self._journal, emit, name, change, held, **hashes)

        return on_each(self._servers if servers is None else servers, one, pulse=self._pulse)


def recorded(
    journal: Journal,
    emit: Emit,
    server: str,
    change: str,
    act: Callable[[], Answer],
    **values: object,
) -> Answer:
    """Write the intent, act, and write what came of it; the events follow the journal."""
    journal.write(Kind.INTENT, server=server, change=change, **values)
    try:
        answer = act()
    except WizardError as error:
        journal.write(Kind.FAILED, server=server, change=change, code=error.code)
        emit(ChangeFailed(server=server, change=change, message=error.message))
        raise
    journal.write(Kind.DONE, server=server, change=change)
    emit(ChangeFinished(server=server, change=change))
    return answer


def started_by(service: str, *, expands_commands: bool) -> str:
    """Return how Neo4j is stopped and started, as the scripts know it; a unit has its own flags."""
    return f"{BIN} --expand-commands" if service == BIN and expands_commands else service


def service_of(one: ServerPlan, run: str) -> steps.Service:
    """Return how a planned server is started and stopped."""
    return steps.Service(
        service=started_by(one.service, expands_commands=one.expands_commands),
        home=one.home,
        conf_file=one.conf_file,
        run=run,
        server=one.server,
    )


def logs_of(one: ServerPlan) -> tuple[str, ...]:
    """Return the logs to follow."""
    return log_places(one.service, one.neo4j_log, one.logs)


def stage_order(plan: Plan, one: ServerPlan, made: Made) -> steps.StageOrder:
    """Return everything that goes to one server, with the bytes that were made for it."""
    return steps.StageOrder(
        run=plan.run,
        server=one.server,
        of_the_run=tuple(f"{each.server} ({each.address})" for each in plan.servers),
        home=one.home,
        conf_file=one.conf_file,
        certificates=one.certificates,
        base_directory=one.base_directory,
        conf=made.confs[one.server].to_bytes(),
        conf_sha256=one.conf_sha256,
        conf_mode=one.conf_mode_after,
        owner_uid=one.owner_uid,
        owner_gid=one.owner_gid,
        files=tuple(_file(file, one.server, made) for file in one.files),
        service=started_by(one.service, expands_commands=one.expands_commands),
        members=tuple((each.server, each.running) for each in plan.servers),
        leaf=(
            made.material[one.server].fingerprint,
            made.material[one.server].not_after.isoformat(),
        ),
    )


def _file(file: PlannedFile, server: str, made: Made) -> steps.StageFile:
    material = made.material[server]
    contents: dict[FileRole, Callable[[], bytes | None]] = {
        FileRole.DIRECTORY: lambda: None,
        FileRole.PRIVATE_KEY: material.private_key_pem.reveal,
        FileRole.KEY_PASSWORD: lambda: _password_line(made.passwords[server]),
        FileRole.PUBLIC_CERTIFICATE: lambda: material.certificate_pem,
        FileRole.TRUSTED: lambda: dict(material.trusted)[file.path.rpartition("/")[2]],
    }
    return steps.StageFile(path=file.path, mode=file.mode, content=contents[file.role]())


def _password_line(password: Secret | None) -> bytes:
    """Neo4j joins the lines a command prints, so that the end of the last one is no part of it."""
    return b"" if password is None else password.reveal().encode("ascii") + b"\n"
