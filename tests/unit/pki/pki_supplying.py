"""Certificates for a cluster as people bring them: shuffled, in any form, split over any files."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from pki_bringing import (
    CERTIFICATE_FORMS,
    KEY_FORMS,
    MANGLED,
    PASSWORD,
    clear,
    kubernetes_secret,
    pem,
    store,
)
from pki_making import DAY, NOW, Made, make, make_ca

from wizard.pki.brought.reading import read_all
from wizard.pki.supply.supplied import Material, Wanted

SERVERS = ("server1", "server2", "server3")
LONG = NOW + 400 * DAY
PLACE = "/box"


def host(server: str) -> str:
    return f"{server}.example.com"


def wanted(*servers: str) -> list[Wanted]:
    return [
        Wanted(server=one, address=host(one), names=(host(one), one)) for one in servers or SERVERS
    ]


def leaf(server: str, issuer: Made | None, **changes: object) -> Made:
    named = {"dns": (host(server), server), "ends": LONG, **changes}
    return make(server, issuer, **named)  # type: ignore[arg-type]


def dedicated() -> tuple[Made, dict[str, Made]]:
    authority = make_ca("payments cluster CA", ends=LONG)
    return authority, {one: leaf(one, authority) for one in SERVERS}


def material(*files: tuple[str, bytes], own_keys: dict[str, str] | None = None) -> Material:
    return Material(brought=read_all(files, (PASSWORD,)), now=NOW, place=PLACE, own_keys=own_keys)


def plainly(leaves: Sequence[Made], *authorities: Made) -> list[tuple[str, bytes]]:
    """One file a server, with its key, and one for each CA."""
    files = [
        (f"{PLACE}/{at}.pem", pem(one.certificate) + clear(one.key))
        for at, one in enumerate(leaves)
    ]
    return files + [
        (f"{PLACE}/ca{at}.pem", pem(one.certificate)) for at, one in enumerate(authorities)
    ]


def shuffled(
    leaves: Sequence[Made], authorities: Sequence[Made], chance: random.Random
) -> list[tuple[str, bytes]]:
    """The same things in forms, orders, pieces and doubles that chance picks."""
    pieces: list[bytes] = []
    for one in leaves:
        if chance.random() < 1 / 4:
            pieces.append(store(one, *(ca.certificate for ca in authorities)))
        elif chance.random() < 1 / 4:
            pieces.append(kubernetes_secret(tls_crt=pem(one.certificate), tls_key=clear(one.key)))
        elif chance.random() < 1 / 3:
            both = [pem(one.certificate), clear(one.key)]
            chance.shuffle(both)
            pieces.append(MANGLED[chance.choice([*MANGLED])](b"".join(both)))
        else:
            pieces.append(CERTIFICATE_FORMS[chance.choice([*CERTIFICATE_FORMS])](one.certificate))
            pieces.append(KEY_FORMS[chance.choice([*KEY_FORMS])](one.key))
    pieces += [
        CERTIFICATE_FORMS[chance.choice([*CERTIFICATE_FORMS])](ca.certificate) for ca in authorities
    ]
    every = [one.certificate for one in (*leaves, *authorities)]
    if chance.random() < 1 / 2:
        chance.shuffle(every)
        pieces.append(pkcs7.serialize_certificates(every, Encoding.PEM))
    chance.shuffle(pieces)
    return [(f"{PLACE}/{chance.randrange(10**6)}-{at}", one) for at, one in enumerate(pieces)]
