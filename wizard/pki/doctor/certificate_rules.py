"""What one certificate says that keeps peers away, or that Java lets pass and should not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, PublicKeyAlgorithmOID

from wizard.model.problems import Problem
from wizard.model.text import shown
from wizard.pki.brought.things import BroughtCertificate
from wizard.pki.doctor.findings import JAVA_IS_CARELESS, day, error, note, warning
from wizard.pki.doctor.key_rules import strength_failure
from wizard.pki.doctor.public_authorities import public_authority
from wizard.pki.host_names import MOST_NAMES, check_host_name
from wizard.pki.java.names import host_failure
from wizard.pki.java.path import KNOWN_EXTENSIONS

_SOON = timedelta(days=30)
_LONGEST_SERIAL_BITS = 160  # RFC 5280 section 4.1.2.2: 20 octets
_CURVE_BY_NUMBERS = bytes.fromhex("06072a8648ce3d020130")
"""id-ecPublicKey followed by a sequence, where a named curve has an identifier (RFC 5480)."""

_ANEW = "Have the certificate issued anew."
_REFUSED_DIGESTS = ("md5", "md2")
_FOR_PEERS = {
    ExtendedKeyUsageOID.SERVER_AUTH: ("no-server-auth-eku", "serverAuth", "servers that dial it"),
    ExtendedKeyUsageOID.CLIENT_AUTH: ("no-client-auth-eku", "clientAuth", "servers it dials"),
}

_Value = TypeVar("_Value", bound=x509.ExtensionType)


def extension(certificate: x509.Certificate, kind: type[_Value]) -> _Value | None:
    """Return the value of an extension of this kind, or None."""
    for one in certificate.extensions:
        if isinstance(one.value, kind):
            return one.value
    return None


def is_authority(certificate: x509.Certificate) -> bool:
    """Say whether a certificate may sign others; many self-signed server certificates may too."""
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def is_self_issued(certificate: x509.Certificate) -> bool:
    """Say whether a certificate names itself as its issuer, and made its signature itself.

    A signature of a kind that can't be verified here counts as its own.
    """
    if certificate.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    return True


def leaf_problems(
    brought: BroughtCertificate, now: datetime, host: str | None
) -> Iterator[Problem]:
    """Yield what is wrong with a server's own certificate, whoever issued it.

    Args:
        brought: the certificate.
        now: aware time.
        host: what its peers dial, or None when that is not known.
    """
    yield from _date_problems(brought, now)
    yield from _purpose_problems(brought)
    yield from _name_problems(brought)
    yield from _make_problems(brought)
    if host is not None:
        yield from _host_problem(brought, host)
    usage = extension(brought.certificate, x509.KeyUsage)
    if is_authority(brought.certificate) or (usage is not None and usage.key_cert_sign):
        yield warning(
            brought.origin,
            "leaf-is-ca",
            "This server certificate may sign others, so whoever has its key can let anyone in.",
            "Have it issued anew with basicConstraints=CA:FALSE.",
            JAVA_IS_CARELESS,
        )


def authority_problems(brought: BroughtCertificate, now: datetime) -> Iterator[Problem]:
    """Yield what is wrong with a CA's certificate."""
    certificate = brought.certificate
    yield from _make_problems(brought)
    yield from _time_problems(brought, now)
    usage = extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        yield error(
            brought.origin,
            "ca-may-not-sign",
            "This CA certificate's key usage does not let it sign certificates.",
            _ANEW,
        )
    if any(one.critical and one.oid not in KNOWN_EXTENSIONS for one in certificate.extensions):
        yield warning(
            brought.origin,
            "ca-extension-unknown",
            "This CA certificate has a critical extension that nobody here knows.",
            _ANEW,
            JAVA_IS_CARELESS,
        )
    name = public_authority(certificate)
    if name:
        yield warning(
            brought.origin,
            "public-authority",
            f"This is a public CA ({name}): in trusted/ it lets in anyone who buys from it.",
            "Use a CA that serves this cluster alone.",
            JAVA_IS_CARELESS,
        )


def _time_problems(brought: BroughtCertificate, now: datetime) -> Iterator[Problem]:
    """Yield that a CA has ended or not begun: Java asks that of every one but the topmost."""
    certificate = brought.certificate
    ends = certificate.not_valid_after_utc
    if now > ends:
        evidence = JAVA_IS_CARELESS if is_self_issued(certificate) else ""
        yield warning(
            brought.origin,
            "ca-expired",
            f"This CA certificate ended on {day(ends)}.",
            "Replace it in every trusted/, and have the servers' certificates issued anew.",
            evidence,
        )
    elif now < certificate.not_valid_before_utc:
        begins = day(certificate.not_valid_before_utc)
        message = f"This CA certificate only begins on {begins}."
        evidence = JAVA_IS_CARELESS if is_self_issued(certificate) else ""
        yield warning(brought.origin, "ca-not-yet-valid", message, "Check the clocks.", evidence)


def _date_problems(brought: BroughtCertificate, now: datetime) -> Iterator[Problem]:
    begins = brought.certificate.not_valid_before_utc
    ends = brought.certificate.not_valid_after_utc
    if now > ends:
        message = f"This certificate ended on {day(ends)}."
        if is_self_issued(brought.certificate):  # trusted itself, it is not asked for its dates
            yield warning(brought.origin, "leaf-expired", message, _ANEW, JAVA_IS_CARELESS)
        else:
            yield error(brought.origin, "leaf-expired", message, _ANEW)
    elif now < begins:
        message = f"This certificate only begins on {begins:%Y-%m-%d %H:%M} UTC."
        hint = "Wait for it, or check the clock of this computer."
        if is_self_issued(brought.certificate):
            yield warning(brought.origin, "leaf-not-yet-valid", message, hint, JAVA_IS_CARELESS)
        else:
            yield error(brought.origin, "leaf-not-yet-valid", message, hint)
    elif ends - now < _SOON:
        message = f"This certificate ends soon, on {day(ends)}."
        yield warning(brought.origin, "leaf-expires-soon", message, "Renew it now.")


def _purpose_problems(brought: BroughtCertificate) -> Iterator[Problem]:
    usages = extension(brought.certificate, x509.ExtendedKeyUsage)
    usage = extension(brought.certificate, x509.KeyUsage)
    # Java does not ask a certificate that is itself trusted for its usages.
    alone = is_self_issued(brought.certificate)
    make, evidence = (warning, JAVA_IS_CARELESS) if alone else (error, "")
    if usages is None or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usages:
        message = "This certificate does not say what it is for, which Java takes as anything."
        hint = "A certificate for serverAuth and clientAuth alone is safer."
        yield note(brought.origin, "no-extended-usage", message, hint)
    else:
        for usage_oid, (code, word, peers) in _FOR_PEERS.items():
            if usage_oid not in usages:
                yield make(
                    brought.origin,
                    code,
                    f"This certificate is not for {word}, so the {peers} refuse it.",
                    "Have it issued with both serverAuth and clientAuth; public CAs no longer "
                    "do that, so use one of your own.",
                    evidence,
                )
    if usage is not None and not usage.digital_signature:
        message = "This certificate's key usage has no digitalSignature, so no peer accepts it."
        yield make(brought.origin, "key-usage-refused", message, _ANEW, evidence)


def _name_problems(brought: BroughtCertificate) -> Iterator[Problem]:
    names = extension(brought.certificate, x509.SubjectAlternativeName)
    if names is None:
        common = brought.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        what = "only in its common name" if common else "nowhere"
        yield warning(
            brought.origin,
            "name-only-in-cn" if common else "no-names",
            f"This certificate names its server {what}; an address never counts there, and other "
            "programs look at the alternative names alone.",
            "Have it issued with the dialled names as subject alternative names.",
            JAVA_IS_CARELESS if common else "",
        )
        return
    if len([*names]) > MOST_NAMES:
        message = f"This certificate has more than {MOST_NAMES} names; Java 17 refuses huge ones."
        yield warning(brought.origin, "too-many-names", message, "Name this server only.")
    for name in [*names.get_values_for_type(x509.DNSName)][:MOST_NAMES]:
        sentence = check_host_name(name)
        if sentence is not None:
            wild = "*" in name
            yield warning(
                brought.origin,
                "name-wildcard" if wild else "name-never-matches",
                shown(sentence),
                "Have the certificate issued for the names that its peers dial.",
                JAVA_IS_CARELESS if wild else "",
            )


def _host_problem(brought: BroughtCertificate, host: str) -> Iterator[Problem]:
    failure = host_failure(brought.certificate, host)
    if failure is not None:
        yield error(
            brought.origin,
            "name-not-covered",
            f"This certificate is not for {shown(host, 200)}, so peers that verify host names "
            "refuse it.",
            "Have it issued with this name among its subject alternative names.",
            failure,
        )


def _make_problems(brought: BroughtCertificate) -> Iterator[Problem]:
    """Yield what is wrong with the key inside, the signature and the serial number."""
    certificate = brought.certificate
    failure = _public_key_failure(certificate)
    if failure is not None and is_authority(certificate) and _is_edwards(certificate):
        message = "The CA's key is an Edwards key: Java reads its signatures, not every TLS does."
        yield note(brought.origin, "key-type-unusual", message)
    elif failure is not None:
        code, words, refused = failure
        make, evidence = (error, "") if refused else (warning, JAVA_IS_CARELESS)
        yield make(brought.origin, code, f"The certificate's key {words}.", _ANEW, evidence)
    digest = _digest(certificate)
    # Nobody looks at the signature that a certificate makes over itself.
    if not is_self_issued(certificate) and digest in _REFUSED_DIGESTS:
        message = f"This certificate is signed with {digest.upper()}, which Java refuses."
        yield error(brought.origin, "signature-broken", message, _ANEW)
    elif not is_self_issued(certificate) and digest == "sha1":
        message = "This certificate is signed with SHA-1, which can be forged."
        yield warning(brought.origin, "signature-weak", message, _ANEW, JAVA_IS_CARELESS)
    if not [*certificate.subject] and not _names_are_critical(certificate):
        message = (
            "This certificate has no subject, and its names are not critical: Java refuses it."
        )
        yield error(brought.origin, "subject-empty", message, _ANEW)
    number = certificate.serial_number
    if number <= 0 or number.bit_length() > _LONGEST_SERIAL_BITS:
        message = "This certificate's serial number is not a positive one of up to 20 bytes."
        yield warning(brought.origin, "serial-odd", message, _ANEW, JAVA_IS_CARELESS)


def _names_are_critical(certificate: x509.Certificate) -> bool:
    return any(
        one.critical
        for one in certificate.extensions
        if isinstance(one.value, x509.SubjectAlternativeName)
    )


def _public_key_failure(certificate: x509.Certificate) -> tuple[str, str, bool] | None:
    if _CURVE_BY_NUMBERS in certificate.tbs_certificate_bytes:
        return "key-type-refused", "describes its curve by numbers, which Java does not read", True
    try:
        return strength_failure(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return "key-type-refused", "is of a kind that Java's TLS does not know", True


def _is_edwards(certificate: x509.Certificate) -> bool:
    oid = certificate.public_key_algorithm_oid
    return oid in (PublicKeyAlgorithmOID.ED25519, PublicKeyAlgorithmOID.ED448)


def _digest(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if isinstance(algorithm, hashes.HashAlgorithm) else ""
