"""The plan as a value: what will change on which server, before anything has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wizard.model.cluster import ClusterPort
from wizard.model.problems import Problem
from wizard.model.settings import Settings
from wizard.model.version import Version

RUN = "RUN"
"""Stands for the run's id wherever a plan names it; apply puts the real one in."""


class ChangeKind(StrEnum):
    """The changes of one server, in the order the whole cluster goes through them."""

    STAGE = "stage"
    VALIDATE = "validate"
    STOP = "stop"
    COMMIT = "commit"
    START = "start"


class FileRole(StrEnum):
    """What a new file is."""

    PRIVATE_KEY = "private_key"
    KEY_PASSWORD = "key_password"  # noqa: S105 - the name of a role
    PUBLIC_CERTIFICATE = "public_certificate"
    TRUSTED = "trusted"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """A file or folder that does not exist yet.

    Attributes:
        path: relative to the new base directory; `.` is that directory.
        of: whose certificate a trusted file is: a server's name, or `ca`.
    """

    path: str
    role: FileRole
    mode: int
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfSetting:
    """One line that neo4j.conf will hold; `value` is None where the key's password goes."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line of a preview: sign is `+`, `-`, ` ` or `@`; secrets are already masked."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtLeaf:
    """The certificate of a server that was brought, in words that are safe to show.

    Attributes:
        file: where it was found.
        fingerprint: SHA-256 of its DER, lower-case hex.
    """

    file: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    fingerprint: str
    key_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtTrust:
    """A certificate that was brought and goes into trusted/ under the name `file`."""

    file: str
    subject: str
    not_after: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """Everything that will change on one server.

    Attributes:
        base_directory: absolute, named after the run.
        owner_uid, owner_gid: copied from neo4j.conf's folder of certificates or home.
        conf_sha256: the hash of neo4j.conf as surveyed; apply refuses when it has moved.
        dns_names, ip_addresses: what the leaf's SAN will hold: everything peers may dial.
        common_name: the subject's CN with its placeholders filled.
        ports: every port the cluster policy protects on this server.
        needs_password: whether the private key gets a password; neo4j.conf holds it, or where a
            file of the role KEY_PASSWORD does, a command that prints that file.
        brought: its certificate, where that comes from outside.
        trusted: what trusted/ will hold, where that comes from outside.
        conf_removed: settings of an earlier cluster policy that must not stand any more.
        standing_sha256: the hash of what stands in its folders of certificates, by name, and of
            the files of its present cluster policy.
        stops_first: whether it only copies what the others commit, and stops before they do.
        expands_commands: whether Neo4j is started with `--expand-commands` there.
    """

    server: str
    address: str
    version: Version
    home: str
    conf_file: str
    certificates: str
    base_directory: str
    logs: str
    neo4j_log: str | None
    service: str
    owner_uid: int
    owner_gid: int
    conf_sha256: str
    conf_mode: int
    conf_mode_after: int
    conf_settings: tuple[ConfSetting, ...]
    conf_diff: tuple[DiffLine, ...]
    files: tuple[PlannedFile, ...]
    common_name: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    ports: tuple[ClusterPort, ...]
    needs_password: bool
    running: bool
    conf_removed: tuple[str, ...] = ()
    brought: BroughtLeaf | None = None
    trusted: tuple[BroughtTrust, ...] = ()
    standing_sha256: str = ""
    stops_first: bool = False
    expands_commands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step on one server.

    Attributes:
        id: `KIND:SERVER`.
        what: one sentence for people.
        undo: one sentence: how it is put back.
    """

    id: str
    server: str
    kind: ChangeKind
    what: str
    undo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A name or an address that is dialled, and whose certificate will cover it.

    Attributes:
        of: the servers that answer there; none when it leads to none of them.
        covered_by: those of them whose certificate holds it.
        listed_by: the server whose list of members names it, where nobody advertises it.
        found_for: the IP address that is dialled, and whose name this is to the peers.
    """

    host: str
    of: tuple[str, ...]
    covered_by: tuple[str, ...]
    listed_by: str | None = None
    found_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What apply will do, in order.

    Attributes:
        changes: empty when everything is in place already.
        problems: blockers, warnings and notes found while planning.
        stays_unencrypted: sentences naming what the cluster policy does not cover.
        downtime_s: the expected outage, from and to, in seconds.
        downtime_why: a sentence on how that was estimated.
        verify_hostname: what will be written, and verify_hostname_why says why.
        protected: whether the servers already run the cluster policy.
        coverage: every host that is dialled, and the server whose certificate covers it.
        to_suspend: what looks after the servers and has to be held first, such as `puppet`.
    """

    settings: Settings
    run: str
    servers: tuple[ServerPlan, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    stays_unencrypted: tuple[str, ...]
    downtime_s: tuple[int, int]
    verify_hostname: bool
    verify_hostname_why: str
    tls_versions: tuple[str, ...]
    protected: bool = False
    coverage: tuple[Coverage, ...] = ()
    to_suspend: tuple[str, ...] = ()
    downtime_why: str = ""
