"""The answers once they are parsed and typed: what a person wants, and nothing a server said.

Raw text stops at `interview.answers.parse`; everything behind it reads these values.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum

from wizard.model.version import Version

DETECT = "detect"
"""The answer that leaves a value to the survey."""


class Become(StrEnum):
    """How a login gains the rights to change Neo4j's files."""

    NONE = "none"
    SUDO = "sudo"
    SUDO_PASSWORD = "sudo-password"  # noqa: S105 - the name of a way, not a password
    COMMAND = "command"


SHARED_CA_ACCEPTED = "I accept that any certificate of this CA can read the databases"
"""What has to be typed before a CA that is not the cluster's own goes into trusted/."""


class TrustModel(StrEnum):
    """Where the certificates come from."""

    PRIVATE_CA = "private-ca"
    SELF_SIGNED = "self-signed"
    REQUEST = "request"
    EXISTING = "existing"

    @property
    def comes_from_outside(self) -> bool:
        """Whether somebody else issues the certificates, and they are brought as files."""
        return self in (TrustModel.REQUEST, TrustModel.EXISTING)


class CaKey(StrEnum):
    """What becomes of the CA's key after the certificates are issued."""

    KEEP = "keep"
    DESTROY = "destroy"


class JavaTrustStore(StrEnum):
    """The form of the trust store in the client kit."""

    PKCS12 = "pkcs12"
    JKS = "jks"
    NONE = "none"


class KeyAlgorithm(StrEnum):
    """Key types that every supported Neo4j version loads."""

    EC_P256 = "ec-p256"
    EC_P384 = "ec-p384"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"


class KeyPassword(StrEnum):
    """Where the password of a server's private key comes from."""

    GENERATE = "generate"
    ASK = "ask"
    NONE = "none"


class KeyPasswordIn(StrEnum):
    """Where Neo4j finds the password of its private key: in neo4j.conf, or by a command there."""

    CONF = "conf"
    COMMAND = "command"


class ClientAuth(StrEnum):
    """Neo4j's `client_auth`: must a peer that connects show a certificate."""

    REQUIRE = "REQUIRE"
    OPTIONAL = "OPTIONAL"
    NONE = "NONE"


class VerifyHostname(StrEnum):
    """Neo4j's `verify_hostname`, or the wizard's own decision."""

    AUTO = "auto"
    TRUE = "true"
    FALSE = "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """One server as a person named it; `detect` leaves a value to the survey.

    Attributes:
        name: the label used in files, boards and events.
        ssh: `user@host:port`, or an alias of the person's ssh_config.
        address: the advertised host name or IP, without a port.
        home: NEO4J_HOME, absolute.
        conf: the folder that holds neo4j.conf, or neo4j.conf itself, absolute.
        logs: the folder that holds debug.log, absolute.
        service: `systemd:NAME` or `bin` (home/bin/neo4j).
        material: the file or folder with this server's own certificate, or None for that of all.
    """

    name: str
    ssh: str
    address: str = DETECT
    home: str = DETECT
    conf: str = DETECT
    logs: str = DETECT
    service: str = DETECT
    material: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """How the servers are logged in to; never a secret.

    Attributes:
        identity_file: the private key to log in with, or None.
        agent: whether keys of the SSH agent may be used.
        ask_password: whether a password is used (it comes from the secrets).
        jump: an `user@host:port` or alias to go through, or None.
        known_hosts: the person's own file; it is read and never written.
        become: how to gain the rights to change Neo4j's files.
        become_command: what gains them where `become` is COMMAND, such as `doas -n -u neo4j`.
    """

    identity_file: str | None = None
    agent: bool = False
    ask_password: bool = False
    jump: str | None = None
    known_hosts: str = "~/.ssh/known_hosts"
    become: Become = Become.NONE
    become_command: str = ""

    def by_hand(self, line: str) -> str:
        """Return how a person on a server runs a line with the same rights.

        `~` stays the home folder the scripts work in: the login's own, also under sudo; with
        another command that of the user it leads to.
        """
        if self.become is Become.COMMAND:
            return f"{self.become_command} sh -c {shlex.quote(line)}"
        return line if self.become is Become.NONE else f"sudo {line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The seven DN fields; an empty one is left out.

    `{name}` and `{address}` stand for those of a server.
    """

    country: str = ""
    state: str = ""
    locality: str = ""
    organization: str = ""
    organizational_unit: str = ""
    common_name: str = "{address}"
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """The choices of the cluster SSL policy.

    Attributes:
        tls_versions: such as `("TLSv1.2", "TLSv1.3")`; None is the version's own default.
    """

    client_auth: ClientAuth = ClientAuth.REQUIRE
    verify_hostname: VerifyHostname = VerifyHostname.AUTO
    tls_versions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KitSettings:
    """What the client kit holds beside the CA.

    Attributes:
        backup: whether a key and a certificate are made for the machine that takes backups.
    """

    backup: bool = True
    java_trust_store: JavaTrustStore = JavaTrustStore.PKCS12


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a walk needs to know from a person, without any secret.

    Attributes:
        neo4j: the version to work for; None means the survey detects it.
        secrets_file: a 0600 TOML file with the secrets, or None.
        lifetime_days: how long a leaf is valid.
        login_user: the Neo4j user for health checks, or None.
        material: the file or folder with certificates that come from outside, or None.
        shared_ca_accepted: whether somebody typed that a CA of others may go into trusted/.
        suspended: what looks after the servers and is said to be held, such as `puppet`.
        intermediate: whether a CA below the cluster's own issues the certificates.
        name_constraints: whether that CA may sign for the names of this cluster alone.
        ca_copy: the folder that a copy of the CA goes into at the end, or None.
        kit: what is left for those who connect.
    """

    cluster: str
    servers: tuple[ServerSettings, ...]
    neo4j: Version | None = None
    secrets_file: str | None = None
    access: AccessSettings = AccessSettings()
    trust: TrustModel = TrustModel.PRIVATE_CA
    ca_key: CaKey = CaKey.KEEP
    subject: Subject = Subject()
    algorithm: KeyAlgorithm = KeyAlgorithm.EC_P256
    key_password: KeyPassword = KeyPassword.GENERATE
    key_password_in: KeyPasswordIn = KeyPasswordIn.CONF
    lifetime_days: int = 730
    policy: PolicySettings = PolicySettings()
    login_user: str | None = None
    material: str | None = None
    shared_ca_accepted: bool = False
    suspended: tuple[str, ...] = ()
    intermediate: bool = False
    name_constraints: bool = True
    ca_copy: str | None = None
    kit: KitSettings = KitSettings()
