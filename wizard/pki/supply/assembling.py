"""Chains, and what each server has to trust, for certificates that are matched to their servers.

The topmost CA that was brought is what goes into trusted/: whoever leaves the root out trusts the
CA below it alone, which Java takes as an anchor as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.model.version import Version
from wizard.pki.conversion import convert_pair
from wizard.pki.doctor.certificate_rules import is_self_issued
from wizard.pki.doctor.peers import completed, without_root
from wizard.pki.inspect import describe
from wizard.pki.keys import KeyBytes
from wizard.pki.material import ServerMaterial, fingerprint, whom_to_trust
from wizard.pki.supply.supplied import Material, Pair
from wizard.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A certificate for trusted/; `of` is the server whose own it is, or `ca`."""

    file: str
    certificate: x509.Certificate
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What a server shows, and what it trusts.

    Attributes:
        chain: its certificate and the CAs above it, as far as they were brought, with the root.
        trusted: in the order of the file names; empty while a CA is missing.
    """

    pair: Pair
    chain: tuple[x509.Certificate, ...]
    trusted: tuple[Trusted, ...]

    @property
    def sent(self) -> tuple[x509.Certificate, ...]:
        """What peers are sent: the chain without its root."""
        return without_root(self.chain)


def assemble(
    material: Material, pairs: Mapping[str, Pair], *, with_own: bool = False
) -> dict[str, Assembled]:
    """Complete every server's chain, and say what each of them trusts.

    Args:
        material: what was brought.
        pairs: by server, its certificate and key.
        with_own: whether each server has to trust its own self-signed certificate, too.
    """
    pool = [one.certificate for one in material.authorities()]
    chains = {name: completed(pair.leaf.certificate, pool) for name, pair in pairs.items()}
    return {
        name: Assembled(
            pair=pair, chain=chains[name], trusted=_trusted(name, chains, with_own=with_own)
        )
        for name, pair in pairs.items()
    }


def anchor_of(chain: tuple[x509.Certificate, ...]) -> x509.Certificate | None:
    """Return what peers have to trust for a chain; None when its CA was not brought."""
    return chain[-1] if len(chain) > 1 or is_self_issued(chain[-1]) else None


def server_material(
    server: str,
    one: Assembled,
    version: Version,
    *,
    password: Secret | None,
    kdf_rounds: int | None,
) -> ServerMaterial:
    """Return the files of one server, every byte of them written anew.

    Raises:
        MaterialError: this version opens no keys with a password.
    """
    converted = convert_pair(
        one.pair.leaf.certificate,
        one.pair.key,
        one.chain[1:],
        version,
        password=password,
        kdf_rounds=kdf_rounds,
    )
    facts = describe(converted.leaf)
    return ServerMaterial(
        server=server,
        private_key_pem=KeyBytes(converted.private_key_pem.reveal()),
        certificate_pem=converted.certificate_pem,
        trusted=tuple(
            (other.file, other.certificate.public_bytes(Encoding.PEM)) for other in one.trusted
        ),
        fingerprint=converted.fingerprint,
        not_before=facts.not_before,
        not_after=facts.not_after,
        dns_names=facts.dns_names,
        ip_addresses=facts.ip_addresses,
    )


def _trusted(
    server: str, chains: Mapping[str, tuple[x509.Certificate, ...]], *, with_own: bool
) -> tuple[Trusted, ...]:
    """List the CAs above the peers' certificates, and the peers' own where those are self-made."""
    authorities: dict[str, x509.Certificate] = {}
    own: dict[str, Trusted] = {}
    for other in whom_to_trust(server, chains, with_own=with_own):
        anchor = anchor_of(chains[other])
        if anchor is None:
            continue
        if len(chains[other]) == 1:
            own[other] = Trusted(file=f"{other}.crt", certificate=anchor, of=other)
        else:
            authorities[fingerprint(anchor)] = anchor
    several = len(authorities) > 1
    found = [
        Trusted(file=f"ca-{at}.crt" if several else "ca.crt", certificate=one, of="ca")
        for at, (_print, one) in enumerate(sorted(authorities.items()), start=1)
    ]
    return tuple(sorted((*found, *own.values()), key=lambda one: one.file))
