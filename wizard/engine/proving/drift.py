"""Compares what a run has put on the servers with what stands on their disks now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wizard.engine.diagnosis.observations import Drifted
from wizard.engine.parallel import Gathered, together
from wizard.engine.proving.key_drift import key_drift
from wizard.engine.records.journal import Kind, read_journal
from wizard.engine.records.plan_records import plan_of
from wizard.engine.records.runs import Run
from wizard.engine.session import Session
from wizard.errors import ConfError, JournalError
from wizard.model.facts import ServerFacts
from wizard.neo4j.conf import Conf, same_key
from wizard.planning.plan import ConfSetting
from wizard.remote.file_hashes import hashes_below

_POLICY = "dbms.ssl.policy."
_SECRET = "private_key_password"  # noqa: S105 - the name of a setting
_SHORT = 12


def compared(
    run: Run, session: Session, facts: Mapping[str, ServerFacts]
) -> Gathered[tuple[Drifted, ...]]:
    """Return what has changed on each server since a run left it, whoever changed it.

    Of files only hashes leave the servers; where neo4j.conf has changed, its key is asked whether
    it still opens (`key_drift`). Revocation lists that were added are no drift: that is how a
    certificate is revoked.

    Raises:
        JournalError: the run's records do not tell what it had made.
    """
    sent = _sent(run)
    plans = {one.server: one for one in plan_of(run).servers if one.server in sent}

    def work(server: str) -> tuple[Drifted, ...]:
        one, hashes, connection = plans[server], sent[server], session.connections[server]
        conf = tuple(conf_drift(one.conf_settings, facts[server].conf, str(hashes["conf"])))
        now = hashes_below(connection, one.base_directory)
        if hashlib.sha256(facts[server].conf).hexdigest() != hashes["conf"]:
            conf = with_key(conf, tuple(key_drift(connection, facts[server])))
        return (*conf, *file_drift(one.base_directory, hashes["files"], now))

    return together([name for name in facts if name in plans and name in session.connections], work)


def with_key(conf: tuple[Drifted, ...], key: tuple[Drifted, ...]) -> tuple[Drifted, ...]:
    """Join both; a password that does not open the key is told once, by what comes of it."""
    rest = tuple(change for change in conf if not key or _SECRET not in change.evidence)
    return (*rest, *key)


def _sent(run: Run) -> Mapping[str, Mapping[str, Any]]:
    for record in read_journal(run.journal_file).records:
        values: Mapping[str, Any] = record.values
        if record.kind == Kind.MATERIAL and "sent" in values:
            sent: Mapping[str, Mapping[str, Any]] = values["sent"]
            return sent
    raise JournalError(f"The journal of run {run.id} does not tell what it had made.")


def conf_drift(settings: Sequence[ConfSetting], raw: bytes, sent_hash: str) -> Iterator[Drifted]:
    """Yield each setting of the cluster policy that is not as the run has set it.

    Other settings are not the wizard's. The password of the key is not recorded, so only its
    absence is seen here.
    """
    if hashlib.sha256(raw).hexdigest() == sent_hash:
        return
    try:
        now = {same_key(key): value for key, value in Conf.parse(raw).values.items()}
    except ConfError:  # the survey of the settings tells what is wrong with it
        return
    planned = {same_key(setting.key): setting.value for setting in settings}
    for key, value in planned.items():
        if key not in now:
            yield _setting(key, "it is gone")
        elif value is not None and now[key] != value and not key.endswith(_SECRET):
            yield _setting(key, f"it is {now[key]}, and was set to {value}")
    for key in now.keys() - planned.keys():
        if any(key.startswith(scope) for scope in _scopes(planned)):
            yield _setting(key, "it was added")


def file_drift(
    folder: str, sent: Mapping[str, str], now: Mapping[str, str] | None
) -> Iterator[Drifted]:
    """Yield each file of the policy that is not as the run has sent it, is gone or was added."""
    if now is None:
        yield Drifted(file=folder, evidence="the folder is gone")
        return
    for path, known in sent.items():
        found = now.get(path)
        if found is None:
            yield Drifted(file=path, evidence="it is gone")
        elif found and found != known:
            told = f"SHA-256 {found[:_SHORT]}, was {known[:_SHORT]}"
            yield Drifted(file=path, evidence=told)
    for path in sorted(now.keys() - sent.keys()):
        if not path.startswith("revoked/"):
            yield Drifted(file=path, evidence="it was added")


def _setting(key: str, told: str) -> Drifted:
    return Drifted(file="neo4j.conf", evidence=f"{key}: {told}")


def _scopes(planned: Mapping[str, object]) -> frozenset[str]:
    return frozenset(f"{key.rpartition('.')[0]}." for key in planned if key.startswith(_POLICY))
