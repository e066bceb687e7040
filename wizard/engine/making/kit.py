"""The client kit of a run: made while the CA's key is at hand, and kept in the run's folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from wizard.engine.papers.outcome import ClientKit
from wizard.engine.places import make_private_folder, write_private
from wizard.errors import WizardError
from wizard.kit.backup import BACKUP_FOLDER
from wizard.kit.bolt import bolt_level, weakest
from wizard.kit.client_kit import AUTHORITY, PAGE, TRUST_STORES, KitFile, KitOrder, client_kit
from wizard.model.cluster import Channel
from wizard.model.facts import ServerFacts
from wizard.model.settings import Subject, TrustModel
from wizard.neo4j.addresses import bolt_port
from wizard.neo4j.conf import Conf
from wizard.pki.authority import Authority
from wizard.pki.inspect import load_chain
from wizard.pki.intermediate import PROBE_DOMAIN
from wizard.pki.keys import KeyBytes
from wizard.pki.material import LeafRequest, MaterialSet, ServerMaterial, make_material
from wizard.planning.plan import Plan, ServerPlan

KIT_FOLDER = "client-kit"
_BACKUP_NAME = f"backup.{PROBE_DOMAIN}"
"""No server has this name, so that the key for backups can't pass for one of them."""


def make_kit(
    plan: Plan,
    facts: Mapping[str, ServerFacts],
    material: MaterialSet,
    authority: Authority | None,
    now: datetime,
) -> tuple[KitFile, ...]:
    """Make the kit for those who connect to the servers of a plan; nothing is written.

    Args:
        plan: what apply is about to carry out.
        facts: what the survey saw; what Bolt offers is read from the neo4j.conf that stands.
        material: the files of the servers.
        authority: what issues certificates, or None where they are not issued here.
        now: aware time.

    Raises:
        MaterialError: a certificate for backups can't be issued.
    """
    first = plan.servers[0]
    confs = {one.server: Conf.parse(facts[one.server].conf) for one in plan.servers}
    bolt = bolt_port(confs[first.server], first.version, first.address)
    backup = None
    if authority is not None and plan.settings.kit.backup:
        backup = _for_backups(plan, authority, now)
    trusted = dict.fromkeys(pem for name in material for _file, pem in material[name].trusted)
    order = KitOrder(
        cluster=plan.settings.cluster,
        version=first.version,
        trust=plan.settings.trust,
        trusted=tuple(trusted),
        now=now,
        bolt=weakest([bolt_level(confs[one.server], one.version) for one in plan.servers]),
        bolt_address=_written(bolt.host, bolt.port),
        backup_address=_transactions(first),
        trust_store=plan.settings.kit.java_trust_store,
        backup=backup,
        tls_versions=plan.tls_versions,
        verify_hostname=plan.verify_hostname,
    )
    return client_kit(order)


def write_kit(kit: Iterable[KitFile], folder: Path) -> Path:
    """Write the kit into the run's folder, which is the user's alone; return its place.

    Raises:
        OSError: it can't be made to last.
    """
    place = make_private_folder(folder / KIT_FOLDER)
    for file in kit:
        path = place / file.name
        make_private_folder(path.parent)
        content = file.content
        write_private(path, content.reveal() if isinstance(content, KeyBytes) else content)
    return place


def standing_kit(folder: Path) -> ClientKit | None:
    """Return the kit that a run's folder holds, and what to give to whom; None without one."""
    place = folder / KIT_FOLDER
    if not (place / PAGE).is_file():
        return None
    stores = [name for name in TRUST_STORES.values() if name and (place / name).is_file()]
    for_all = [PAGE, AUTHORITY, *stores]
    listed = f"{', '.join(for_all[:-1])} and {for_all[-1]}"
    whom = "for whoever writes or runs programs that connect; nothing in them is secret."
    handed = [f"{listed}: {whom}"]
    certificate = place / BACKUP_FOLDER / "public.crt"
    if certificate.is_file():
        handed.append(
            f"{BACKUP_FOLDER}/: for the one machine that takes backups, by a safe way; its key "
            "reads every database, so delete it here afterwards."
        )
    else:
        handed.append(f"Backups: this kit holds no certificate for them; {PAGE} says why.")
    return ClientKit(folder=place, handed=tuple(handed), backup_not_after=_end_of(certificate))


def _for_backups(plan: Plan, authority: Authority, now: datetime) -> ServerMaterial:
    name = "neo4j-backup"
    request = LeafRequest(
        server=name,
        subject=Subject(common_name=name),
        dns_names=(_BACKUP_NAME,),
        ip_addresses=(),
    )
    made = make_material(
        [request],
        trust=TrustModel.PRIVATE_CA,
        algorithm=plan.settings.algorithm,
        now=now,
        lifetime_days=plan.settings.lifetime_days,
        authority=authority,
    )
    return made[name]


def _transactions(server: ServerPlan) -> str:
    ports = [one for one in server.ports if one.channel is Channel.CLUSTER]
    return _written(ports[0].host, ports[0].port) if ports else _written(server.address, 6000)


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _end_of(certificate: Path) -> datetime | None:
    try:
        return load_chain(certificate.read_bytes())[0].not_valid_after_utc
    except (OSError, WizardError):
        return None
