"""Certificates that come from outside: read once before planning, and made into files for apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from wizard.engine.making.waiting import WaitingRoom, waiting_room
from wizard.engine.request import Request
from wizard.errors import AnswerError, BlockedError, UsageError
from wizard.model.secrets import Secrets
from wizard.model.settings import KeyPassword, Settings, TrustModel
from wizard.model.text import shown
from wizard.neo4j.versions import rules_for
from wizard.pki.brought.disk import files_below, read_files
from wizard.pki.material import MaterialSet, fingerprint
from wizard.pki.pbes2 import STRONG_ROUNDS
from wizard.pki.supply.assembling import assemble, server_material
from wizard.pki.supply.matching import pair_of
from wizard.pki.supply.supplied import Material, Place
from wizard.planning.plan import Plan
from wizard.remote.home_path import home_path
from wizard.secret import Secret

_KEY = "trust.material"


def material_of(request: Request, settings: Settings) -> Material | None:
    """Read what was brought; None where the wizard makes the certificates itself.

    Raises:
        AnswerError: the answer that names the files is missing, or they can't be read.
    """
    if not settings.trust.comes_from_outside:
        return None
    places = _places(request, settings)
    paths = [path for path, _ in places.values()]
    if settings.material:
        paths.append(home_path(settings.material, request.environ))
    if settings.trust is TrustModel.REQUEST:
        room = waiting_room(request.environ, settings.cluster)
        return _waited_for(request, settings, room, paths)
    if not settings.material:
        _need_places(settings)
    return replace(
        _read(request, paths, (), None, shown(str(paths[-1]), 300)),
        places=MappingProxyType({name: place for name, (_, place) in places.items()}),
    )


def _places(request: Request, settings: Settings) -> dict[str, tuple[Path, Place]]:
    """Return the places that servers have of their own; AnswerError when one can't be read."""
    found = {}
    for server in settings.servers:
        if server.material is None:
            continue
        path = home_path(server.material, request.environ)
        try:
            files = frozenset(str(file) for file in files_below(path))
        except UsageError as error:
            key = f"servers.{server.name}.material"
            raise AnswerError(key, error.message, hint=error.hint) from error
        found[server.name] = path, Place(shown(str(path), 300), files)
    return found


def _need_places(settings: Settings) -> None:
    """Refuse answers that name no place for the certificate of some server."""
    without = [server.name for server in settings.servers if server.material is None]
    if without:
        raise AnswerError(
            _KEY,
            f"The answer {_KEY} is missing: it names the folder with the keys and certificates.",
            hint='Write it under [trust], such as material = "~/certificates"; a server can have '
            "one of its own under [[servers]].",
            code="answer-missing",
        )


def brought_set(
    plan: Plan, material: Material, passwords: Mapping[str, Secret | None]
) -> MaterialSet:
    """Return the files of every server, from the certificates that its plan names.

    Raises:
        BlockedError: the plan was made of other files.
        MaterialError: a key can't be written for this version.
    """
    pairs = {}
    for one in plan.servers:
        found = [
            pair_of(material, leaf)
            for leaf in material.leaves()
            if one.brought and fingerprint(leaf.certificate) == one.brought.fingerprint
        ]
        if not found or found[0] is None:
            raise BlockedError(
                f"The certificate of {one.server} is not the one the plan was made for.",
                hint="Make the plan again.",
                code="material-changed",
            )
        pairs[one.server] = found[0]
    with_own = any(rules_for(one.version).trusts_itself for one in plan.servers)
    typed = plan.settings.key_password is KeyPassword.ASK
    servers = assemble(material, pairs, with_own=with_own)
    return MaterialSet(
        servers=MappingProxyType(
            {
                one.server: server_material(
                    one.server,
                    servers[one.server],
                    one.version,
                    password=passwords[one.server],
                    kdf_rounds=STRONG_ROUNDS if typed and passwords[one.server] else None,
                )
                for one in plan.servers
            }
        )
    )


def _waited_for(
    request: Request, settings: Settings, room: WaitingRoom, more: list[Path]
) -> Material:
    names = [server.name for server in settings.servers]
    made = {name: str(room.key_file(name)) for name in names if room.has_request(name)}
    paths = [*map(Path, made.values()), *room.brought_files(names), *more]
    kept = room.password()
    return _read(request, paths, (kept,) if kept else (), made, shown(str(room.folder), 300))


def _read(
    request: Request,
    paths: list[Path],
    kept: tuple[Secret, ...],
    own_keys: Mapping[str, str] | None,
    place: str,
) -> Material:
    try:
        brought = read_files(paths, (*kept, *_passwords(request.secrets)))
    except UsageError as error:
        raise AnswerError(_KEY, error.message, hint=error.hint) from error
    return Material(brought=brought, now=request.clock(), place=place, own_keys=own_keys)


def _passwords(secrets: Secrets) -> tuple[Secret, ...]:
    return (*secrets.every("material_passphrase"), *secrets.every("key_password"))
