"""The certification path of a peer, found and validated as Java does it.

Sources: `sun.security.validator.PKIXValidator` and the checkers of `sun.security.provider.certpath`
in JDK 17, with the messages a JDK 17.0.15 printed. Left out, because nothing the wizard makes
holds them: name constraints of intermediates, policy extensions, and Java's ban on MD5 and on RSA
keys below 1024 bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtensionOID

from wizard.pki.java.crls import revocation_failure
from wizard.pki.java.dates import date_failure
from wizard.pki.java.distinguished_names import java_name

_VALIDATION = "PKIX path validation failed: java.security.cert.CertPathValidatorException: "
NOT_FOUND = (
    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
    "unable to find valid certification path to requested target"
)

KNOWN_EXTENSIONS = (  # what the checkers of JDK 17 take off the list of critical ones
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.NAME_CONSTRAINTS,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.POLICY_MAPPINGS,
    ExtensionOID.POLICY_CONSTRAINTS,
    ExtensionOID.INHIBIT_ANY_POLICY,
)


class PathRefusedError(Exception):
    """Java refuses the path; the text is the message of its exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What a path is judged with: the anchors, the CRLs, and the time."""

    anchors: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...]
    now: datetime


def validate(
    chain: Sequence[x509.Certificate],
    *,
    anchors: tuple[x509.Certificate, ...],
    crls: tuple[x509.CertificateRevocationList, ...],
    now: datetime,
) -> bool:
    """Validate what a peer sent, as `PKIXValidator.engineValidate`.

    Args:
        chain: leaf first, as sent.
        anchors: the content of trusted/.
        crls: none turns revocation checking off.
        now: aware time.

    Returns:
        False when the leaf itself is an anchor: Java then looks at nothing else of it.

    Raises:
        PathRefusedError: with Java's message.
    """
    if chain[0] in anchors:
        return False
    judged = _Judged(anchors=anchors, crls=crls, now=now)
    path = _as_sent(chain, anchors)
    if path is None:
        _build(chain, judged)
    else:
        _validate_path(path, judged)
    return True


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Say whether name and signature say so; no dates and no rights are looked at."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (TypeError, InvalidSignature):
        return False
    except (ValueError, UnsupportedAlgorithm):
        return _is_signed_with_sha1(certificate, issuer)
    return True


def _is_signed_with_sha1(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Verify what the library does not any more and Java still does, below a CA of one's own."""
    try:
        digest, key = certificate.signature_hash_algorithm, issuer.public_key()
        if not isinstance(digest, hashes.SHA1):
            return False
        if isinstance(key, rsa.RSAPublicKey):
            parts = (certificate.signature, certificate.tbs_certificate_bytes)
            key.verify(*parts, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(digest))
        else:
            return False
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _as_sent(
    chain: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...] | None:
    """Return the sent chain up to below the first anchor, or None when Java must build a path.

    A certificate with an anchor's name and key counts as that anchor.
    """
    for index, certificate in enumerate(chain):
        if index == 0:
            continue
        if certificate.subject != chain[index - 1].issuer:
            return None
        if any(_is_twin(certificate, anchor) for anchor in anchors):
            return tuple(chain[:index])
    # The name is enough here: a wrong key then fails the validation, not the building.
    if any(chain[-1].issuer == anchor.subject for anchor in anchors):
        return tuple(chain)
    return None


def _is_twin(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    if certificate.subject != anchor.subject:
        return False
    try:
        return certificate.public_key() == anchor.public_key()
    except (ValueError, UnsupportedAlgorithm):  # a key that nobody here knows
        return False


def _build(chain: Sequence[x509.Certificate], judged: _Judged) -> None:
    """Try every path from the leaf through the sent certificates (`SunCertPathBuilder`)."""
    for path in _paths((chain[0],), chain, judged.anchors):
        try:
            _validate_path(path, judged)
        except PathRefusedError:
            continue
        return
    raise PathRefusedError(NOT_FOUND)


def _paths(
    path: tuple[x509.Certificate, ...],
    sent: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
) -> Iterator[tuple[x509.Certificate, ...]]:
    if any(is_issued_by(path[-1], anchor) for anchor in anchors):
        yield path
    for issuer in sent:
        if issuer not in path and is_issued_by(path[-1], issuer):
            yield from _paths((*path, issuer), sent, anchors)


def _validate_path(path: Sequence[x509.Certificate], judged: _Judged) -> None:
    """Validate below each anchor of the right name; the last refusal counts."""
    refusal = PathRefusedError(f"{_VALIDATION}Path does not chain with any of the trust anchors")
    for anchor in judged.anchors:
        if anchor.subject != path[-1].issuer or not _identifiers_agree(path[-1], anchor):
            continue
        try:
            _validate_below(anchor, path, judged)
        except PathRefusedError as error:
            refusal = error
        else:
            _check_anchor(anchor)
            return
    raise refusal


def _identifiers_agree(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    """`AdaptableX509CertSelector`: an anchor with another key identifier is passed over."""
    above = [extension.value for extension in certificate.extensions]
    own = [extension.value for extension in anchor.extensions]
    wanted = [
        value.key_identifier for value in above if isinstance(value, x509.AuthorityKeyIdentifier)
    ]
    found = [value.digest for value in own if isinstance(value, x509.SubjectKeyIdentifier)]
    return not wanted or not found or wanted[0] is None or wanted == found


def _validate_below(
    anchor: x509.Certificate, path: Sequence[x509.Certificate], judged: _Judged
) -> None:
    """Go from the anchor down to the leaf, with the checkers in Java's order at each step."""
    issuer, may_follow = anchor, len(path)
    for below, certificate in zip(reversed(range(len(path))), reversed(path), strict=True):
        if below:
            may_follow = _check_ca(certificate, may_follow)
        _check_certificate(certificate, issuer, judged)
        issuer = certificate


def _check_ca(certificate: x509.Certificate, may_follow: int) -> int:
    """`KeyChecker` and `ConstraintsChecker`: a CA in between needs its rights and enough length.

    Returns:
        How many CAs that are not self-issued may follow below this one. The anchor's own path
        length is never counted.
    """
    usage = _key_usage(certificate)
    if usage is not None and not usage.key_cert_sign:
        raise PathRefusedError(
            f"{_VALIDATION}CA key usage check failed: keyCertSign bit is not set"
        )
    constraints = _basic_constraints(certificate)
    if constraints is None or not constraints.ca:
        raise PathRefusedError(
            f"{_VALIDATION}basic constraints check failed: this is not a CA certificate"
        )
    if certificate.subject != certificate.issuer:
        if may_follow <= 0:
            raise PathRefusedError(
                f"{_VALIDATION}basic constraints check failed: pathLenConstraint violated - "
                "this cert must be the last cert in the certification path"
            )
        may_follow -= 1
    own = constraints.path_length
    return may_follow if own is None else min(own, may_follow)


def _check_certificate(
    certificate: x509.Certificate, issuer: x509.Certificate, judged: _Judged
) -> None:
    """`BasicChecker`, `RevocationChecker` and what is left of the critical extensions."""
    if date_failure(certificate, judged.now):
        raise PathRefusedError(f"{_VALIDATION}validity check failed")
    if not is_issued_by(certificate, issuer):
        raise PathRefusedError(f"{_VALIDATION}signature check failed")
    if judged.crls:
        failure = revocation_failure(certificate, issuer, judged.crls, judged.now)
        if failure:
            raise PathRefusedError(_VALIDATION + failure)
    if any(one.critical and one.oid not in KNOWN_EXTENSIONS for one in certificate.extensions):
        raise PathRefusedError(f"{_VALIDATION}unrecognized critical extension(s)")


def _check_anchor(anchor: x509.Certificate) -> None:
    """`PKIXValidator.verifyTrustAnchor`: an anchor needs its rights; its dates are not read."""
    constraints, usage = _basic_constraints(anchor), _key_usage(anchor)
    outer = "PKIX path validation failed: sun.security.validator.ValidatorException: TrustAnchor"
    subject = java_name(anchor.subject)
    if constraints is None or not constraints.ca:
        raise PathRefusedError(f'{outer} with subject "{subject}" is not a CA certificate')
    if usage is not None and not usage.key_cert_sign:
        raise PathRefusedError(
            f'{outer} with subject "{subject}" does not have keyCertSign bit set in KeyUsage '
            "extension"
        )


def _basic_constraints(certificate: x509.Certificate) -> x509.BasicConstraints | None:
    values = (extension.value for extension in certificate.extensions)
    return next((value for value in values if isinstance(value, x509.BasicConstraints)), None)


def _key_usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    values = (extension.value for extension in certificate.extensions)
    return next((value for value in values if isinstance(value, x509.KeyUsage)), None)
