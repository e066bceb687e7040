"""What can be wrong on server3 of an encrypted cluster, each by hand, and nothing else with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from judge_certificates import DAY, NOW, Identity, Recipe, authority, crl, ec_key, pem, plain
from real_policy import LINES, Files, lay
from real_server import Server

CULPRIT = "server3"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to be wrong.

    Attributes:
        sentence: what is done to server3 beyond laying a sound policy.
        lay: writes files and settings of all servers.
        code: the problem of server3 that the diagnosis has to name, and no other; empty where a
            cluster of three comes of it.
        ends: whether server3 ends before it has started.
    """

    name: str
    sentence: str
    lay: Callable[[Sequence[Server]], None]
    code: str = ""
    ends: bool = False

    @property
    def forms(self) -> bool:
        """Whether nothing is wrong."""
        return not self.code


def _sound(server: Server, ca: Identity, **wrong: object) -> Files:
    """The files of one server under a CA; keyword arguments replace fields of its certificate."""
    return _files(_identity(server, ca, **wrong), {"ca.crt": pem(ca.certificate)})


def _identity(server: Server, ca: Identity, **wrong: object) -> Identity:
    fields = {
        "common_name": server.address,
        "issuer": ca,
        "names": (server.address, server.ip),
        "ends": NOW + 90 * DAY,
    }
    return Recipe(**{**fields, **wrong}).make()  # type: ignore[arg-type]


def _files(identity: Identity, trusted: Mapping[str, bytes]) -> Files:
    own = pem(identity.certificate)
    return Files(key=plain(identity.key), certificate=own, trusted={**trusted, "own.crt": own})


def _with_leaf(**wrong: object) -> Callable[[Sequence[Server]], None]:
    """Lay a sound policy everywhere, but on server3 a certificate with this wrong."""

    def lay_all(servers: Sequence[Server]) -> None:
        ca = authority("Real CA")
        for server in servers:
            lay(server, _sound(server, ca, **(wrong if server.name == CULPRIT else {})))

    return lay_all


def _with_foreign_leaf(servers: Sequence[Server]) -> None:
    ca, foreign = authority("Real CA"), authority("Foreign CA")
    for server in servers:
        files = _sound(server, foreign if server.name == CULPRIT else ca)
        lay(server, replace(files, trusted={"ca.crt": pem(ca.certificate)}))


def _with_one_plaintext(servers: Sequence[Server]) -> None:
    ca = authority("Real CA")
    for server in servers:
        if server.name != CULPRIT:
            lay(server, _sound(server, ca))


def _with_one_not_trusted(servers: Sequence[Server]) -> None:
    """Everyone's own certificate is copied to everyone, but server3's to nobody."""
    selves = {
        server.name: Recipe(
            common_name=server.address,
            names=(server.address, server.ip),
            ca=None,
            ends=NOW + 90 * DAY,
        ).make()
        for server in servers
    }
    for server in servers:
        others = {
            f"{name}.crt": pem(one.certificate)
            for name, one in selves.items()
            if name not in {server.name, CULPRIT}
        }
        lay(server, _files(selves[server.name], others))


def _with_stale_crl(servers: Sequence[Server]) -> None:
    ca = authority("Real CA")
    stale = pem(crl(ca, until=NOW - DAY))
    for server in servers:
        files = _sound(server, ca)
        lay(server, replace(files, revoked={"ca.crl": stale}) if server.name == CULPRIT else files)


def _with_one_revoked(servers: Sequence[Server]) -> None:
    ca = authority("Real CA")
    made = {server.name: _identity(server, ca) for server in servers}
    listed = pem(crl(ca, made[CULPRIT].certificate))
    for server in servers:
        files = _files(made[server.name], {"ca.crt": pem(ca.certificate)})
        lay(server, files if server.name == CULPRIT else replace(files, revoked={"ca.crl": listed}))


def _without_intermediate(servers: Sequence[Server]) -> None:
    root = authority("Real CA")
    between = authority("Real Intermediate", issuer=root)
    for server in servers:
        files = _files(_identity(server, between), {"ca.crt": pem(root.certificate)})
        if server.name != CULPRIT:
            files = replace(files, certificate=files.certificate + pem(between.certificate))
        trusted = {"ca.crt": pem(root.certificate)}
        lay(server, replace(files, trusted=trusted))


def _changed(change: Callable[[Files], Files]) -> Callable[[Sequence[Server]], None]:
    """Lay a sound policy everywhere, and on server3 files that are changed in this way."""

    def lay_all(servers: Sequence[Server]) -> None:
        ca = authority("Real CA")
        for server in servers:
            files = _sound(server, ca)
            lay(server, change(files) if server.name == CULPRIT else files)

    return lay_all


def _sealed(files: Files) -> Files:
    key = load_pem_private_key(files.key, None)
    sealing = BestAvailableEncryption(b"a-password-of-its-own")
    return replace(files, key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing))


def _trusting_others(files: Files) -> Files:
    return replace(files, trusted={"ca.crt": pem(authority("Foreign CA").certificate)})


def _with_key_password(servers: Sequence[Server]) -> None:
    ca = authority("Real CA")
    for server in servers:
        more = {"dbms.ssl.policy.cluster.private_key_password": "a-password-of-its-own"}
        lay(server, _sound(server, ca), {**LINES, **(more if server.name == CULPRIT else {})})


def _without_key(servers: Sequence[Server]) -> None:
    _changed(lambda files: files)(servers)
    culprit = next(server for server in servers if server.name == CULPRIT)
    (culprit.home / "certificates" / "cluster" / "private.key").unlink()


def _with_word_of_4_0(servers: Sequence[Server]) -> None:
    ca = authority("Real CA")
    for server in servers:
        more = {"dbms.ssl.policy.cluster.enabled": "true"} if server.name == CULPRIT else {}
        lay(server, _sound(server, ca), {**LINES, **more})


FAULTS: tuple[Fault, ...] = (
    Fault(name="forms", sentence="Nothing is wrong.", lay=_with_leaf()),
    Fault(
        name="expired",
        sentence="The certificate of server3 ended ten days ago.",
        lay=_with_leaf(begins=NOW - 30 * DAY, ends=NOW - 10 * DAY),
        code="leaf-expired",
    ),
    Fault(
        name="foreign-ca",
        sentence="The certificate of server3 comes from a CA that no server trusts.",
        lay=_with_foreign_leaf,
        code="trusted-lacks-peer",
    ),
    Fault(
        name="wrong-name",
        sentence="The certificate of server3 is for other.cluster.test; all verify host names.",
        lay=_with_leaf(common_name="other.cluster.test", names=("other.cluster.test",)),
        code="name-not-covered",
    ),
    Fault(
        name="no-client-auth",
        sentence="The certificate of server3 may be used by servers only, not by clients.",
        lay=_with_leaf(extended=(ExtendedKeyUsageOID.SERVER_AUTH,)),
        code="no-client-auth-eku",
    ),
    Fault(
        name="one-plaintext",
        sentence="server3 has no SSL policy at all.",
        lay=_with_one_plaintext,
        code="policy-not-enabled",
    ),
    Fault(
        name="trusted-lacks-peer",
        sentence="Certificates are self-signed, and nobody has that of server3 in trusted/.",
        lay=_with_one_not_trusted,
        code="trusted-lacks-peer",
    ),
    Fault(
        name="stale-crl",
        sentence="server3 has a CRL of the CA in revoked/ that should have been renewed yesterday.",
        lay=_with_stale_crl,
        code="crl-stale",
    ),
    Fault(
        name="word-of-4-0",
        sentence="neo4j.conf of server3 has dbms.ssl.policy.cluster.enabled=true, a word of 4.0.",
        lay=_with_word_of_4_0,
        code="setting-refused",
        ends=True,
    ),
    Fault(
        name="not-yet-valid",
        sentence="The certificate of server3 begins in ten days.",
        lay=_with_leaf(begins=NOW + 10 * DAY),
        code="leaf-not-yet-valid",
    ),
    Fault(
        name="revoked",
        sentence="The others have a CRL of the CA in revoked/, and server3's certificate is on it.",
        lay=_with_one_revoked,
        code="leaf-revoked",
    ),
    Fault(
        name="chain-incomplete",
        sentence="An intermediate CA issues; public.crt of server3 lacks the intermediate's own.",
        lay=_without_intermediate,
        code="chain-incomplete",
    ),
    Fault(
        name="wrong-trusted",
        sentence="server3 has another CA in trusted/ than the one that issued all certificates.",
        lay=_changed(_trusting_others),
        code="trusted-lacks-peer",
    ),
    Fault(
        name="key-of-another",
        sentence="The private key of server3 does not belong to its certificate.",
        lay=_changed(lambda files: replace(files, key=plain(ec_key()))),
        code="key-does-not-match",
    ),
    Fault(
        name="encrypted-key",
        sentence="The private key of server3 has a password, which 3.5 can't open.",
        lay=_changed(_sealed),
        code="key-unreadable",
        ends=True,
    ),
    Fault(
        name="key-password",
        sentence="neo4j.conf of server3 has a password for its private key, a word of 4.0.",
        lay=_with_key_password,
        code="key-password-not-possible",
        ends=True,
    ),
    Fault(
        name="missing-key",
        sentence="server3 has no private.key.",
        lay=_without_key,
        code="key-unreadable",
        ends=True,
    ),
    Fault(
        name="stray-file",
        sentence="A text file lies in trusted/ of server3.",
        lay=_changed(lambda f: replace(f, trusted={**f.trusted, "notes.txt": b"Some notes.\n"})),
        code="trusted-stray-file",
        ends=True,
    ),
    Fault(
        name="certificate-in-revoked",
        sentence="A certificate lies in revoked/ of server3.",
        lay=_changed(lambda files: replace(files, revoked={"old.crt": files.certificate})),
        code="certificate-in-revoked",
        ends=True,
    ),
    Fault(
        name="empty-trusted",
        sentence="trusted/ of server3 is empty.",
        lay=_changed(lambda files: replace(files, trusted={})),
        code="trusted-empty",
        ends=True,
    ),
)
