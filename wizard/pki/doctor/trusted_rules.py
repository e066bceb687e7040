"""trusted/ and revoked/, file by file: Neo4j stops at the first wrong one, people want them all."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Problem
from wizard.pki.brought.things import Brought, BroughtCertificate, Form, Origin
from wizard.pki.doctor.certificate_rules import is_authority, is_self_issued
from wizard.pki.doctor.examination import Terms
from wizard.pki.doctor.findings import error, warning
from wizard.pki.java import pem as java_pem
from wizard.pki.java.failure import JavaError
from wizard.pki.loader.files import PolicyDirectory, PolicySource

_LAST_ONE_BY_ONE = 4


def listed(source: PolicySource, folder: str) -> tuple[str, ...]:
    """Return the paths in a folder; nothing when it is missing or can't be listed."""
    try:
        return tuple(f"{folder}/{name}" for name in source.names(folder))
    except OSError:
        return ()


def trusted_problems(
    source: PolicySource, policy: PolicyDirectory, trusted: Brought, terms: Terms
) -> Iterator[Problem]:
    """Yield what is wrong with trusted/ itself and with each file in it."""
    folder = Origin(file=policy.trusted_dir, index=1, form=Form.PEM)
    if not source.exists(policy.trusted_dir):
        yield error(
            folder,
            "trusted-missing",
            "The folder trusted/ is missing: Neo4j starts without it, and then trusts nobody.",
            "Make it, and put the certificate of the CA into it.",
        )
        return
    for path in listed(source, policy.trusted_dir):
        yield from _stray_file(source, path, terms)
    subjects = {one.certificate.subject for one in trusted.certificates}
    for brought in trusted.certificates:
        yield from _pinned_leaf(brought, is_alone=brought.certificate.issuer not in subjects)


def revoked_problems(
    source: PolicySource, policy: PolicyDirectory, revoked: Brought
) -> Iterator[Problem]:
    """Yield each file in revoked/ that is no revocation list."""
    for path in listed(source, policy.revoked_dir):
        try:
            java_pem.revocation_lists(source.read(path))
        except (JavaError, OSError) as failure:
            origin = Origin(file=path, index=1, form=Form.PEM)
            held = any(isinstance(thing, BroughtCertificate) for thing in revoked.of_file(path))
            what = "a certificate, which revokes nothing here" if held else "no revocation list"
            yield error(
                origin,
                "certificate-in-revoked",
                f"This file in revoked/ is {what}, so Neo4j does not start.",
                "Take it out of revoked/; to shut a server out, take its certificate out of "
                "trusted/ or have the CA issue a revocation list.",
                str(failure),
            )


def _stray_file(source: PolicySource, path: str, terms: Terms) -> Iterator[Problem]:
    old = terms.version.major <= _LAST_ONE_BY_ONE
    parse = java_pem.certificates_one_by_one if old else java_pem.certificates
    try:
        parse(source.read(path))
    except (JavaError, OSError) as failure:
        yield error(
            Origin(file=path, index=1, form=Form.PEM),
            "trusted-stray-file",
            f"Neo4j {terms.version} does not start with this file in trusted/: it is no plain "
            "certificate.",
            "Take out of trusted/ what is no certificate; write a certificate anew, with nothing "
            "behind its END line.",
            str(failure),
        )


def _pinned_leaf(brought: BroughtCertificate, *, is_alone: bool) -> Iterator[Problem]:
    certificate = brought.certificate
    if is_authority(certificate) or is_self_issued(certificate) or not is_alone:
        return
    yield warning(
        brought.origin,
        "leaf-trusted-without-ca",
        "A server's certificate stands in trusted/ without the CA that issued it: Java never "
        "shows such a certificate, so that server is not let in.",
        "Put the CA's certificate into trusted/ instead.",
        "Empty client certificate chain",
    )
