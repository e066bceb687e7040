"""The JDKs themselves, without Neo4j: what JSSE and PKIX say of a policy directory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from judge_artifacts import MissingToolError, _jdks
from judge_certificates import Identity, pem
from judge_chains import Chain
from judge_forge import forge, forge_ca

from wizard.model.problems import Problem, Severity
from wizard.model.version import Version
from wizard.pki.doctor.examination import Terms
from wizard.pki.doctor.findings import JAVA_IS_CARELESS
from wizard.pki.doctor.policy import examine_policy
from wizard.pki.java.trust import EMPTY_CHAIN
from wizard.pki.loader.files import LocalFiles

SOURCE = Path(__file__).parent / "jdk" / "PeerJudge.java"
_NEWER = 21
_DEADLINE_S = 120
_ONLY_AS_CLIENT = frozenset({"no-client-auth-eku"})
_ONLY_AS_SERVER = frozenset(
    {
        *("no-server-auth-eku", "name-not-covered", "name-only-in-cn", "no-names"),
        *("name-never-matches", "name-wildcard"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the JDK says: `OK` or its words.

    Attributes:
        starts: whether key, chain and trusted/ load; the others are `-` if not.
    """

    starts: str
    as_server: str
    as_client: str

    @property
    def accepted(self) -> tuple[bool, bool]:
        """As a server, and as a client."""
        return self.as_server == "OK", self.as_client == "OK"


@dataclass(frozen=True, kw_only=True)
class Doctor:
    """What the doctor finds wrong, each problem with its direction."""

    problems: tuple[Problem, ...]

    @property
    def accepted(self) -> tuple[bool, bool]:
        """Whether nothing is wrong as a server, and as a client."""
        return self._passes(_ONLY_AS_CLIENT, EMPTY_CHAIN), self._passes(_ONLY_AS_SERVER)

    @property
    def refused(self) -> tuple[bool, bool]:
        """Whether there is an error, which is to say that Java refuses, in each direction."""
        errors = Doctor(problems=tuple(p for p in self.problems if p.severity is Severity.ERROR))
        server, client = errors.accepted
        return not server, not client

    @property
    def careless(self) -> bool:
        """Whether the doctor says by itself that Java accepts what it warns of."""
        return all(one.evidence == JAVA_IS_CARELESS for one in self.problems)

    def _passes(self, apart_from: frozenset[str], evidence: str | None = None) -> bool:
        return all(one.code in apart_from or one.evidence == evidence for one in self.problems)

    def __str__(self) -> str:
        """The codes, errors with a mark."""
        codes = {f"{one.code}{'!' * (one.severity is Severity.ERROR)}" for one in self.problems}
        return ", ".join(sorted(codes)) or "well"


def jdk_homes() -> dict[int, Path]:
    """Return the oldest JDK and the newest one, by their major version.

    Raises:
        MissingToolError: there are no two, one of them of 21 or later.
    """
    found = dict(sorted(_jdks()))
    if len(found) < 2 or max(found) < _NEWER:
        raise MissingToolError(f"two JDKs are needed, one of {_NEWER} or later; here: {[*found]}")
    return {major: found[major] for major in (min(found), max(found))}


def lay_out(folder: Path, chains: Sequence[Chain]) -> None:
    """Write a policy directory for each chain, and one for the peer."""
    root = forge_ca("friend root")
    _write(folder / "friend", Chain(name="friend", sent=(forge("friend", root),), trusted=(root,)))
    for number, one in enumerate(chains):
        _write(folder / str(number), one)


def ask_jdk(home: Path, folder: Path, chains: Sequence[Chain]) -> Iterator[Verdict]:
    """Start one JVM and let it judge every directory."""
    lines = "".join(
        f"{folder / str(number)}\t{one.host}\t{folder / 'friend'}\n"
        for number, one in enumerate(chains)
    )
    done = subprocess.run(
        [
            *(home / "bin" / "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            *("-Dkeystore.pkcs12.keyPbeIterationCount=1", "-Dfile.encoding=UTF-8"),
            *("-Duser.timezone=UTC", "-Duser.language=en", SOURCE),
        ],
        input=lines.encode(),
        capture_output=True,
        timeout=_DEADLINE_S,
        check=True,
    )
    for line in done.stdout.decode().splitlines():
        starts, as_server, as_client = line.split("\t")
        yield Verdict(starts=starts, as_server=as_server, as_client=as_client)


def ask_doctor(folder: Path, host: str) -> Doctor:
    """Let the doctor judge the same directory."""
    terms = Terms(version=Version(5, 26), now=datetime.now(UTC), host=host)
    found = examine_policy(LocalFiles(), str(folder), terms).problems
    return Doctor(problems=tuple(one for one in found if one.severity is not Severity.NOTE))


def _write(folder: Path, one: Chain) -> None:
    for part in ("trusted", "revoked"):
        (folder / part).mkdir(parents=True)
    key = one.key or one.sent[0].key
    clear = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "private.key").write_bytes(clear)
    (folder / "public.crt").write_bytes(_pem(one.sent))
    for number, anchor in enumerate(one.trusted):
        (folder / "trusted" / f"{number}.crt").write_bytes(_pem((anchor,)))
    for number, listed in enumerate(one.crls):
        (folder / "revoked" / f"{number}.crl").write_bytes(pem(listed))


def _pem(identities: Sequence[Identity]) -> bytes:
    return pem(*(one.certificate for one in identities))
