"""What the survey saw on a server, read-only and at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.model.version import Version


class Edition(StrEnum):
    """Only Enterprise forms clusters."""

    ENTERPRISE = "enterprise"
    COMMUNITY = "community"
    UNKNOWN = "unknown"


class Platform(StrEnum):
    """Where Neo4j runs; only `server` is worked on, the others are refused with a sentence."""

    SERVER = "server"
    DOCKER = "docker"
    KUBERNETES = "kubernetes"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStat:
    """A file or folder as it stands: permission bits, owner and group as `ls -ldn` shows them."""

    mode: int
    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """What the access list of a file says of one more user, or of a group.

    Attributes:
        group: whether the number is that of a group; the file's own group is among them.
        name: what that user or group is called there, or its number.
        reads: whether it may read, as far as the list's mask lets it.
    """

    group: bool
    number: int
    name: str
    reads: bool


class ConfKind(StrEnum):
    """What stands where neo4j.conf is looked for."""

    FILE = "file"
    FOLDER = "folder"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfPlace:
    """How neo4j.conf stands in its folder: whether one rename can replace it, and nothing else.

    Attributes:
        kind: missing means a link to a file that is not there.
        links: the links that lead to the file, in their order; the file itself is `conf_file`.
        strange_link: a link that belongs neither to root nor to the owner of the file, or None.
        hard_links: how many names the file has.
        mounted: whether something is mounted on the file itself; None where that is not told.
        read_only: folders that must be written and are mounted read-only.
        checkout: the version-controlled folder a link leads into, or None.
        access_list: the entries of its access list; none where it has no such list.
    """

    kind: ConfKind = ConfKind.FILE
    links: tuple[str, ...] = ()
    strange_link: str | None = None
    hard_links: int = 1
    mounted: bool | None = None
    read_only: tuple[str, ...] = ()
    checkout: str | None = None
    access_list: tuple[AccessEntry, ...] = ()


class Control(StrEnum):
    """Whether the user that works on a server may stop and start Neo4j there."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class KeeperSign(StrEnum):
    """By what a keeper was found; `disabled` says that somebody holds it there already."""

    HEADER = "header"
    PROCESS = "process"
    UNIT = "unit"
    CRON = "cron"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Something else that looks after a server: configuration management, or a watchdog.

    Attributes:
        word: its stable name in small letters, such as `puppet`.
        sign: the process, unit or file it was found by.
    """

    word: str
    kind: KeeperSign
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseName:
    """The name a server finds for an IP address.

    Attributes:
        confirmed: whether that name leads back to the address; Java takes it only then.
    """

    name: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFiles:
    """What stands in the folder that the cluster policy names now.

    Attributes:
        directory: its absolute path.
        public_certificate: the bytes of the certificate file (public), or None when unreadable.
        private_key_exists: whether there is a key file; the survey never reads its content.
        trusted: file name to bytes, for every entry of trusted/; None when there is no such folder.
    """

    directory: str
    public_certificate: bytes | None
    private_key_exists: bool
    trusted: Mapping[str, bytes] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """One server as the survey found it.

    Attributes:
        server: the server's name in the answers.
        home: NEO4J_HOME; conf_file: neo4j.conf with links resolved; logs: the log folder.
        conf: the bytes of neo4j.conf; conf_stat, home_stat and certificates_stat: how they stand.
        certificates: the folder new certificate folders go into.
        certificates_stat: None when the folder does not exist yet.
        service: `systemd:NAME` or `bin`.
        running: whether the Neo4j process is up.
        neo4j_log: the file of the user log, or None when it goes to the journal only.
        managed_by: the tool that neo4j.conf itself says manages it, or None.
        keepers: what else was found to look after the server.
        last_stop_s, last_start_s: how long its last stop and start took, by its own user log.
        conf_place: how neo4j.conf stands in its folder.
        resolved: each name that was asked for, to the addresses this server resolves it to.
        reverse: each IP address that was asked for and has a name, to that name.
        clock_offset_s: the server's clock minus ours, in seconds.
        listening: TCP ports something listens on, with the local address; empty when unknown.
        certificates_entries: every path below the folder of certificates, sorted.
        control: whether its unit may be stopped and started; unknown where polkit decides then.
        expands_commands: whether it was seen that Neo4j is started with `--expand-commands`: by
            its unit, or else, where `bin/neo4j` starts it, by the process that runs.
    """

    server: str
    platform: Platform
    edition: Edition
    version: Version | None
    login: str
    home: str
    home_stat: FileStat
    conf_file: str
    conf: bytes
    conf_stat: FileStat
    conf_is_link: bool
    certificates: str
    certificates_stat: FileStat | None
    logs: str
    neo4j_log: str | None
    service: str
    running: bool
    managed_by: str | None
    resolved: Mapping[str, tuple[str, ...]]
    clock_offset_s: float
    free_kib: int
    listening: tuple[tuple[str, int], ...]
    policy_files: PolicyFiles | None
    conf_place: ConfPlace = ConfPlace()
    reverse: Mapping[str, ReverseName] = field(default_factory=dict)
    certificates_entries: tuple[str, ...] = ()
    keepers: tuple[Keeper, ...] = ()
    last_stop_s: float | None = None
    last_start_s: float | None = None
    expands_commands: bool = False
    control: Control = Control.YES
