"""Everything the wizard makes, on disk as a server has it: one folder for each way of making it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import Authority, make_authority
from wizard.pki.intermediate import make_intermediate
from wizard.pki.material import LeafRequest, MaterialSet, make_material
from wizard.secret import Secret

PASSWORD = Secret("k9WmQz7Rt2XvB4nY")
SERVERS = ("server1", "server2")
DOMAIN = "cluster.example"
WAYS = ("private-ca", "self-signed", "intermediate")


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to make a cluster's files."""

    trust: str
    algorithm: KeyAlgorithm
    password: Secret | None

    def __str__(self) -> str:
        return f"{self.trust}, {self.algorithm.value}, {'sealed' if self.password else 'plain'}"


def ways() -> Iterator[Way]:
    for trust in WAYS:
        for algorithm in KeyAlgorithm:
            yield Way(trust=trust, algorithm=algorithm, password=None)
    for algorithm in KeyAlgorithm:
        yield Way(trust="private-ca", algorithm=algorithm, password=PASSWORD)


def make_all(way: Way) -> MaterialSet:
    now = datetime.now(UTC)
    requests = [
        LeafRequest(
            server=name,
            subject=Subject(common_name=f"{name}.{DOMAIN}", organization="Müller & Söhne, Ltd"),
            dns_names=(f"{name}.{DOMAIN}", f"{name}.internal.{DOMAIN}"),
            ip_addresses=(f"10.0.0.{number}", "2001:db8::1"),
            password=way.password,
        )
        for number, name in enumerate(SERVERS, start=1)
    ]
    root: Authority | None = None
    issuer: Authority | None = None
    if way.trust != "self-signed":
        between = int(way.trust == "intermediate")
        root = issuer = make_authority(
            "payments", now, algorithm=way.algorithm, path_length=between
        )
    if way.trust == "intermediate" and root:
        issuer = make_intermediate(
            root,
            "payments",
            now,
            dns_names=(DOMAIN,),
            ip_addresses=("10.0.0.1", "10.0.0.2", "2001:db8::1"),
            algorithm=way.algorithm,
        )
    return make_material(
        requests,
        trust=TrustModel.PRIVATE_CA if issuer else TrustModel.SELF_SIGNED,
        algorithm=way.algorithm,
        now=now,
        lifetime_days=730,
        authority=issuer,
    )


def lay_out(made: MaterialSet, folder: Path) -> dict[str, Path]:
    """Write each server's policy directory, and every certificate of a chain as a file."""
    for name in made:
        own = folder / name
        (own / "trusted").mkdir(parents=True)
        (own / "revoked").mkdir()
        (own / "private.key").write_bytes(made[name].private_key_pem.reveal())
        (own / "public.crt").write_bytes(made[name].certificate_pem)
        for file, content in made[name].trusted:
            (own / "trusted" / file).write_bytes(content)
        ending = b"-----END CERTIFICATE-----\n"
        parts = made[name].certificate_pem.split(ending)[:-1]
        for number, part in enumerate(parts):
            (own / f"chain{number}.crt").write_bytes(part + ending)
    return {name: folder / name for name in made}


def swapped(folder: Path, one: Path, two: Path) -> tuple[Path, Path]:
    """Copy two servers' folders with trusted/ of the one in the other's."""
    for own, other in ((one, two), (two, one)):
        target = folder / own.name
        shutil.copytree(own, target, ignore=shutil.ignore_patterns("trusted"))
        shutil.copytree(other / "trusted", target / "trusted")
    return folder / one.name, folder / two.name
