"""Cases about the private key: its formats, what seals it, and its password."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from judge_bench import Bench, Case, Change, steps
from judge_cases_files import public_key
from judge_certificates import NOW, Key, Recipe, authority, ec_key, pem, plain, rsa_key

from wizard.model.settings import KeyAlgorithm, Subject
from wizard.model.version import Version
from wizard.pki.authority import make_authority
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.leaf import issue_leaf
from wizard.secret import Secret

FIVE = Version(5, 0)

PASSWORD = "k9WmQz7Rt2XvB4nY"


def key_file(write: Callable[[Key], bytes], make: Callable[[], Key] = ec_key) -> Change:
    """Give server1 a key, a leaf for it, and write the key file in some way."""

    def change(bench: Bench) -> None:
        key = make()
        server = bench.one
        server.show(Recipe(issuer=bench.ca, names=(server.address,)).make(key))
        server.put("private.key", write(key))

    return change


def sealed(*options: str, make: Callable[[], Key] = ec_key) -> Change:
    """Have openssl encrypt the key; the right password stands in neo4j.conf."""

    def change(bench: Bench) -> None:
        key_file(lambda key: _openssl(*options, key=plain(key)), make)(bench)
        bench.one.say("private_key_password", PASSWORD)

    return change


@cache
def _openssl(*options: str, key: bytes) -> bytes:
    return subprocess.run(
        ["openssl", *options, "-passout", f"pass:{PASSWORD}"],
        input=key,
        capture_output=True,
        check=True,
    ).stdout


def _traditional(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def _refusing(seal: Callable[[Key], bytes], wrong: str) -> Callable[[Key], bytes]:
    """Seal so that a wrong password shows in the padding: once in 256 times it would not."""

    def write(key: Key) -> bytes:
        while True:
            sealed = seal(key)
            try:
                # An empty password is the same as this one to an HMAC.
                load_pem_private_key(sealed, wrong.encode() or b"\0")
            except ValueError as error:
                if "Incorrect password" in str(error):
                    return sealed

    return write


def _with_password(
    password: str | None, of_key: str = PASSWORD, *, wrong: str | None = None
) -> Change:
    """Seal server1's key; `wrong` is what Neo4j reads where that does not open it."""

    def change(bench: Bench) -> None:
        def seal(key: Key) -> bytes:
            return private_key_pem(key, Secret(of_key))

        key_file(seal if wrong is None else _refusing(seal, wrong))(bench)
        bench.one.say("private_key_password", password)

    return change


def _dek_info(key: Key) -> bytes:
    return key.private_bytes(
        Encoding.PEM,
        PrivateFormat.TraditionalOpenSSL,
        BestAvailableEncryption(PASSWORD.encode()),
    )


def _wizards(algorithm: KeyAlgorithm, rounds: int | None = None) -> Change:
    """What the wizard makes: CA, leaf and encrypted key."""

    def change(bench: Bench) -> None:
        own = make_authority("judged", NOW, algorithm=algorithm)
        key = rsa_key() if algorithm is KeyAlgorithm.RSA_2048 else make_key(algorithm)
        leaf = issue_leaf(
            own,
            key=key,
            subject=Subject(common_name="server1", country="GB", email="a@example.org"),
            dns_names=(bench.one.address,),
            ip_addresses=(),
            now=NOW,
            lifetime_days=730,
        )
        bench.one.put("public.crt", pem(leaf))
        bench.one.put("private.key", private_key_pem(key, Secret(PASSWORD), kdf_rounds=rounds))
        bench.one.trust(own.certificate)
        bench.one.say("private_key_password", PASSWORD)

    return change


def _ed25519(bench: Bench) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    bench.one.put("private.key", plain(key))


_BOM = b"\xef\xbb\xbf"
_LEGACY = ("-provider", "legacy", "-provider", "default")
_TOPK8 = ("pkcs8", "-topk8")

KEY_CASES = (
    Case(name="key: missing", change=lambda bench: bench.one.drop("private.key"), starts="policy"),
    Case(
        name="key: a folder",
        change=steps(
            lambda bench: bench.one.drop("private.key"),
            lambda bench: (bench.one.base / "private.key").mkdir(),
        ),
        starts="policy",
    ),
    Case(name="key: the wizard's, EC P-256", change=_wizards(KeyAlgorithm.EC_P256)),
    Case(name="key: the wizard's, EC P-384", change=_wizards(KeyAlgorithm.EC_P384)),
    Case(name="key: the wizard's, RSA 2048", change=_wizards(KeyAlgorithm.RSA_2048)),
    Case(name="key: the wizard's, 600 000 rounds", change=_wizards(KeyAlgorithm.EC_P256, 600_000)),
    Case(name="key: RSA in clear, PKCS#8", change=key_file(plain, rsa_key)),
    Case(name="key: RSA in clear, PKCS#1", change=key_file(_traditional, rsa_key)),
    Case(name="key: EC in clear, SEC1", change=key_file(_traditional)),
    Case(name="key: EC P-521", change=key_file(plain, lambda: ec_key(ec.SECP521R1()))),
    Case(name="key: EC secp256k1", change=key_file(plain, lambda: ec_key(ec.SECP256K1()))),
    Case(
        name="key: EC with its parameters first",
        change=key_file(
            lambda k: (
                b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
                b"-----END EC PARAMETERS-----\n" + _traditional(k)
            )
        ),
        starts="policy",
    ),
    Case(
        name="key: DER",
        change=key_file(
            lambda k: k.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        starts="policy",
    ),
    Case(name="key: Ed25519", change=_ed25519, changed=((FIVE, "policy"),)),
    Case(
        name="key: OpenSSH's own format",
        change=key_file(
            lambda k: k.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        ),
        starts="policy",
    ),
    Case(name="key: a public key", change=key_file(public_key), starts="policy", exact=False),
    Case(name="key: an empty file", change=key_file(lambda _key: b""), starts="policy"),
    Case(name="key: no PEM at all", change=key_file(lambda _key: b"hello\n"), starts="policy"),
    Case(name="key: a BOM first", change=key_file(lambda k: _BOM + plain(k)), starts="policy"),
    Case(name="key: text first", change=key_file(lambda k: b"Bag Attributes\n" + plain(k))),
    Case(name="key: CRLF", change=key_file(lambda k: plain(k).replace(b"\n", b"\r\n"))),
    Case(
        name="key: no END line",
        change=key_file(lambda k: plain(k).split(b"-----END")[0]),
        starts="policy",
    ),
    Case(
        name="key: a certificate first",
        change=key_file(lambda k: pem(authority().certificate) + plain(k)),
        starts="policy",
    ),
    Case(
        name="key: a certificate behind",
        change=key_file(lambda k: plain(k) + pem(authority().certificate)),
    ),
    Case(
        name="key: password for a key in clear",
        change=lambda bench: bench.one.say("private_key_password", PASSWORD),
        changed=((FIVE, "policy"),),
    ),
    Case(
        name="key: password for an RSA key in clear, PKCS#1",
        change=steps(
            key_file(_traditional, rsa_key),
            lambda bench: bench.one.say("private_key_password", PASSWORD),
        ),
        changed=((FIVE, "policy"),),
    ),
    Case(name="key: password right, with blanks around", change=_with_password(f"{PASSWORD}  ")),
    Case(name="key: password missing", change=_with_password(None), starts="policy"),
    Case(
        name="key: password wrong",
        change=_with_password("another-one", wrong="another-one"),
        starts="policy",
    ),
    Case(name="key: password empty", change=_with_password("", wrong=""), starts="policy"),
    Case(
        name="key: password with a backslash written once",
        change=_with_password("pass\\word-12345", "pass\\word-12345", wrong="password-12345"),
        starts="policy",
    ),
    Case(
        name="key: password with a backslash written twice",
        change=_with_password("pass\\\\word-12345", "pass\\word-12345"),
    ),
    Case(
        name="key: password with signs",
        change=_with_password("#a!b=c:d e'f\"g%h", "#a!b=c:d e'f\"g%h"),
    ),
    Case(
        name="key: password wrong, DEK-Info",
        change=steps(
            key_file(_refusing(_dek_info, "another-one")),
            lambda bench: bench.one.say("private_key_password", "another-one"),
        ),
        starts="policy",
    ),
    Case(
        name="key: password missing, DEK-Info",
        change=key_file(_dek_info),
        starts="policy",
    ),
    Case(
        name="key: sealed, PBES2 3DES (openssl req of the guide)",
        change=sealed(*_TOPK8, "-v2", "des3"),
        changed=((FIVE, "policy"),),
    ),
    Case(name="key: sealed, PBES2 AES-128", change=sealed(*_TOPK8, "-v2", "aes-128-cbc")),
    Case(
        name="key: sealed, PBES2 AES-192",
        change=sealed(*_TOPK8, "-v2", "aes-192-cbc"),
        changed=((FIVE, "policy"),),
    ),
    Case(name="key: sealed, PBES2 AES-256", change=sealed(*_TOPK8, "-v2", "aes-256-cbc")),
    *(
        Case(
            name=f"key: sealed, PBES2 AES-256 with {prf}",
            change=sealed(*_TOPK8, "-v2", "aes-256-cbc", "-v2prf", prf),
        )
        for prf in ("hmacWithSHA1", "hmacWithSHA224", "hmacWithSHA384", "hmacWithSHA512")
    ),
    Case(
        name="key: sealed, scrypt", change=sealed(*_TOPK8, "-scrypt"), starts="policy", exact=False
    ),
    Case(
        name="key: sealed, PBES1 SHA1-3DES",
        change=sealed(*_TOPK8, "-v1", "PBE-SHA1-3DES", *_LEGACY),
    ),
    Case(name="key: sealed, PBES1 MD5-DES", change=sealed(*_TOPK8, "-v1", "PBE-MD5-DES", *_LEGACY)),
    *(
        Case(name=f"key: sealed, DEK-Info {cipher}", change=sealed("ec", f"-{cipher}"))
        for cipher in ("aes128", "aes192", "aes256", "des3")
    ),
    Case(
        name="key: sealed, DEK-Info RSA",
        change=sealed("rsa", "-traditional", "-aes256", make=rsa_key),
    ),
    Case(
        name="key: not the certificate's",
        change=lambda bench: bench.one.put("private.key", plain(ec_key())),
    ),
    Case(
        name="key: of another kind than the certificate's",
        change=lambda bench: bench.one.put("private.key", plain(rsa_key())),
    ),
)
