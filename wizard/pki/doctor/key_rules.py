"""Would this version of Neo4j load this private key, and is the key good enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from wizard.model.problems import Problem
from wizard.model.text import shown
from wizard.model.version import Version
from wizard.pki.brought.things import BroughtKey, Form, KeyFormat
from wizard.pki.doctor.findings import JAVA_IS_CARELESS, error, note, warning
from wizard.pki.java.failure import JavaError
from wizard.pki.java.keys import load_key
from wizard.pki.java.opened_keys import OpenedKeys
from wizard.pki.loader.load_error import key_code
from wizard.secret import Secret

FAMILIES = (
    ("3.5", Version(3, 5)),
    ("4.x", Version(4, 4)),
    ("5.x", Version(5, 26)),
    ("2025 and later", Version(2026, 8)),
)
"""One version of each family that reads keys in its own way."""

WEAK_RSA_BITS = 2048
"""NIST SP 800-131A: less is no longer allowed."""

_REFUSED_RSA_BITS = 1024
"""java.security of the JDK, jdk.certpath.disabledAlgorithms: RSA keySize < 1024."""

_CURVES = ("secp256r1", "secp384r1", "secp521r1")
"""The curves Java's TLS still has a signature algorithm for (JDK 17: SignatureScheme)."""

_STAND_IN = Secret("none of this key")
"""Asks whether a sealed key would load with its password, when nobody gave that password."""

_BY_HAND = {
    KeyFormat.PKCS12: "openssl pkcs12 -in FILE -nocerts -nodes -out private.key",
    KeyFormat.OPENSSH: "ssh-keygen -p -m PKCS8 -f FILE",
}
_PLAIN_BY_HAND = "openssl pkcs8 -topk8 -nocrypt -in FILE -out private.key"
_SEALED_BY_HAND = (
    "openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in FILE -out private.key"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a key is judged by, beside the version.

    Attributes:
        password: `private_key_password`, or None when none was given.
        opened: opens each file once, however many versions it is judged for.
    """

    password: Secret | None
    opened: OpenedKeys = field(default_factory=OpenedKeys, repr=False)


def loader_refusal(key: BroughtKey, version: Version, terms: KeyTerms) -> JavaError | None:
    """Return what Neo4j's key loader says of the file, or None when it loads it.

    A sealed key without its password is judged by its form alone.
    """
    if version.major < 4:  # noqa: PLR2004 - the last version with PkiUtils of its own
        return _refusal_of_3_5(key)
    given = terms.password if key.is_encrypted else None
    if key.is_encrypted and key.key is None:
        given = _STAND_IN
    try:
        load_key(key.raw.reveal(), given, version.major, terms.opened)
    except JavaError as failure:
        only_password = given is _STAND_IN and key_code(failure) == "key-password-wrong"
        return None if only_password else failure
    return None


def key_problems(key: BroughtKey, version: Version, terms: KeyTerms) -> Iterator[Problem]:
    """Yield what is wrong with one private key, for one version of Neo4j."""
    if key.reason:
        yield _unopened(key)
    refused = loader_refusal(key, version, terms)
    told = key.reason in ("key-unreadable", "key-password-wrong") or (
        key.format is KeyFormat.PKCS12  # told of the file as a whole
    )
    if refused is not None and not told:
        yield error(
            key.origin,
            "key-form-refused",
            f"Neo4j {version} would not load this private key as it is ({_form(key)}).",
            way_out(key, version),
            refused.causes[0],
        )
    elif refused is None and key.format in (KeyFormat.TRADITIONAL, KeyFormat.TRADITIONAL_ENCRYPTED):
        yield note(
            key.origin,
            "key-form-old",
            f"Neo4j {version} still loads this private key, but its manual asks for PKCS#8.",
            way_out(key, version),
        )
    if key.key is not None:
        yield from _strength_problems(key)


def exposed_problem(key: BroughtKey) -> Problem:
    """Return the warning about a private key that everybody on this computer can read."""
    return warning(
        key.origin,
        "key-open-to-all",
        "Everybody who has an account on this computer can read this private key.",
        f"Take the rights of the others away: chmod o= {shown(key.origin.path, 200)}",
    )


def strength_failure(public: object) -> tuple[str, str, bool] | None:
    """Judge a public key: a code, a sentence, and whether Java refuses it too; None if it is good.

    The sentence goes on after "The key".
    """
    if isinstance(public, rsa.RSAPublicKey):
        return _rsa_failure(public)
    if isinstance(public, ec.EllipticCurvePublicKey):
        if public.curve.name in _CURVES:
            return None
        words = f"is on the curve {public.curve.name}, which Java's TLS no longer signs with"
        return "key-type-refused", words, True
    if isinstance(public, dsa.DSAPublicKey):
        return "key-type-refused", "is a DSA key, which TLS 1.3 does not know", True
    words = "is neither RSA nor EC, the only kinds every Neo4j version loads"
    return "key-type-refused", words, True


def way_out(key: BroughtKey, version: Version) -> str:
    """Return the fix: what the wizard writes, and the command for who has no wizard at hand."""
    sealed = key.is_encrypted and version.major > 3  # noqa: PLR2004 - 3.5 knows no passwords
    command = _BY_HAND.get(key.format, _SEALED_BY_HAND if sealed else _PLAIN_BY_HAND)
    if key.origin.form is Form.DER:
        command = command.replace("-topk8", "-topk8 -inform DER")
    what = "PKCS#8 sealed with AES-256" if sealed else "plain PKCS#8"
    return f"Write it anew as {what}, as the wizard does with keys it takes over: {command}"


def _form(key: BroughtKey) -> str:
    sealed = f" by {key.encryption}" if key.is_encrypted else ""
    place = "" if key.origin.form in (Form.PEM, Form.PKCS12) else f" as {key.origin.form}"
    return f"{key.format}{place}{sealed}"


def _unopened(key: BroughtKey) -> Problem:
    if key.reason == "key-password-missing":
        return note(
            key.origin,
            "key-password-missing",
            "This private key is sealed and no password was given, so only its form was judged.",
            "Give its password as key_password in the secrets file, or type it when asked.",
        )
    if key.reason == "key-password-wrong":
        return error(
            key.origin,
            "key-password-wrong",
            "The password does not open this private key.",
            "Check the password; upper and lower case make a difference.",
        )
    return error(
        key.origin,
        "key-unreadable",
        "This private key can't be read: it is damaged, or of a kind that is not known here.",
        "Bring the key again from where it was made, as an unencrypted PKCS#8 file.",
    )


def _strength_problems(key: BroughtKey) -> Iterator[Problem]:
    failure = strength_failure(key.key.public_key() if key.key else None)
    if failure is not None:
        code, words, refused = failure
        make = error if refused else warning
        hint = "Make a new key (EC P-256 or RSA 3072) and have a certificate issued for it."
        evidence = "" if refused else JAVA_IS_CARELESS
        yield make(key.origin, code, f"The key {words}.", hint, evidence)


def _rsa_failure(public: rsa.RSAPublicKey) -> tuple[str, str, bool] | None:
    bits, exponent = public.key_size, public.public_numbers().e
    if bits < _REFUSED_RSA_BITS:
        return "key-weak", f"is RSA with {bits} bits, which Java refuses", True
    if bits < WEAK_RSA_BITS:
        return "key-weak", f"is RSA with {bits} bits, which can be broken", False
    if exponent < 3 or exponent % 2 == 0:  # noqa: PLR2004 - RFC 8017 section 3.1
        return "key-weak", f"is RSA with the exponent {exponent}, which protects nothing", False
    return None


def _refusal_of_3_5(key: BroughtKey) -> JavaError | None:
    """`PkiUtils` of 3.5: unencrypted PKCS#8 of RSA, DSA or EC, and nothing else."""
    if key.format is KeyFormat.PKCS8_ENCRYPTED:
        return JavaError(
            "java.lang.UnsupportedOperationException: "
            "Loading private keys with passwords is not yet supported"
        )
    if key.format is not KeyFormat.PKCS8 or key.origin.form not in (Form.PEM, Form.DER):
        return JavaError(
            "java.security.spec.InvalidKeySpecException: Neither RSA, DSA nor EC worked"
        )
    return None
