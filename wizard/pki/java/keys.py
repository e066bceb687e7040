"""Private key files as Neo4j reads them: by the JDK alone from 5.0 on, by BouncyCastle in 4.x.

Sources: `org.neo4j.pki.PemParser` and `PemFormats` (5.x), `org.neo4j.ssl.PkiUtils` (4.4), Neo4j's
`PemParserTest`, and what a JDK 17.0.15 said of each encryption.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from wizard.pki.java.bouncy_pem import text_of
from wizard.pki.java.failure import JavaError
from wizard.pki.java.opened_keys import (
    ENCRYPTED,
    STATE_ERROR,
    KeyBlock,
    OpenedKeys,
    no_known_key,
)
from wizard.pki.key_encryption import bouncy_failure, encryption_failure
from wizard.pki.key_opening import NoKeyInsideError
from wizard.secret import Secret

LoadedKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | dsa.DSAPrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)
"""The key types Neo4j's loader knows; the Edwards curves only in 4.x, by BouncyCastle."""

_KEY_ERROR = "java.security.KeyException"
_BAD_PADDING = (
    "javax.crypto.BadPaddingException: Given final block not properly padded. "
    "Such issues can arise if a bad key is used during decryption."
)
_UNRETRIEVED = "java.security.spec.InvalidKeySpecException: Cannot retrieve the PKCS8EncodedKeySpec"
_UNDECRYPTED = "java.io.IOException: Unable to decrypt private key."
_BOUNCY_CIPHER = "org.bouncycastle.openssl.EncryptionException"

_LEGACY = ("RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY")
_BOUNCY_LABELS = (  # org.bouncycastle.openssl.PEMParser, beside those above
    *("PRIVATE KEY", "PUBLIC KEY", "RSA PUBLIC KEY", "EC PARAMETERS", "PKCS7", "CMS", "X509 CRL"),
    *("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "ATTRIBUTE CERTIFICATE"),
    *("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
)
_LEGACY_CIPHERS = ("DES-CBC", "DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC")
_BEGIN = "-----BEGIN "


def load_key(
    data: bytes, password: Secret | None, major: int, opened: OpenedKeys | None = None
) -> LoadedKey:
    """Read a private key file the way a version of Neo4j does.

    Args:
        data: the bytes of the file.
        password: None when `private_key_password` is not set; an empty one counts as set.
        major: Neo4j's major version; 4 ignores a needless password, 5 and later refuse it.
        opened: what was opened before, for whoever asks for several versions.

    Raises:
        JavaError: with Neo4j's words, the outermost being what its key loader throws.
    """
    opened = opened or OpenedKeys()
    if major < 5:  # noqa: PLR2004 - the version that left BouncyCastle
        return _load_by_bouncy_castle(data, password, opened)
    pem = _first_block(data)
    if pem.label in ("PRIVATE KEY", "PUBLIC KEY"):  # one parser for both in PemParser
        _refuse_password(password)
        return _supported(opened.open(pem, None))
    if pem.label == ENCRYPTED:
        return _load_encrypted(pem, _needed(password), major, opened)
    if pem.label in _LEGACY:
        return _load_legacy(pem, password, opened)
    if pem.label == "RSA PUBLIC KEY":  # read as a private one
        raise JavaError("java.lang.IllegalArgumentException: PrivateKey version mismatch.")
    raise JavaError(
        f"{_KEY_ERROR}: Provided PEM does not contain a private key, found '{pem.label}'."
    )


def _first_block(data: bytes) -> KeyBlock:
    """Find the first PEM block (`PemParser.parse`); only the first one counts."""
    lines = data.decode("ascii", "replace").splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith(_BEGIN)), None)
    if start is None:
        raise JavaError(f"{STATE_ERROR}: File does not contain {_BEGIN} encapsulation boundary.")
    label = _label(lines[start][len(_BEGIN) :])
    headers: dict[str, str] = {}
    body: list[str] = []
    for line in lines[start + 1 :]:
        if f"-----END {label}" in line:
            return KeyBlock(label, headers, _rebuilt(label, headers, body))
        key, colon, value = line.partition(":")
        if colon:
            headers[key.strip()] = value.split(":")[0].strip()
        else:
            body.append(line.strip())
    raise JavaError(f"{STATE_ERROR}: Missing footer: -----END {label}.")


def _label(rest: str) -> str:
    label, dashes, after = rest.partition("-----")
    if not dashes or after or "-" in label:
        raise JavaError(
            f"{STATE_ERROR}: Unable to find label, expecting '-----BEGIN (label)-----' "
            f"but found '{rest}'."
        )
    return label


def _rebuilt(label: str, headers: dict[str, str], body: list[str]) -> bytes:
    """Write the block anew, so that only what Neo4j looks at reaches cryptography."""
    head = [f"{key}: {value}" for key, value in headers.items()]
    lines = [f"-----BEGIN {label}-----", *head, *([""] if head else []), *body]
    return "\n".join([*lines, f"-----END {label}-----", ""]).encode()


def _load_encrypted(pem: KeyBlock, password: Secret, major: int, opened: OpenedKeys) -> LoadedKey:
    outer = f"{_KEY_ERROR}: Unable to decrypt private key."
    unopened = encryption_failure(pem.text, password, major)
    if unopened:
        raise JavaError(outer, *unopened)
    try:
        key = opened.open(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        garbage = isinstance(error, NoKeyInsideError)
        cause = f"java.io.IOException: {error}" if garbage else _BAD_PADDING
        raise JavaError(outer, _UNRETRIEVED, cause) from error
    try:
        return _supported(key)
    except JavaError as error:
        raise JavaError(outer, *error.causes) from error


def _load_legacy(pem: KeyBlock, password: Secret | None, opened: OpenedKeys) -> LoadedKey:
    """Read an `RSA PRIVATE KEY` and its like, which Neo4j 5 still does (`PemLegacy`)."""
    if pem.headers.get("Proc-Type") != "4,ENCRYPTED":
        _refuse_password(password)
        return _supported(opened.open(pem, None))
    secret = _needed(password)
    cipher = pem.headers.get("DEK-Info", "").split(",")[0]
    outer = f"{_KEY_ERROR}: Failed to decrypt PEM file."
    if not cipher:
        raise JavaError(f"{_KEY_ERROR}: Missing 'DEK-Info' in encrypted PRIVATE KEY.")
    if cipher not in _LEGACY_CIPHERS:
        raise JavaError(outer, f"{_KEY_ERROR}: Encryption scheme {cipher} is not supported.")
    try:
        return _supported(opened.open(pem, secret))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise JavaError(outer, _BAD_PADDING) from error


def _load_by_bouncy_castle(data: bytes, password: Secret | None, opened: OpenedKeys) -> LoadedKey:
    """Read a key as 4.x: wide in encryptions, blind to a needless password (`PkiUtils`)."""
    pem = _first_block_by_bouncy_castle(data)
    encrypted = pem.label == ENCRYPTED or "DEK-Info" in pem.headers
    if pem.label == ENCRYPTED and (causes := bouncy_failure(pem.text)):
        raise JavaError(_UNDECRYPTED, *causes)
    try:
        key = opened.open(pem, (password or Secret("")) if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if not encrypted:
            raise _unrecognized() from error
        garbage = isinstance(error, NoKeyInsideError)
        raise _bouncy_failure(pem, given=bool(password), garbage=garbage) from error
    except JavaError as error:
        words = f"problem parsing {pem.label}"
        raise JavaError(f"org.bouncycastle.openssl.PEMException: {words}") from error
    if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return key
    return _supported(key)


def _first_block_by_bouncy_castle(data: bytes) -> KeyBlock:
    lines = text_of(data).splitlines()
    try:
        pem = _first_block("\n".join(line.rstrip() for line in lines).encode())
    except JavaError as error:
        _, missing, label = error.message.partition("Missing footer: ")
        if missing:
            words = f"java.io.IOException: {label.removesuffix('.')}----- not found"
            raise JavaError(words) from error
        raise _unrecognized() from error
    if pem.label not in (*_BOUNCY_LABELS, ENCRYPTED, *_LEGACY):
        raise JavaError(f"java.io.IOException: unrecognised object: {pem.label}")
    if pem.label not in ("PRIVATE KEY", ENCRYPTED, *_LEGACY):
        raise _unrecognized()
    return pem


def _unrecognized() -> JavaError:
    return JavaError("java.io.IOException: Unrecognized private key format.")


def _bouncy_failure(pem: KeyBlock, *, given: bool, garbage: bool) -> JavaError:
    if garbage:  # one of many endings: they tell which bytes the wrong password led to
        words = "failed to construct sequence from byte[]: Extra data detected in stream"
        return JavaError(
            _UNDECRYPTED,
            f"org.bouncycastle.pkcs.PKCSException: unable to read encrypted data: {words}",
            f"java.lang.IllegalArgumentException: {words}",
        )
    if pem.label == ENCRYPTED:
        return JavaError(
            _UNDECRYPTED,
            "org.bouncycastle.pkcs.PKCSException: unable to read encrypted data: "
            "Error finalising cipher",
            "org.bouncycastle.crypto.io.InvalidCipherTextIOException: Error finalising cipher",
            "javax.crypto.BadPaddingException: pad block corrupted",
        )
    if pem.headers["DEK-Info"].split(",")[0] not in _LEGACY_CIPHERS:
        return JavaError(f"{_BOUNCY_CIPHER}: unknown encryption with private key")
    if not given:
        return JavaError(
            "org.bouncycastle.openssl.PEMException: Unable to create OpenSSL PBDKF: "
            "Could not generate secret key",
            "java.security.spec.InvalidKeySpecException: Could not generate secret key",
            "java.lang.IllegalArgumentException: password empty",
        )
    return JavaError(
        f"{_BOUNCY_CIPHER}: exception using cipher - please check password and data.", _BAD_PADDING
    )


def _supported(key: object) -> LoadedKey:
    """Let through what the KeyFactories for RSA, DSA and EC of the JDK know.

    They still read curves that its TLS has dropped, such as secp256k1.
    """
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey):
        return key
    raise no_known_key()


def _needed(password: Secret | None) -> Secret:
    if password is None:
        raise JavaError(
            f"{_KEY_ERROR}: Found encrypted private key but no passphrase was provided."
        )
    return password


def _refuse_password(password: Secret | None) -> None:
    if password is not None:
        raise JavaError(
            f"{_KEY_ERROR}: Passphrase was provided but found un-encrypted private key."
        )
