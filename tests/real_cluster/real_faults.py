"""What can be wrong on server3 of an encrypted cluster, each by hand, and nothing else with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.x509.oid import ExtendedKeyUsageOID
from judge_certificates import DAY, NOW, Identity, Recipe, authority, crl, pem, plain
from real_policy import LINES, Files, lay
from real_server import Server

CULPRIT = "server3"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to be wrong.

    Attributes:
        sentence: what is done to server3 beyond laying a sound policy.
        lay: writes files and settings of all servers.
        forms: whether a cluster of three comes of it.
    """

    name: str
    sentence: str
    lay: Callable[[Sequence[Server]], None]
    forms: bool = False


def _sound(server: Server, ca: Identity, **wrong: object) -> Files:
    """The files of one server under a CA; keyword arguments replace fields of its certificate."""
    fields = {"common_name": server.address, "issuer": ca, "names": (server.address, server.ip)}
    identity = Recipe(**{**fields, **wrong}).make()  # type: ignore[arg-type]
    return _files(identity, {"ca.crt": pem(ca.certificate)})


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
            common_name=server.address, names=(server.address, server.ip), ca=None
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


def _with_word_of_4_0(servers: Sequence[Server]) -> None:
    ca = authority("Real CA")
    for server in servers:
        more = {"dbms.ssl.policy.cluster.enabled": "true"} if server.name == CULPRIT else {}
        lay(server, _sound(server, ca), {**LINES, **more})


FAULTS: tuple[Fault, ...] = (
    Fault(name="forms", sentence="Nothing is wrong.", lay=_with_leaf(), forms=True),
    Fault(
        name="expired",
        sentence="The certificate of server3 ended ten days ago.",
        lay=_with_leaf(begins=NOW - 30 * DAY, ends=NOW - 10 * DAY),
    ),
    Fault(
        name="foreign-ca",
        sentence="The certificate of server3 comes from a CA that no server trusts.",
        lay=_with_foreign_leaf,
    ),
    Fault(
        name="wrong-name",
        sentence="The certificate of server3 is for other.cluster.test; all verify host names.",
        lay=_with_leaf(common_name="other.cluster.test", names=("other.cluster.test",)),
    ),
    Fault(
        name="no-client-auth",
        sentence="The certificate of server3 may be used by servers only, not by clients.",
        lay=_with_leaf(extended=(ExtendedKeyUsageOID.SERVER_AUTH,)),
    ),
    Fault(
        name="one-plaintext",
        sentence="server3 has no SSL policy at all.",
        lay=_with_one_plaintext,
    ),
    Fault(
        name="trusted-lacks-peer",
        sentence="Certificates are self-signed, and nobody has that of server3 in trusted/.",
        lay=_with_one_not_trusted,
    ),
    Fault(
        name="stale-crl",
        sentence="server3 has a CRL of the CA in revoked/ that should have been renewed yesterday.",
        lay=_with_stale_crl,
    ),
    Fault(
        name="word-of-4-0",
        sentence="neo4j.conf of server3 has dbms.ssl.policy.cluster.enabled=true, a word of 4.0.",
        lay=_with_word_of_4_0,
    ),
)
