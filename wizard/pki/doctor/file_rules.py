"""Would Neo4j load a certificate file as it stands, byte by byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from wizard.model.problems import Problem, Severity
from wizard.model.version import Version
from wizard.pki.brought.things import BroughtCertificate, Form, Junk, Origin, Thing
from wizard.pki.doctor.findings import error, note, warning
from wizard.pki.doctor.store_rules import store_problems
from wizard.pki.java import pem as java_pem
from wizard.pki.java.bouncy_pem import certificates_by_lines
from wizard.pki.java.failure import JavaError

_FIX = "Write the certificates anew as PEM, each once and nothing else: openssl x509 -in FILE"
_LAST_BY_LINES = 4
_HARMLESS = "not-a-key-or-certificate"
_MERELY_WRONG = "public-key-only"


def file_problems(
    name: str, data: bytes, things: Sequence[Thing], version: Version
) -> Iterator[Problem]:
    """Yield what keeps Neo4j from reading one file that holds certificates."""
    certificates = [thing for thing in things if isinstance(thing, BroughtCertificate)]
    if any(thing.origin.form is Form.PKCS12 for thing in things):
        yield from store_problems(things[0].origin, data)
    elif certificates:
        yield from _certificate_file(Origin(file=name, index=1, form=Form.PEM), data, version)


def order_problems(certificates: Sequence[BroughtCertificate]) -> Iterator[Problem]:
    """Yield what is wrong with the order of a chain that begins with a server's certificate."""
    chain = [thing.certificate for thing in certificates]
    in_order = all(below.issuer == above.subject for below, above in pairwise(chain))
    if not in_order or len(set(chain)) != len(chain):
        yield error(
            certificates[0].origin,
            "chain-out-of-order",
            "The certificates in this file are not each issued by the next, or stand there twice, "
            "and Neo4j does not start with that.",
            "Put the server's certificate first, then the CA that issued it, and so on.",
            "java.security.KeyStoreException: Certificate chain is not valid",
        )


def junk_problem(junk: Junk, *, alone: bool) -> Problem:
    """Return the problem a useless thing is told as; among useful ones a stray file is a note."""
    make = error
    if junk.code == _HARMLESS and not alone:
        make = note
    elif junk.code == _MERELY_WRONG:
        make = warning
    return make(junk.origin, junk.code, junk.sentence, junk.hint)


def _certificate_file(origin: Origin, data: bytes, version: Version) -> Iterator[Problem]:
    old = version.major <= _LAST_BY_LINES
    try:
        (certificates_by_lines if old else java_pem.certificates)(data)
    except JavaError as failure:
        yield error(
            origin,
            "certificate-form-refused",
            f"Neo4j {version} would not load the certificates of this file as it is.",
            _FIX,
            failure.causes[0],
        )
        return
    if old and _stops_4(data):
        yield note(
            origin,
            "text-after-certificate",
            "Something stands behind the last certificate of this file: in trusted/ it stops "
            f"Neo4j {version}, as public.crt it does no harm.",
            _FIX,
        )


def _stops_4(data: bytes) -> bool:
    try:
        java_pem.certificates_one_by_one(data)
    except JavaError:
        return True
    return False


def is_bad(problem: Problem) -> bool:
    """Say whether a problem makes an exit code of 1."""
    return problem.severity is not Severity.NOTE
