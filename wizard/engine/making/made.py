"""Everything that is made on the workstation before a server is touched: keys, CA, neo4j.conf."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wizard.engine.making.bringing import brought_set
from wizard.engine.making.key_password import given_key_password
from wizard.engine.making.kit import make_kit, write_kit
from wizard.engine.places import make_private_folder, write_private
from wizard.errors import BlockedError
from wizard.kit.client_kit import KitFile
from wizard.model.facts import ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import CaKey, KeyPassword, TrustModel
from wizard.neo4j.conf import Conf
from wizard.neo4j.versions import rules_for
from wizard.pki.authority import (
    LIFETIME_DAYS,
    Authority,
    authority_certificate_pem,
    authority_key_pem,
    make_authority,
)
from wizard.pki.host_names import check_host_name
from wizard.pki.intermediate import make_intermediate
from wizard.pki.material import LeafRequest, MaterialSet, make_material
from wizard.pki.passwords import generate_password
from wizard.pki.pbes2 import STRONG_ROUNDS
from wizard.pki.subject import fill_subject
from wizard.pki.supply.supplied import Material
from wizard.planning.conf_change import commands_of
from wizard.planning.plan import Plan, ServerPlan
from wizard.secret import Secret

CA_FOLDER = "ca"
CA_CERTIFICATE = "ca.crt"
CA_KEY = "ca.key"
ISSUING_CERTIFICATE = "issuing.crt"
ISSUING_KEY = "issuing.key"
CA_PASSWORD = "ca-password.txt"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made, in memory.

    Attributes:
        authority: what issues the leaves, or None where they are not issued here.
        root: what the servers trust: the same, or the CA above it.
        kit: what those get who connect.
        passwords: by server, of its private key; None where the key is in clear.
        confs: by server, the whole neo4j.conf as it will be; it may hold a password.
        ca_password: what the kept CA key is encrypted with, or None when there is none.
        ca_password_generated: whether nobody knows it yet, so that it was written down.
    """

    material: MaterialSet
    authority: Authority | None
    passwords: Mapping[str, Secret | None]
    confs: Mapping[str, Conf]
    ca_password: Secret | None
    ca_password_generated: bool
    root: Authority | None = None
    kit: tuple[KitFile, ...] = ()


def make(
    plan: Plan,
    facts: Mapping[str, ServerFacts],
    secrets: Secrets,
    now: datetime,
    made: Callable[[str], None] = lambda _server: None,
    *,
    brought: Material | None = None,
) -> Made:
    """Make the CA, every server's key and certificate, and every neo4j.conf; write nothing.

    Keys and certificates from outside are taken from `brought` and written anew.

    Raises:
        SecretsError: a password that was to be given is missing.
        MaterialError: a name or subject can't stand in a certificate.
        ConfError: a neo4j.conf can't hold the settings.
    """
    settings = plan.settings
    passwords = {one.server: _key_password(plan, one, secrets) for one in plan.servers}
    root = _root(plan, now) if settings.trust is TrustModel.PRIVATE_CA else None
    authority = _below(root, plan, now) if root and settings.intermediate else root
    given = secrets.of("ca_password")
    material = (
        brought_set(plan, brought, passwords)
        if brought is not None
        else _made_set(plan, passwords, now, authority, made)
    )
    return Made(
        material=material,
        authority=authority,
        root=root,
        kit=make_kit(plan, facts, material, authority, now),
        passwords=passwords,
        confs={
            one.server: _conf(one, facts[one.server], passwords[one.server]) for one in plan.servers
        },
        ca_password=(given or generate_password()) if authority else None,
        ca_password_generated=authority is not None and not given,
    )


def _root(plan: Plan, now: datetime) -> Authority:
    settings = plan.settings
    days = max(LIFETIME_DAYS, settings.lifetime_days)
    between = int(settings.intermediate)
    return make_authority(settings.cluster, now, days, settings.algorithm, path_length=between)


def _below(root: Authority, plan: Plan, now: datetime) -> Authority:
    """Make the CA that issues, limited to what the servers of the plan are called."""
    settings = plan.settings
    names = {name for one in plan.servers for name in one.dns_names}
    # Java takes the common name of a leaf that has only addresses for one of its names.
    names |= {one.common_name.lower() for one in plan.servers if not one.dns_names}
    return make_intermediate(
        root,
        settings.cluster,
        now,
        dns_names=sorted(name for name in names if check_host_name(name) is None),
        ip_addresses=sorted({address for one in plan.servers for address in one.ip_addresses}),
        limited=settings.name_constraints,
        lifetime_days=max(LIFETIME_DAYS, settings.lifetime_days),
        algorithm=settings.algorithm,
    )


def _made_set(
    plan: Plan,
    passwords: Mapping[str, Secret | None],
    now: datetime,
    authority: Authority | None,
    made: Callable[[str], None],
) -> MaterialSet:
    settings = plan.settings
    return make_material(
        [_request(plan, one, passwords[one.server]) for one in plan.servers],
        trust=settings.trust,
        algorithm=settings.algorithm,
        now=now,
        lifetime_days=settings.lifetime_days,
        authority=authority,
        with_own=any(rules_for(one.version).trusts_itself for one in plan.servers),
        made=made,
    )


def keep_made(made: Made, plan: Plan, folder: Path) -> Path | None:
    """Write the client kit and the CA into the run's folder; return the CA's place.

    Of the CA it writes the certificate, the encrypted key and a generated password: nothing
    without a CA, and no key where the answers say to destroy it.

    Raises:
        OSError: it can't be made to last; nothing on a server has changed yet.
    """
    write_kit(made.kit, folder)
    if made.root is None or made.authority is None:
        return None
    place = make_private_folder(folder / CA_FOLDER)
    every = [(made.root, CA_CERTIFICATE, CA_KEY)]
    if made.authority is not made.root:
        every.append((made.authority, ISSUING_CERTIFICATE, ISSUING_KEY))
    for authority, certificate, _key in every:
        write_private(place / certificate, authority_certificate_pem(authority))
    if plan.settings.ca_key is CaKey.DESTROY or made.ca_password is None:
        return place
    for authority, _certificate, key in every:
        write_private(place / key, authority_key_pem(authority, made.ca_password))
    if made.ca_password_generated:
        write_private(place / CA_PASSWORD, made.ca_password.reveal().encode("ascii") + b"\n")
    return place


def _key_password(plan: Plan, one: ServerPlan, secrets: Secrets) -> Secret | None:
    if not one.needs_password:
        return None
    if plan.settings.key_password is KeyPassword.GENERATE:
        return generate_password()
    return given_key_password(secrets, one.server)


def _request(plan: Plan, one: ServerPlan, password: Secret | None) -> LeafRequest:
    typed = plan.settings.key_password is KeyPassword.ASK
    return LeafRequest(
        server=one.server,
        subject=fill_subject(plan.settings.subject, one.server, one.address),
        dns_names=one.dns_names,
        ip_addresses=one.ip_addresses,
        password=password,
        kdf_rounds=STRONG_ROUNDS if typed and password else None,
    )


def _conf(one: ServerPlan, facts: ServerFacts, password: Secret | None) -> Conf:
    if hashlib.sha256(facts.conf).hexdigest() != one.conf_sha256:
        raise BlockedError(
            f"The neo4j.conf of {one.server} is not the one the plan was made for.",
            hint="Make the plan again.",
            code="conf-changed",
        )
    settings = [
        (line.key, line.value if line.value is not None else _revealed(password))
        for line in one.conf_settings
    ]
    free_names = rules_for(one.version).named_policies
    return Conf.parse(facts.conf).with_settings(
        settings,
        one.conf_removed,
        free_names=free_names,
        commands=commands_of(one.conf_settings),
    )


def _revealed(password: Secret | None) -> str:
    return password.reveal() if password else ""
