"""Where the certificates come from: made here, issued for requests, or brought as files."""

from __future__ import annotations

from wizard.interview import checks
from wizard.interview.defaults import NO, YES, as_chosen, fixed, nothing, usual, usual_yes_or_no
from wizard.interview.fields import Choice, Given, Option, SecretField, Step, Text
from wizard.model.settings import SHARED_CA_ACCEPTED, CaKey, TrustModel

GENERATE = "generate"
ASK = "ask"


def has_authority(given: Given) -> bool:
    """True when the wizard makes a certificate authority for the cluster."""
    return given.get("trust.model", TrustModel.PRIVATE_CA.value) == TrustModel.PRIVATE_CA.value


def _model(given: Given) -> TrustModel:
    return TrustModel(str(given.get("trust.model", TrustModel.PRIVATE_CA.value)))


def makes_certificates(given: Given) -> bool:
    """True when the wizard issues the servers' certificates."""
    return not _model(given).comes_from_outside


def makes_keys(given: Given) -> bool:
    """True when the wizard makes the servers' keys."""
    return _model(given) is not TrustModel.EXISTING


def brings(given: Given) -> bool:
    """True when certificates come from outside, and are brought as files."""
    return _model(given).comes_from_outside


def _keeps_key(given: Given) -> bool:
    kept = given.get("trust.ca_key", CaKey.KEEP.value) == CaKey.KEEP.value
    return has_authority(given) and kept


MODEL = Choice(
    key="trust.model",
    label="Certificates from",
    why="Each server accepts only certificates that lead to something in its folder trusted.",
    default=usual("trust.model"),
    options=(
        Option(
            value=TrustModel.PRIVATE_CA.value,
            label="A certificate authority of this cluster",
            meaning=(
                "The wizard makes one authority, and it signs every server's certificate; a server "
                "added later needs nothing from the others."
            ),
        ),
        Option(
            value=TrustModel.SELF_SIGNED.value,
            label="Self-signed certificates, exchanged",
            meaning=(
                "Each server signs its own, and every server gets a copy of all others; each "
                "renewal touches every server."
            ),
        ),
        Option(
            value=TrustModel.REQUEST.value,
            label="Requests to a CA you have",
            meaning=(
                "The wizard makes a key and a request for each server, and waits, for weeks if "
                "need be, for the certificates that come back."
            ),
        ),
        Option(
            value=TrustModel.EXISTING.value,
            label="Keys and certificates you have",
            meaning=(
                "Files in any form (PEM, DER, PKCS#7, PKCS#12) are sorted, judged and written as "
                "Neo4j loads them."
            ),
        ),
    ),
)

CA_KEY = Choice(
    key="trust.ca_key",
    label="Authority's key",
    why="Whoever holds this key can make a server that the cluster accepts.",
    default=usual("trust.ca_key"),
    applies=has_authority,
    options=(
        Option(
            value=CaKey.KEEP.value,
            label="Keep it, encrypted",
            meaning=(
                "It stays on this computer under a password; renewing a certificate or adding a "
                "server needs it."
            ),
        ),
        Option(
            value=CaKey.DESTROY.value,
            label="Destroy it",
            meaning=(
                "Nobody can ever sign another certificate with it, and so a renewal or a further "
                "server means certificates for all servers again."
            ),
        ),
    ),
)

CA_PASSWORD_FROM = Choice(
    key="ca_password",
    label="Its password",
    why="The authority's key is stored encrypted: a copy of the file alone is worth nothing.",
    default=fixed(GENERATE),
    applies=_keeps_key,
    options=(
        Option(
            value=GENERATE,
            label="Generate one",
            meaning="A random password is put into a file only you can read; keep it safe.",
        ),
        Option(
            value=ASK,
            label="Type one",
            meaning="You choose it now and type it twice.",
        ),
    ),
)

CA_PASSWORD = SecretField(
    key="secret.ca_password",
    secret="ca_password",  # noqa: S106 - the name of a secret
    label="Authority password",
    why="You will need it to renew certificates and to add servers.",
    default=nothing(""),
    applies=lambda given: _keeps_key(given) and given.get("ca_password") == ASK,
)

INTERMEDIATE = Choice(
    key="trust.intermediate",
    label="Who signs",
    why="The authority can sign the servers' certificates, or have a second one do so.",
    default=usual_yes_or_no("trust.intermediate"),
    applies=has_authority,
    options=(
        Option(
            value=NO,
            label="The authority itself",
            meaning="One key to keep safe; right for nearly everybody.",
        ),
        Option(
            value=YES,
            label="A second authority below it",
            meaning=(
                "The key of the first can then lie in a safe: the second signs, and is replaced "
                "by the first without a change in any folder trusted."
            ),
        ),
    ),
)

NAME_CONSTRAINTS = Choice(
    key="trust.name_constraints",
    label="It may sign for",
    why="Java holds the second authority to its limits, and the first, being trusted, to none.",
    default=usual_yes_or_no("trust.name_constraints"),
    applies=lambda given: (
        has_authority(given) and as_chosen(given.get("trust.intermediate", NO)) == YES
    ),
    options=(
        Option(
            value=YES,
            label="The names of these servers only",
            meaning=(
                "Were its key stolen, no certificate under another name would be believed; a "
                "server with a new name needs a new second authority."
            ),
        ),
        Option(
            value=NO,
            label="Any name",
            meaning="Servers with any name can be added later without the first authority.",
        ),
    ),
)

MATERIAL = Text(
    key="trust.material",
    label="Where they are",
    why=(
        "Everything below this folder is read: keys, certificates and the CAs above them, and "
        "the files stay as they are."
    ),
    default=nothing(""),
    check=lambda typed: checks.material(typed) if typed else "Name the folder or the file.",
    applies=lambda given: _model(given) is TrustModel.EXISTING,
    placeholder="~/certificates",
)

PASSPHRASE = SecretField(
    key="secret.material_passphrase",
    secret="material_passphrase",  # noqa: S106 - the name of a secret
    label="Their passphrase",
    why="It opens sealed keys and PKCS#12 files here, and no server gets it; empty if none is.",
    default=nothing(""),
    applies=lambda given: _model(given) is TrustModel.EXISTING,
    twice=False,
    rate=False,
    optional=True,
)

SHARED_CA = Text(
    key="trust.shared_ca",
    label="A shared authority",
    why=(
        "With an authority that serves others too, anybody who has a certificate of it gets in; "
        f"leave this empty, or type to accept it: {SHARED_CA_ACCEPTED}."
    ),
    default=nothing(""),
    check=checks.shared_ca,
    tidy=lambda typed: typed.strip().rstrip("."),
    applies=brings,
)

TRUST = Step(
    key="trust",
    title="Trust",
    explain=(
        "A certificate says whose key this is, and somebody has to vouch for it. A certificate "
        "authority (CA) that exists only for this cluster is the simplest to live with. A shared "
        "authority would let in everything it ever signed, because Neo4j checks no names of "
        "servers that connect."
    ),
    fields=(
        MODEL,
        CA_KEY,
        CA_PASSWORD_FROM,
        CA_PASSWORD,
        INTERMEDIATE,
        NAME_CONSTRAINTS,
        MATERIAL,
        PASSPHRASE,
        SHARED_CA,
    ),
)
