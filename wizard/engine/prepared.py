"""What goes to the servers and what is shown to them: as it was just made, or as it was recorded.

A run that is resumed has neither the private keys nor the new neo4j.conf any more: they were only
in the memory of the process that made them, and on the servers. The journal keeps their hashes,
so that what stands on a server can be checked and used; it can't be sent to another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wizard.engine.changes.changing import stage_order
from wizard.engine.making.made import Made
from wizard.engine.probing.matrix import Laboratory
from wizard.engine.proving.needs import laboratory, laboratory_of
from wizard.engine.records.journal import Kind, Reading
from wizard.engine.session import Session
from wizard.errors import JournalError
from wizard.pki.authority import Authority
from wizard.planning.plan import FileRole, Plan, PlannedFile, ServerPlan
from wizard.remote.steps import StageFile, StageOrder
from wizard.secret import Secret

Sent = Mapping[str, Mapping[str, Any]]
"""By server: `conf`, the hash of its new neo4j.conf, and `files`, that of each new file by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything an apply needs besides its plan, by server.

    Attributes:
        leaves: the leaf each server is to serve (SHA-256 of its DER, hex).
        secrets: passwords that were made, which no log line may show.
    """

    orders: Mapping[str, StageOrder]
    leaves: Mapping[str, str]
    laboratory: Laboratory
    secrets: tuple[Secret, ...] = ()


def from_made(plan: Plan, made: Made, session: Session, now: datetime) -> Prepared:
    """Return what was made just now."""
    return Prepared(
        orders={one.server: stage_order(plan, one, made) for one in plan.servers},
        leaves={server: made.material[server].fingerprint for server in made.material},
        laboratory=laboratory_of(session, plan, made, now),
        secrets=tuple(one for one in made.passwords.values() if one is not None),
    )


def hashes_of(prepared: Prepared) -> Sent:
    """Return what the journal keeps of everything that is about to be sent; nothing secret."""
    return {
        server: {
            "conf": order.conf_hash_after,
            "files": {one.path: one.sha256 for one in order.files if one.content is not None},
        }
        for server, order in prepared.orders.items()
    }


def from_records(
    plan: Plan,
    reading: Reading,
    session: Session,
    authority: Authority | None,
    now: datetime,
) -> Prepared:
    """Return what a run had made, by its journal; it can be validated and used, but not sent.

    Raises:
        JournalError: the journal does not tell, because the run ended before it was written.
    """
    try:
        values: dict[str, Any] = next(
            record.values for record in reading.records if record.kind == Kind.MATERIAL
        )
        sent, prints = values["sent"], values["fingerprints"]
        orders = {one.server: _order(plan, one, sent[one.server]) for one in plan.servers}
        leaves = {one.server: str(prints[one.server]) for one in plan.servers}
    except (StopIteration, KeyError, TypeError) as error:
        raise JournalError(
            f"The journal of run {plan.run} does not tell what it had made.",
            hint=f"Put it back with `neo4j-tls undo {plan.run}`, then run apply anew.",
        ) from error
    return Prepared(orders=orders, leaves=leaves, laboratory=laboratory(session, authority, now))


def _order(plan: Plan, one: ServerPlan, sent: Mapping[str, Any]) -> StageOrder:
    hashes = sent["files"]

    def file(planned: PlannedFile) -> StageFile:
        if planned.role is FileRole.DIRECTORY:
            return StageFile(path=planned.path, mode=planned.mode, content=None)
        known = str(hashes[planned.path])
        return StageFile(path=planned.path, mode=planned.mode, content=b"", known_hash=known)

    return StageOrder(
        run=plan.run,
        server=one.server,
        of_the_run=(),
        home=one.home,
        conf_file=one.conf_file,
        certificates=one.certificates,
        base_directory=one.base_directory,
        conf=b"",
        conf_sha256=one.conf_sha256,
        conf_mode=one.conf_mode_after,
        owner_uid=one.owner_uid,
        owner_gid=one.owner_gid,
        files=tuple(map(file, one.files)),
        known_conf_hash=str(sent["conf"]),
        service=one.service,
    )
