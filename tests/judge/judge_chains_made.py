"""More chains for the doctor and the JDKs: kinds of keys and signatures, and revocation lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from judge_certificates import DAY, NOW, Identity, crl, ec_key, rsa_key
from judge_chains import (
    ALONE,
    LEAF,
    LOW,
    LOWER,
    LOWEST,
    MIDDLE,
    OTHER,
    ROOT,
    Chain,
    chain,
    leaf,
    name_chains,
    path_chains,
    usage_chains,
)
from judge_forge import forge, forge_ca, with_digest


@cache
def algorithm_chains() -> tuple[Chain, ...]:
    """Keys and signatures of every kind."""
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point
    signer, large = rsa_key(0), rsa_key(1)
    rsa_root = forge_ca("rsa root", key=signer)
    small_root = forge_ca("small root", key=small)
    edwards = forge_ca("edwards", key=ed25519.Ed25519PrivateKey.generate())
    koblitz = forge_ca("koblitz", key=ec_key(ec.SECP256K1()))
    brainpool = forge_ca("brainpool", key=ec_key(ec.BrainpoolP256R1()))

    def of(issuer: Identity, name: str, **more: Any) -> Chain:
        return chain(name, forge(issuer=issuer, **more), trusted=(issuer,))

    def digested(digest: str) -> tuple[Chain, ...]:
        middle = with_digest(forge_ca("rsa middle", rsa_root, key=large), signer, digest)
        root = with_digest(rsa_root, signer, digest)
        made = with_digest(forge(issuer=rsa_root), signer, digest)
        return (
            chain(f"leaf signed with {digest}", made, trusted=(rsa_root,)),
            chain(f"intermediate signed with {digest}", forge(issuer=middle), middle,
                  trusted=(rsa_root,)),
            chain(f"root signed with {digest}", forge(issuer=rsa_root), trusted=(root,)),
        )  # fmt: skip

    return (
        leaf("P-384", key=ec_key(ec.SECP384R1())),
        leaf("P-521", key=ec_key(ec.SECP521R1())),
        leaf("secp256k1", key=ec_key(ec.SECP256K1())),
        leaf("brainpoolP256r1", key=ec_key(ec.BrainpoolP256R1())),
        leaf("RSA 2048 below an EC root", key=large),
        leaf("RSA 1024", key=small),
        leaf("RSA for key encipherment only", key=large, usage="key_encipherment"),
        leaf("DSA", key=dsa.generate_private_key(2048)),
        leaf("Ed25519", key=ed25519.Ed25519PrivateKey.generate()),
        leaf("Ed448", key=ed448.Ed448PrivateKey.generate()),
        of(rsa_root, "EC below an RSA root"),
        of(small_root, "below an RSA root of 1024 bits"),
        of(rsa_root, "signed with RSA-PSS", pss=True),
        of(rsa_root, "signed with SHA-512", digest=hashes.SHA512()),
        of(edwards, "below an Ed25519 root"),
        of(koblitz, "below a secp256k1 root"),
        of(brainpool, "below a brainpool root"),
        *digested("sha1"),
        *digested("md5"),
    )


@cache
def list_chains() -> tuple[Chain, ...]:
    """Revocation lists: one is enough to turn the checks on for every CA."""
    mute = forge_ca("mute", usage="key_cert_sign")
    removed = x509.ReasonFlags.remove_from_crl

    def listed(name: str, *lists: x509.CertificateRevocationList) -> Chain:
        return chain(f"list: {name}", LEAF, crls=lists)

    def deep(name: str, *lists: x509.CertificateRevocationList) -> Chain:
        return chain(f"list: {name}", LOW, MIDDLE, crls=lists)

    twin = Identity(certificate=ROOT.certificate, key=ALONE.key)
    return (
        listed("current", crl(ROOT)),
        listed("current, another one revoked", crl(ROOT, ALONE.certificate)),
        listed("leaf revoked", crl(ROOT, LEAF.certificate)),
        listed("leaf revoked without a reason", crl(ROOT, LEAF.certificate, reason=None)),
        listed("leaf put back", crl(ROOT, LEAF.certificate, reason=removed)),
        listed("ended", crl(ROOT, until=NOW - DAY)),
        listed("ended, and a current one", crl(ROOT, until=NOW - DAY), crl(ROOT)),
        listed("of another CA", crl(OTHER)),
        listed("of another CA, and the right one", crl(OTHER), crl(ROOT)),
        listed("signed by another key", crl(twin)),
        listed("signed by another key, and the right one", crl(twin), crl(ROOT)),
        listed("revoked by a list of another key", crl(twin, LEAF.certificate), crl(ROOT)),
        deep("both CAs have one", crl(ROOT), crl(MIDDLE)),
        deep("the intermediate has none", crl(ROOT)),
        deep("the root has none", crl(MIDDLE)),
        deep("intermediate revoked", crl(ROOT, MIDDLE.certificate), crl(MIDDLE)),
        deep("leaf revoked by the intermediate", crl(ROOT), crl(MIDDLE, LOW.certificate)),
        chain("list: the intermediate is the anchor", LOW, trusted=(MIDDLE,), crls=(crl(MIDDLE),)),
        chain("list: three CAs, three lists", LOWEST, LOWER, MIDDLE,
              crls=(crl(ROOT), crl(MIDDLE), crl(LOWER))),
        chain("list: self-signed and trusted, revoked by itself", ALONE, trusted=(ALONE,),
              crls=(crl(ALONE, ALONE.certificate),)),
        chain("list: its CA may not sign lists", forge(issuer=mute), trusted=(mute,),
              crls=(crl(mute),)),
    )  # fmt: skip


FAMILIES: dict[str, Callable[[], tuple[Chain, ...]]] = {
    "paths": path_chains,
    "usages and times": usage_chains,
    "names": name_chains,
    "algorithms": algorithm_chains,
    "revocation": list_chains,
}


@cache
def all_chains() -> tuple[Chain, ...]:
    """Return every chain, by family, in the order of the table."""
    return tuple(one for family in FAMILIES.values() for one in family())
